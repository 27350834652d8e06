/** Work in a thread of its own: what takes seconds must not keep the server from answering. */
import { Worker } from 'node:worker_threads'
import { Problem } from '#contract/problem.ts'

/** Neither time nor memory is without end. */
const LONGEST_MS = 120_000
const MOST_MEGABYTES = 3072

/** One at a time: two would only take the processors from those who wait for the map. */
let last: Promise<unknown> = Promise.resolve()

export interface Task {
  /** Address of the module that does it, for ts-worker.mjs. */
  module: string
}

/** Resolves with what the module posts. Rejects with `too-large`, in these words, when it takes more than it may. */
export function runAside<Result>(task: Task, tooMuch: string): Promise<Result> {
  const next = last.then(() => run<Result>(task, tooMuch))
  last = next.catch(() => undefined)
  return next
}

const run = <Result>(task: Task, words: string): Promise<Result> =>
  new Promise((resolve, reject) => {
    const tooMuch = () => new Problem('too-large', words)
    const worker = new Worker(new URL('../db/ts-worker.mjs', import.meta.url), {
      workerData: task,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    })
    const alarm = setTimeout(() => {
      reject(tooMuch())
      void worker.terminate()
    }, LONGEST_MS)
    worker.once('message', resolve)
    worker.once('error', (cause: NodeJS.ErrnoException) => reject(cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch() : cause))
    worker.once('exit', (code) => {
      clearTimeout(alarm)
      reject(new Error(`The work aside ended with ${code}.`))
    })
  })
