/** Cleaning in a thread of its own: a large cover takes seconds, in which the server must go on answering. */
import { parentPort, workerData } from 'node:worker_threads'
import { clean, type Cleaning, type CleanOptions } from '#model/cleaning/clean.ts'
import type { DirtyUnit } from '#model/cleaning/dirty-rings.ts'
import { runAside, type Task } from './aside.ts'

interface CleanTask extends Task {
  units: readonly DirtyUnit[]
  options: CleanOptions
}

/** Covers with fewer positions are done at once: a thread would take longer to start, even for a scribble. */
const FEW = 100

/** As `clean`; `positions` says how many there are. Rejects with `too-large` when it takes more than it may. */
export function cleanAside(units: readonly DirtyUnit[], options: CleanOptions, positions: number): Promise<Cleaning> {
  if (positions < FEW) return Promise.resolve(clean(units, options))
  const task: CleanTask = { module: import.meta.url, units, options }
  // A scribble of a few thousand lines has millions of crossings.
  return runAside(task, 'The lines of the file cross each other too often to be cleaned at once.')
}

if (parentPort !== null && (workerData as CleanTask | null)?.module === import.meta.url) {
  const { units, options } = workerData as CleanTask
  parentPort.postMessage(clean(units, options))
}
