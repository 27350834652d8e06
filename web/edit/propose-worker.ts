/**
 * Worker: looks for re-divisions of one input. It is told `input` once, then `propose` and `stop` as often as asked; a new
 * `propose` ends the one before. It looks in slices, so that it hears `stop` between them.
 */
import { type Prepared, prepare, Redivision } from '#model/partition/redivide.ts'
import type { Progress, Proposal, RedivisionInput, RedivisionOptions } from '#model/partition/redivision.ts'
import { breath } from './slices.ts'

export type ToProposer =
  { type: 'input'; input: RedivisionInput } | { type: 'propose'; run: number; options: RedivisionOptions } | { type: 'stop'; run: number }
/** `proposal` stands at the first plan, every now and then after it while it gets better, and at the end. */
export type FromProposer =
  | { type: 'progress'; run: number; progress: Progress; proposal: Proposal | null }
  | { type: 'done'; run: number; proposal: Proposal; stopped: boolean }
  | { type: 'failed'; run: number; message: string }

const SLICE_MS = 40
const TELL_MS = 150
const SHOW_MS = 1500

const scope = self as unknown as DedicatedWorkerGlobalScope
const say = (message: FromProposer): void => scope.postMessage(message)
let input: RedivisionInput | null = null
let prepared: Prepared | null = null
let wanted = 0

async function look(run: number, options: RedivisionOptions): Promise<void> {
  prepared ??= prepare(input!)
  const redivision = new Redivision(prepared, options)
  let told = 0
  let shown = 0
  for (;;) {
    const until = performance.now() + SLICE_MS
    let progress = redivision.step()
    while (progress.phase !== 'done' && progress.phase !== 'first' && performance.now() < until) progress = redivision.step()
    if (progress.phase === 'done') return say({ type: 'done', run, proposal: redivision.proposal(), stopped: false })
    const now = performance.now()
    const shows = progress.phase === 'first' || (progress.phase === 'better' && now - shown > SHOW_MS)
    if (shows || now - told > TELL_MS) {
      say({ type: 'progress', run, progress, proposal: shows ? redivision.proposal() : null })
      told = performance.now()
      if (shows) shown = told
    }
    await breath()
    if (wanted !== run) return say({ type: 'done', run, proposal: redivision.proposal(), stopped: true })
  }
}

scope.onmessage = ({ data }: MessageEvent<ToProposer>) => {
  if (data.type === 'input') {
    input = data.input
    prepared = null
  } else if (data.type === 'stop') {
    if (wanted === data.run) wanted = 0
  } else {
    wanted = data.run
    look(data.run, data.options).catch((error: unknown) => {
      say({ type: 'failed', run: data.run, message: error instanceof Error ? error.message : String(error) })
    })
  }
}
