/**
 * The thread that holds the heat index, so that counting never stalls the server. It reads PostgreSQL by itself, by binary COPY on a
 * connection of its own; from a database that lives in the server's process it is handed the same bytes. It does strictly one thing
 * after the other: an answer holds everything that was told before it was asked for.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { countyOf } from '#model/code.ts'
import type { CountedCells } from '#model/heat/count-cells.ts'
import { checkSums, type CheckSum } from '#model/heat/check-sums.ts'
import { composeCube, type CubeAnswer, type CubeQuestion, latticeFor } from '#model/heat/compose-cube.ts'
import { EVERYTHING, type HeatFilter } from '#model/heat/filter.ts'
import { countGroups, type Dimension } from '#model/heat/groups.ts'
import { type Ground, IncidentColumns, type IncidentEntry } from '#model/heat/incident-columns.ts'
import type { Lattice } from '#model/heat/lattice.ts'
import { boundsOf, clockOf } from '#model/heat/local-time.ts'
import type { Group } from '#model/heat/small-numbers.ts'
import { openCopySource } from '../db/copy-out.ts'
import { copyMonth, findMonthBefore } from '../store/heat-fill.ts'
import { CopyRows } from './copy-rows.ts'

export type HeatChange = { change: 'put'; entry: IncidentEntry } | { change: 'remove'; entry: Pick<IncidentEntry, 'seconds' | 'id'> }

/** What is asked, by name, with its answer. */
export interface HeatQuestions {
  cube: { ask: { filter: HeatFilter; question: CubeQuestion }; answer: CubeAnswer }
  cells: { ask: { filter: HeatFilter; lattice: Lattice; bounds: Float64Array }; answer: CountedCells }
  groups: { ask: { filter: HeatFilter; dimensions: readonly Dimension[] }; answer: Group[] }
  extent: { ask: { filter: HeatFilter }; answer: [number, number] | null }
  sums: { ask: Record<never, never>; answer: CheckSum[] }
  state: { ask: Record<never, never>; answer: HeatSize }
}
export interface HeatSize {
  incidents: number
  bytes: number
}
export type HeatQuestion = keyof HeatQuestions

/** By county code; those without an outline are not there. */
export type Grounds = ReadonlyMap<string, Ground>

export type HeatRequest =
  | { type: 'begin' }
  /** Reads everything; or it is handed over as `rows`, month by month, and then the `end`. */
  | { type: 'copy'; address: string; grounds: Grounds }
  | { type: 'rows'; bytes: Uint8Array }
  | { type: 'end'; grounds: Grounds }
  | { type: 'changes'; changes: HeatChange[] }
  | { type: 'ask'; id: number; name: HeatQuestion; ask: unknown }
export type HeatReply =
  /** `month`: first instant, in ms, of the month that was read. */
  | { type: 'progress'; rows: number; month: number }
  | ({ type: 'filled' } & HeatSize)
  /** The fill broke, or a change could not be told to its row: begin again. */
  | { type: 'broken'; message: string }
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'failed'; id: number; message: string }

const DAY = 86_400

const port = parentPort!
let columns = new IncidentColumns()
let rows = new CopyRows(columns)

const reply = (message: HeatReply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

/** Reads all months, the newest first. */
const copyAll = async (address: string): Promise<void> => {
  const source = await openCopySource(address, 'gridward heat')
  try {
    let month = await findMonthBefore(source, null)
    while (month) {
      rows.begin()
      for await (const chunk of source.copy(copyMonth(month))) rows.take(chunk)
      reply({ type: 'progress', rows: rows.rows, month: month.start.getTime() })
      month = await findMonthBefore(source, month.start)
    }
  } finally {
    await source.close()
  }
}

const sizeNow = (): HeatSize => ({ incidents: columns.size, bytes: columns.bytes })

const finish = (grounds: Grounds): void => {
  const [county, ...others] = new Set(columns.units.words.map(countyOf))
  const ground = (others.length === 0 && grounds.get(county ?? '')) || null
  columns.ground = ground
  for (const block of columns.blocks) {
    block.sort()
    columns.prepare(block)
    columns.daysOf(block)
  }
  if (ground) rehearse(ground)
  reply({ type: 'filled', ...sizeNow() })
}

/** Asks for what a screen asks for first, so that it does not wait until the code for it is compiled. */
const rehearse = ({ timeZone, latitude }: Ground): void => {
  const last = columns.blocks.at(-1)
  if (!last) return
  const [from, to] = [last.end - 366 * DAY, last.end]
  const clock = clockOf(timeZone, from, to)
  const question: CubeQuestion = {
    ...{ step: 'day', bounds: boundsOf('day', from, to, clock, 1000)!, weighted: false, latitude, metres: 400 },
    ...{ leastCount: 1, mostBytes: Infinity },
  }
  composeCube(columns.cells({ ...EVERYTHING, from, to, clock }, latticeFor(question), question.bounds, false), question)
}

const ANSWERS: { [Q in HeatQuestion]: (ask: HeatQuestions[Q]['ask']) => HeatQuestions[Q]['answer'] } = {
  cube: ({ filter, question }) => composeCube(columns.cells(filter, latticeFor(question), question.bounds, question.weighted), question),
  cells: ({ filter, lattice, bounds }) => columns.cells(filter, lattice, bounds, false),
  groups: ({ filter, dimensions }) => countGroups(columns, filter, dimensions),
  extent: ({ filter }) => columns.extent(filter),
  sums: () => checkSums(columns),
  state: sizeNow,
}

const handle = async (request: HeatRequest): Promise<void> => {
  switch (request.type) {
    case 'begin':
      columns = new IncidentColumns()
      rows = new CopyRows(columns)
      return
    case 'copy':
      await copyAll(request.address)
      return finish(request.grounds)
    case 'rows':
      rows.begin()
      return rows.take(request.bytes)
    case 'end':
      return finish(request.grounds)
    case 'changes': {
      const isClear = request.changes.every(({ change, entry }) => (change === 'put' ? columns.put(entry) : columns.remove(entry)))
      if (!isClear) throw new Error('two incidents look alike')
      return
    }
    case 'ask':
      try {
        const answer = (ANSWERS[request.name] as (ask: unknown) => unknown)(request.ask)
        const bytes = (answer as { bytes?: unknown } | null)?.bytes
        reply({ type: 'answer', id: request.id, answer }, bytes instanceof Uint8Array ? [bytes.buffer as ArrayBuffer] : [])
      } catch (cause) {
        reply({ type: 'failed', id: request.id, message: (cause as Error).message })
      }
  }
}

// A fill is begun anew only after it has broken or ended, so one queue is enough.
if ((workerData as { module?: string } | null)?.module === import.meta.url) {
  let last: Promise<void> = Promise.resolve()
  port.on('message', (request: HeatRequest) => {
    last = last.then(() => handle(request)).catch((cause: Error) => reply({ type: 'broken', message: cause.message }))
  })
}
