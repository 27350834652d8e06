/**
 * Heat on the server, on PostgreSQL: the index's fill against the bare COPY that it reads, bytes an incident, and answers from the
 * index against SQL's own group-by for the same counts in the same run. Times of the index hold the way to its thread and back.
 *
 *   node --import tsx test/bench/heat.ts [--incidents 200000[,1630000,10000000]] [--runs 40]
 *
 * With DATABASE_URL (several with spaces between) it measures what is there, and makes nothing.
 */
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { seedDemo } from '../../server/commands/seed.ts'
import { openCopySource } from '../../server/db/copy-out.ts'
import type { Db } from '../../server/db/db.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { CopyRows } from '../../server/heat/copy-rows.ts'
import { createHeat, type Heat } from '../../server/heat/heat.ts'
import { composeCube, type CubeQuestion, latticeFor } from '../../server/model/heat/compose-cube.ts'
import { decodeCube } from '../../server/model/heat/cube.ts'
import type { HeatFilter } from '../../server/model/heat/filter.ts'
import { type Dimension, sortGroups } from '../../server/model/heat/groups.ts'
import { IncidentColumns } from '../../server/model/heat/incident-columns.ts'
import type { CellSize } from '../../server/model/heat/lattice.ts'
import { boundsOf, clockOf } from '../../server/model/heat/local-time.ts'
import { listCounties } from '../../server/store/counties.ts'
import { countCells, countGroups, findLatitude } from '../../server/store/heat-counts.ts'
import { copyMonth, findMonthBefore, type Month } from '../../server/store/heat-fill.ts'
import { readKinds } from '../../server/store/kinds.ts'
import { openStream } from '../../server/stream/stream.ts'
import { markdownTable, median } from '../fixtures/benchmark.ts'
import { findPrograms, startCluster } from '../fixtures/clusters.ts'

const { values: options } = parseArgs({
  options: { incidents: { type: 'string', default: '200000' }, runs: { type: 'string', default: '40' } },
})
const RUNS = Number(options.runs)
const SQL_RUNS = 3
const FILL_RUNS = 3
const DAY = 86_400
/** The demo's middle of the town, about as wide as a screen at zoom 14. */
const VIEW: [number, number, number, number] = [1_213_900_000, 285_700_000, 1_214_400_000, 286_000_000]

const round = (ms: number): number => Number(ms.toFixed(ms < 10 ? 2 : 1))
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!
const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const began = performance.now()
  return [await work(), performance.now() - began]
}

/** Reads every month by COPY and hands each chunk on; milliseconds. */
async function copyAll(address: string, months: readonly Month[], take: (chunk: Uint8Array) => void, begin: () => void): Promise<number> {
  const source = await openCopySource(address, 'gridward bench')
  const [, ms] = await timed(async () => {
    for (const month of months) {
      begin()
      for await (const chunk of source.copy(copyMonth(month))) take(chunk)
    }
  })
  await source.close()
  return ms
}

async function measureFill(db: Db, address: string): Promise<Record<string, number>> {
  const [county] = await listCounties(db)
  const ground = { timeZone: county!.timeZone, latitude: (await findLatitude(db, county!.code))! }
  const months: Month[] = []
  for (let month = await findMonthBefore(db, null); month; month = await findMonthBefore(db, month.start)) months.push(month)
  const bare: number[] = []
  const filled: number[] = []
  let columns = new IncidentColumns()
  let bytes = 0
  for (let run = 0; run < FILL_RUNS; run++) {
    bytes = 0
    bare.push(await copyAll(address, months, (chunk) => (bytes += chunk.length), () => undefined)) // prettier-ignore
    columns = new IncidentColumns()
    const rows = new CopyRows(columns)
    const reading = await copyAll(address, months, (chunk) => rows.take(chunk), () => rows.begin()) // prettier-ignore
    columns.ground = ground
    const [, sorting] = await timed(async () =>
      columns.blocks.forEach((block) => {
        block.sort()
        columns.prepare(block)
        columns.daysOf(block)
      }),
    )
    filled.push(reading + sorting)
  }
  return {
    incidents: columns.size,
    'bare COPY ms': round(median(bare)),
    'fill ms': round(median(filled)),
    'fill ÷ COPY': round(median(filled) / median(bare)),
    'COPY MB': round(bytes / 1e6),
    'bytes an incident': round(columns.bytes / columns.size),
  }
}

interface Ask {
  name: string
  index: (run: number) => Promise<unknown>
  sql: (run: number) => Promise<unknown>
  /** What both must have alike, of either's answer. */
  told: (answer: never) => unknown
}

