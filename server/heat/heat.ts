/** Heat for whoever asks: from the index when it is ready, otherwise from the database, with the same counts either way. */
import type { Logger } from 'pino'
import { compareSums } from '#model/heat/check-sums.ts'
import { composeCube, type CubeAnswer, type CubeQuestion, latticeFor } from '#model/heat/compose-cube.ts'
import type { HeatFilter } from '#model/heat/filter.ts'
import type { Dimension } from '#model/heat/groups.ts'
import type { CountedCells } from '#model/heat/count-cells.ts'
import type { Lattice } from '#model/heat/lattice.ts'
import type { Group } from '#model/heat/small-numbers.ts'
import type { HeatCheck } from '#contract/heat.ts'
import type { Db } from '../db/db.ts'
import { AS_STORED, countCells, countGroups, type CountOptions, findExtent } from '../store/heat-counts.ts'
import { listCheckSums } from '../store/heat-fill.ts'
import { getStreamPosition, hasUnsequenced } from '../store/outbox.ts'
import type { Stream } from '../stream/stream.ts'
import { createHeatIndex, type HeatIndex, type HeatStatus } from './heat-index.ts'
import type { HeatQuestion, HeatQuestions } from './heat-worker.ts'

export interface Answered<T> {
  answer: T
  source: 'index' | 'database'
}

export interface Heat {
  readonly status: HeatStatus
  /** Begins to fill the index: once the port listens. */
  start(): void
  cube(filter: HeatFilter, question: CubeQuestion): Promise<Answered<CubeAnswer>>
  /** Counts by cell and step, as they are. */
  cells(filter: HeatFilter, lattice: Lattice, bounds: Float64Array): Promise<Answered<CountedCells>>
  /** What stood at another time, or is overdue, only the database can tell. */
  groups(filter: HeatFilter, dimensions: readonly Dimension[], options?: CountOptions): Promise<Answered<Group[]>>
  extent(filter: HeatFilter, options?: CountOptions): Promise<[first: number, last: number] | null>
  /** Compares index and database. */
  check(): Promise<HeatCheck>
  /** Ends the index's thread as if it had died. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface HeatDeps {
  db: Db
  stream: Stream
  log: Logger
}

/** While it is being written the two are never looked at in the same moment: tried so often. */
const ATTEMPTS = 20
const MOST_DIFFERENCES = 100

export const createHeat = ({ db, stream, log }: HeatDeps): Heat => {
  const index: HeatIndex = createHeatIndex({ db, stream, log })

  const ask = async <Q extends HeatQuestion>(name: Q, asked: HeatQuestions[Q]['ask']): Promise<HeatQuestions[Q]['answer'] | undefined> => {
    if (index.status.state !== 'ready') return undefined
    try {
      // Null says both 'nothing there' and 'lost': the first is asked of the database once more, which costs little.
      return (await index.ask(name, asked)) ?? undefined
    } catch (cause) {
      log.error({ err: cause }, 'the heat index did not answer; the database does')
      return undefined
    }
  }
  const isPlain = ({ then, overdueAt }: CountOptions) => then === null && overdueAt === null

  /** One comparison; null when something was written meanwhile. */
  const compare = async (): Promise<HeatCheck | null> => {
    await stream.catchUp()
    const before = await getStreamPosition(db)
    const [own, size] = [await ask('sums', {}), await ask('state', {})]
    if (!own || !size || index.status.position === null) return null
    const database = await listCheckSums(db)
    const isQuiet = !(await hasUnsequenced(db)) && (await getStreamPosition(db)) === before
    await stream.catchUp()
    if (!isQuiet || index.status.position !== before) return null
    const differences = compareSums(own, database)
    const count = (sums: readonly { count: number }[]) => sums.reduce((sum, { count }) => sum + count, 0)
    return {
      equal: differences.length === 0,
      state: 'ready',
      incidents: { index: count(own), database: count(database) },
      position: before,
      bytesPerIncident: size.incidents === 0 ? 0 : size.bytes / size.incidents,
      differences: differences.slice(0, MOST_DIFFERENCES),
    }
  }

  return {
    get status() {
      return index.status
    },
    start: () => index.start(),
    async cube(filter, question) {
      const answer = await ask('cube', { filter, question })
      if (answer) return { answer, source: 'index' }
      const counted = await countCells(db.reader, filter, latticeFor(question), question.bounds, question.weighted)
      return { answer: composeCube(counted, question), source: 'database' }
    },
    async cells(filter, lattice, bounds) {
      const answer = await ask('cells', { filter, lattice, bounds })
      if (answer) return { answer, source: 'index' }
      return { answer: await countCells(db.reader, filter, lattice, bounds, false), source: 'database' }
    },
    async groups(filter, dimensions, options = AS_STORED) {
      const answer = isPlain(options) ? await ask('groups', { filter, dimensions }) : undefined
      if (answer) return { answer, source: 'index' }
      return { answer: await countGroups(db.reader, filter, dimensions, options), source: 'database' }
    },
    async extent(filter, options = AS_STORED) {
      const answer = isPlain(options) ? await ask('extent', { filter }) : undefined
      return answer ?? findExtent(db.reader, filter, options)
    },
    async check() {
      for (let attempt = 0; attempt < ATTEMPTS && index.status.state === 'ready'; attempt++) {
        const found = await compare()
        // A message about what was written before may still be on its way: only a difference that stays is one.
        if (found && (found.equal || attempt > 2)) return found
      }
      const { state, incidents } = index.status
      const position = await getStreamPosition(db)
      const none = { incidents: { index: incidents, database: 0 }, position, bytesPerIncident: 0, differences: [] }
      return { equal: null, state: state === 'ready' ? 'ready' : 'filling', ...none }
    },
    kill: () => index.kill(),
    close: () => index.close(),
  }
}
