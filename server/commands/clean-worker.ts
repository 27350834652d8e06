/** Cleaning in a thread of its own: a large cover takes seconds, in which the server must go on answering. */
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { Problem } from '#contract/problem.ts'
import { clean, type Cleaning, type CleanOptions } from '#model/cleaning/clean.ts'
import type { DirtyUnit } from '#model/cleaning/dirty-rings.ts'

interface Task {
  /** This file's own address, for ts-worker.mjs. */
  module: string
  units: readonly DirtyUnit[]
  options: CleanOptions
}

/** Covers with fewer positions are done at once: a thread would take longer to start, even for a scribble. */
const FEW = 100

/** A scribble of a few thousand lines has millions of crossings: neither time nor memory is without end. */
const LONGEST_MS = 120_000
const MOST_MEGABYTES = 3072

/** One at a time: two would only take the processors from those who wait for the map. */
let last: Promise<unknown> = Promise.resolve()

/** As `clean`; `positions` says how many there are. Rejects with `too-large` when it takes more than it may. */
export function cleanAside(units: readonly DirtyUnit[], options: CleanOptions, positions: number): Promise<Cleaning> {
  if (positions < FEW) return Promise.resolve(clean(units, options))
  const task: Task = { module: import.meta.url, units, options }
  const next = last.then(
    () =>
      new Promise<Cleaning>((resolve, reject) => {
        const tooMuch = () => new Problem('too-large', 'The lines of the file cross each other too often to be cleaned at once.')
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
          reject(new Error(`The cleaning ended with ${code}.`))
        })
      }),
  )
  last = next.catch(() => undefined)
  return next
}

if (parentPort !== null && (workerData as Task | null)?.module === import.meta.url) {
  const { units, options } = workerData as Task
  parentPort.postMessage(clean(units, options))
}