/** The same with the processor's time of all threads, in ms: it does not hang on what else the machine does. */
const clocked = async <T>(work: () => Promise<T>): Promise<[T, ms: number, processor: number]> => {
  const before = process.cpuUsage()
  const [result, ms] = await timed(work)
  const { user, system } = process.cpuUsage(before)
  return [result, ms, (user + system) / 1000]
}

async function measureAsks(asks: readonly Ask[], incidents: number): Promise<Record<string, string | number>[]> {
  const rows: Record<string, string | number>[] = []
  for (const { name, index, sql, told } of asks) {
    const [first, cold] = await timed(() => index(0))
    const times: number[] = []
    const processor: number[] = []
    for (let run = 1; run <= RUNS; run++) {
      const [, ms, own] = await clocked(() => index(run))
      times.push(ms)
      processor.push(own)
    }
    const plain: number[] = []
    let same: unknown
    for (let run = 0; run < SQL_RUNS; run++) {
      const [answer, ms] = await timed(() => sql(0))
      plain.push(ms)
      same = answer
    }
    const isCube = first instanceof Uint8Array
    rows.push({
      incidents,
      answer: name,
      'first ms': round(cold),
      'p50 ms': round(median(times)),
      'p99 ms': round(percentile(times, 0.99)),
      'processor ms': round(median(processor)),
      'SQL ms': round(median(plain)),
      'SQL ÷ p50': Math.round(median(plain) / median(times)),
      'cube KB': isCube ? Math.round(first.length / 1024) : '–',
      'gzip KB': isCube ? Math.round(gzipSync(first).length / 1024) : '–',
      equal: JSON.stringify(told(first as never)) === JSON.stringify(told(same as never)) ? 'yes' : 'NO',
    })
  }
  return rows
}

async function asksOf(db: Db, heat: Heat): Promise<Ask[]> {
  const [county] = await listCounties(db)
  const { code, timeZone } = county!
  const latitude = (await findLatitude(db, code))!
  const kinds = readKinds().list.classes.flatMap(({ kinds: each }) => each.map(({ code: kind }) => kind))
  const nothing = { kinds: null, severities: null, states: null, sources: null, box: null, polygon: null, dial: null }
  const open: HeatFilter = { ...nothing, units: [code], from: null, to: null, clock: clockOf(timeZone, 0, 0) }
  const [, last] = (await heat.extent(open))!
  const [from, to] = [last + 1 - 365 * DAY, last + 1]
  const clock = clockOf(timeZone, from, to)
  const year: HeatFilter = { ...open, from, to, clock }
  // Other kinds each time, so that nothing is remembered.
  const chosen = (run: number): HeatFilter => ({ ...year, severities: ['red'], kinds: kinds.map((_, n) => kinds[(n * 7 + run) % kinds.length]!).slice(0, 5) }) // prettier-ignore

  const cube = (name: string, filter: (run: number) => HeatFilter, step: 'day' | 'week' | 'hour', metres: CellSize): Ask => {
    const questionOf = (asked: HeatFilter): CubeQuestion => ({
      ...{ step, metres, latitude, weighted: false, leastCount: 1, mostBytes: 1e9 },
      bounds: boundsOf(step, asked.from!, asked.to!, asked.clock, 20_000)!,
    })
    return {
      name,
      index: async (run) => (await heat.cube(filter(run), questionOf(filter(run)))).answer.bytes!,
      sql: async (run) => {
        const question = questionOf(filter(run))
        const counted = await countCells(db, filter(run), latticeFor(question), question.bounds, false)
        return composeCube(counted, question).bytes!
      },
      told: decodeTotals,
    }
  }
  const groups = (name: string, filter: (run: number) => HeatFilter, dimensions: readonly Dimension[]): Ask => ({
    name,
    index: async (run) => (await heat.groups(filter(run), dimensions)).answer,
    sql: (run) => countGroups(db, filter(run), dimensions),
    told: sortGroups,
  })
  const always = () => year
  const days = { by: 'bin', bounds: boundsOf('day', from, to, clock, 20_000)! } as const
  const month = { ...year, from: to - 30 * DAY }
  const grids = sortGroups((await heat.groups(year, [{ by: 'unit', level: 'grid' }])).answer).map(({ key: [unit] }) => String(unit))
  return [
    cube('county, year, by week, 400 m', always, 'week', 400),
    cube('county, year, by day, 200 m', always, 'day', 200),
    cube('county, month, by hour, 100 m', () => month, 'hour', 100),
    cube('county, year, by week, 400 m; 5 kinds, red', chosen, 'week', 400),
    cube('a grid, another each time, year, by day, 50 m', (run) => ({ ...year, units: [grids[(run * 7 + 1) % grids.length]!] }), 'day', 50), // prettier-ignore
    cube('view of zoom 14, year, by day, 50 m', () => ({ ...year, box: VIEW }), 'day', 50),
    groups('counts by grid, year', always, [{ by: 'unit', level: 'grid' }]),
    groups('counts by grid, year; 5 kinds, red', chosen, [{ by: 'unit', level: 'grid' }]),
    groups('counts by kind and severity, year', always, [{ by: 'kind' }, { by: 'severity' }]),
    groups('counts by day, year', always, [days]),
    groups('24 × 7, year', always, [{ by: 'weekday' }, { by: 'hourOfDay' }]),
    groups('counts by kind, a day', () => ({ ...year, from: to - DAY }), [{ by: 'kind' }]),
  ]
}

