/** The page's end of the worker that looks for re-divisions. */
import type { Progress, Proposal, RedivisionInput, RedivisionOptions } from '#model/partition/redivision.ts'
import type { FromProposer, ToProposer } from './propose-worker.ts'

export interface ProposalRun {
  /** Ends the search; `done` then gives the best so far. */
  stop(): void
  /** Rejects when the input cannot be divided at all, or when the worker dies. */
  done: Promise<Proposal>
}

/** `proposal` comes with the first plan in range and now and then with a better one. */
export type OnProgress = (progress: Progress, proposal: Proposal | null) => void

export interface Proposer {
  /** Looks on until it is done or stopped. One search at a time: a new one stops the one before. Same seed, same proposal. */
  propose(options: RedivisionOptions, onProgress?: OnProgress): ProposalRun
  /** Ends the worker; a search that runs is rejected. */
  close(): void
}

interface Waiting {
  onProgress: OnProgress | undefined
  resolve(proposal: Proposal): void
  reject(error: Error): void
}

/** A worker for one input: what it lays for the first search, all that follow share (another preset, another seed). */
export function openProposer(input: RedivisionInput): Proposer {
  const worker = new Worker(new URL('./propose-worker.ts', import.meta.url), { type: 'module', name: 'gridward-propose' })
  const say = (message: ToProposer): void => worker.postMessage(message)
  const waiting = new Map<number, Waiting>()
  let runs = 0
  let current = 0
  const giveUp = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.onmessage = ({ data }: MessageEvent<FromProposer>) => {
    const run = waiting.get(data.run)
    if (!run) return
    if (data.type === 'progress') return run.onProgress?.(data.progress, data.proposal)
    waiting.delete(data.run)
    if (data.type === 'done') run.resolve(data.proposal)
    else run.reject(new Error(data.message))
  }
  worker.onerror = (event) => giveUp(new Error(event.message || 'the search cannot be started'))
  say({ type: 'input', input })

  return {
    propose(options, onProgress) {
      const run = ++runs
      current = run
      const done = new Promise<Proposal>((resolve, reject) => waiting.set(run, { onProgress, resolve, reject }))
      say({ type: 'propose', run, options })
      return { done, stop: () => current === run && say({ type: 'stop', run }) }
    },
    close() {
      worker.terminate()
      giveUp(new Error('the search was closed'))
    },
  }
}

/** One search with a worker of its own, which ends with it. */
export function propose(input: RedivisionInput, options: RedivisionOptions, onProgress?: OnProgress): ProposalRun {
  const proposer = openProposer(input)
  const { stop, done } = proposer.propose(options, onProgress)
  return { stop, done: done.finally(() => proposer.close()) }
}
