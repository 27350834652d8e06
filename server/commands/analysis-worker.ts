/** Hot spots, clusters, repeats and PDF files in a thread of its own, which stays for the next question and goes when none comes. */
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type Emerged, emerging } from '#model/hot-spots/emerging.ts'
import type { Neighbours } from '#model/hot-spots/neighbours.ts'
import type { Points } from '#model/hot-spots/points.ts'
import { repeats, type RepeatOptions } from '#model/hot-spots/repeats.ts'
import { findSpots, type Spot } from '#model/hot-spots/spots.ts'
import { type ClusterOptions, clusters } from '#model/hot-spots/st-dbscan.ts'
import type { ReportDocument } from '#model/report/document.ts'
import type { ReportLanguage } from '#model/report/words.ts'
import { writeReportPdf } from '../transfer/exporters/report-pdf.ts'

/** What can be asked, with how it is answered. */
const WORK = {
  spots: ({ counts, neighbours, fdr }: { counts: Float64Array; neighbours: Neighbours; fdr: number }): Spot[] =>
    findSpots(counts, neighbours, fdr),
  emerging: (task: { counts: Float64Array; neighbours: Neighbours; slices: number; fdr: number }): Emerged[] =>
    emerging(task.counts, task.neighbours, task.slices, task.fdr),
  clusters: ({ points, options }: { points: Points; options: ClusterOptions }): number[][] => clusters(points, options),
  repeats: ({ points, options }: { points: Points; options: RepeatOptions }): number[][] => repeats(points, options),
  /** Reading a Chinese font and cutting it down takes a second. */
  pdf: ({ report, lang, madeAt }: { report: ReportDocument; lang: ReportLanguage; madeAt: Date }): Promise<Uint8Array> =>
    writeReportPdf(report, lang, madeAt),
}
type Work = typeof WORK
type What = keyof Work
type Task<W extends What> = Parameters<Work[W]>[0]
type Result<W extends What> = Awaited<ReturnType<Work[W]>>

interface Question {
  id: number
  what: What
  task: never
}

/** Below, the answer is there sooner than the thread. */
const FEW = 5_000
/** A thread that nobody asks ends after so long. */
const IDLE_MS = 60_000

const sizeOf = (task: Task<What>): number => ('points' in task ? task.points.x.length : 'counts' in task ? task.counts.length : Infinity)

interface Thread {
  ask<W extends What>(what: W, task: Task<W>): Promise<Result<W>>
}
/** While there is one. */
let thread: Thread | null = null

function start(): Thread {
  const worker = new Worker(new URL('../db/ts-worker.mjs', import.meta.url), { workerData: { module: import.meta.url }, execArgv: [] })
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (cause: Error) => void }>()
  let asked = 0
  let idle: NodeJS.Timeout | undefined
  worker.on('message', ({ id, result, failure }: { id: number; result: never; failure?: Error }) => {
    const who = waiting.get(id)
    waiting.delete(id)
    if (failure) who?.reject(failure)
    else who?.resolve(result)
    if (waiting.size > 0) return
    worker.unref()
    idle = setTimeout(() => void worker.terminate(), IDLE_MS).unref()
  })
  const gone = (cause: Error) => {
    if (thread === own) thread = null
    clearTimeout(idle)
    for (const { reject } of waiting.values()) reject(cause)
    waiting.clear()
  }
  worker.once('error', gone)
  worker.once('exit', (code) => gone(new ThreadGone(`The analysis thread ended with ${code}.`)))
  const own: Thread = {
    ask: <W extends What>(what: W, task: Task<W>) =>
      new Promise<Result<W>>((resolve, reject) => {
        clearTimeout(idle)
        worker.ref()
        waiting.set(++asked, { resolve, reject })
        worker.postMessage({ id: asked, what, task })
      }),
  }
  return own
}

class ThreadGone extends Error {}

/** Answers here when that is quick, otherwise in the thread. One that dies in mid-answer is asked once more, in a new thread. */
export async function analyse<W extends What>(what: W, task: Task<W>): Promise<Result<W>> {
  if (sizeOf(task) < FEW) return (await WORK[what](task as never)) as Result<W>
  const ask = () => (thread ??= start()).ask(what, task)
  return ask().catch((cause: unknown) => {
    if (cause instanceof ThreadGone) return ask()
    throw cause
  })
}

if (parentPort !== null && (workerData as { module?: string } | null)?.module === import.meta.url) {
  const port = parentPort
  const answer = async ({ id, what, task }: Question) => {
    try {
      port.postMessage({ id, result: await WORK[what](task) })
    } catch (failure) {
      port.postMessage({ id, failure })
    }
  }
  port.on('message', (question: Question) => void answer(question))
}