/** What two cubes must have alike, small enough to be compared as text. */
const decodeTotals = (bytes: Uint8Array): unknown => {
  const { total, unplaced, width, height, columns, counts } = decodeCube(bytes)
  return {
    total,
    unplaced,
    width,
    height,
    cells: columns.length,
    entries: counts.length,
    squares: counts.reduce((sum, count) => sum + count * count, 0),
  }
}

async function measure(address: string): Promise<{ fill: Record<string, number>; asks: Record<string, string | number>[] }> {
  const db = await openPostgres({ connectionString: address })
  const log = pino({ level: 'silent' })
  const fill = await measureFill(db, address)
  const stream = await openStream(db, log, 'bench')
  const heat = createHeat({ db, stream, log })
  heat.start()
  while (heat.status.state !== 'ready') await new Promise((resolve) => setTimeout(resolve, 50))
  const asks = await measureAsks(await asksOf(db, heat), fill['incidents']!)
  await heat.close()
  await stream.close()
  await db.close()
  return { fill, asks }
}

/** Each answer's time, and a cube's bytes before they are compressed, at the largest size over that at the smallest. */
const growth = (all: readonly Record<string, string | number>[], least: number, most: number): Record<string, string | number>[] =>
  all
    .filter(({ incidents }) => incidents === most)
    .map((row) => {
      const before = all.find(({ incidents, answer }) => incidents === least && answer === row['answer'])!
      const over = (name: string) => round(Number(row[name]) / Number(before[name]))
      const isCube = before['cube KB'] !== '–'
      return {
        ...{ answer: row['answer']!, 'incidents ×': round(most / least), 'first ×': over('first ms'), 'p50 ×': over('p50 ms') },
        ...{ 'processor ×': over('processor ms'), 'SQL ×': over('SQL ms'), 'bytes ×': isCube ? over('cube KB') : '–' },
        'processor a byte ×': isCube ? round(over('processor ms') / over('cube KB')) : '–',
      }
    })

const given = process.env['DATABASE_URL']
const programs = findPrograms()
const fills: Record<string, number>[] = []
const answers: Record<string, string | number>[] = []
const take = async (address: string) => {
  const { fill, asks } = await measure(address)
  fills.push(fill)
  answers.push(...asks)
}
if (given !== undefined) for (const address of given.split(' ')) await take(address)
else if (programs === null) console.log('PostgreSQL with PostGIS is not installed: left out.')
else {
  for (const incidents of options.incidents.split(',').map(Number)) {
    const cluster = await startCluster(programs)
    const db = await openPostgres({ connectionString: cluster.url })
    await migrate(db)
    await seedDemo(db, { seed: 1, until: new Date('2026-03-01T00:00:00Z'), incidents, microgrids: false, replace: false })
    await db.close()
    await take(cluster.url)
    await cluster.stop()
  }
}
if (fills.length > 0) {
  console.log(`\nThe fill, median of ${FILL_RUNS}:\n`)
  console.log(markdownTable(fills))
  console.log(`\nAnswers: the first, then ${RUNS} more; processor is that of all threads, the median; SQL is the median of ${SQL_RUNS}:\n`)
  console.log(markdownTable(answers))
}
if (fills.length > 1) {
  const sizes = fills.map(({ incidents }) => incidents!)
  console.log('\nGrowth from the fewest to the most:\n')
  console.log(markdownTable(growth(answers, Math.min(...sizes), Math.max(...sizes))))
}
process.exit(0)
