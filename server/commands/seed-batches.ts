/**
 * Generated incidents as batches ready to be loaded. Many are made in a thread of their own, a few batches ahead, so that
 * generating and loading each have a processor; the batches are the same either way.
 */
import { on } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { IncidentOptions } from '../../data/generator/incidents.ts'
import { encodeIncidents, type IncidentBatch } from '../store/seed-incidents.ts'
import { stepsOf } from './seed-history.ts'

/** Stands where a name would: nobody did what was never done. */
const ACTOR_NAME = '合成数据'
/** Incidents of one batch, which is one COPY into each of three tables. */
const BATCH = 20_000
/** Fewer are generated at once: a thread takes a second to start. */
const MANY = 100_000
/** Batches, of some 10 MB each, that may wait to be loaded. */
const AHEAD = 4

interface Task {
  /** This file's own address, for ts-worker.mjs. */
  module: string
  options: IncidentOptions
}

const encoded = async (options: IncidentOptions): Promise<Generator<IncidentBatch>> => {
  // Imported here: a server whose database has its county already never loads the generator.
  const { generateIncidents } = await import('../../data/generator/incidents.ts')
  const countyCode = options.county.county.code
  return encodeIncidents(generateIncidents(options), stepsOf, { countyCode, actorName: ACTOR_NAME, size: BATCH })
}

/** The batches of generated incidents, in order of time. `aside`: in a thread of their own. */
export async function* incidentBatches(options: IncidentOptions, aside = options.count >= MANY): AsyncGenerator<IncidentBatch> {
  if (!aside) {
    yield* await encoded(options)
    return
  }
  const task: Task = { module: import.meta.url, options }
  const worker = new Worker(new URL('../db/ts-worker.mjs', import.meta.url), { workerData: task, execArgv: [] })
  try {
    for (let i = 0; i < AHEAD; i++) worker.postMessage('more')
    for await (const [batch] of on(worker, 'message') as AsyncIterable<[IncidentBatch | null]>) {
      if (batch === null) return
      yield batch
      worker.postMessage('more')
    }
  } finally {
    await worker.terminate()
  }
}

if (parentPort !== null && (workerData as Task | null)?.module === import.meta.url) {
  const port = parentPort
  const batches = await encoded((workerData as Task).options)
  port.on('message', () => {
    const { value, done } = batches.next()
    if (done) port.postMessage(null)
    else port.postMessage(value, [value.incidents.data.buffer, value.keys.data.buffer, value.steps.data.buffer])
  })
}
