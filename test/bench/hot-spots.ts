/**
 * Hot spots and their kin on PostgreSQL, as the server answers them: how long each takes in all when the heat index counts and when the
 * database does, how much the counting or reading alone is, and the model beside what turf has for the same input.
 *
 *   node --import tsx test/bench/hot-spots.ts [--incidents 1630000[,10000000]] [--runs 3]
 *
 * With DATABASE_URL (several with spaces between) it measures what is there up to its last incident, and adds the reports that it makes.
 */
import { parseArgs } from 'node:util'
import { clustersDbscan, distanceWeight, featureCollection, point } from '@turf/turf'
import { pino } from 'pino'
import { findEmerging, findHotSpots, latticeFor } from '../../server/commands/hot-spots.ts'
import { findClusters, findRepeats } from '../../server/commands/incident-groups.ts'
import { countLeaves, countSquares } from '../../server/commands/place-counts.ts'
import { makeReport } from '../../server/commands/reports.ts'
import { seedDemo } from '../../server/commands/seed.ts'
import type { Db } from '../../server/db/db.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { sql } from '../../server/db/sql.ts'
import { createHeat } from '../../server/heat/heat.ts'
import { SYSTEM } from '../../server/middleware/actor.ts'
import { MOST_PLACES } from '../../server/contract/analysis.ts'
import { Problem } from '../../server/contract/problem.ts'
import { withinBand } from '../../server/model/hot-spots/neighbours.ts'
import { clusters } from '../../server/model/hot-spots/st-dbscan.ts'
import { metresPerUnit } from '../../server/model/measure.ts'
import { type Span, spanBefore, stepsBack } from '../../server/model/hot-spots/periods.ts'
import { reportDocument } from '../../server/model/report/document.ts'
import { dayStart } from '../../server/model/time.ts'
import { listPoints, listSquares, type PointRow, type What } from '../../server/store/analysis.ts'
import { listCounties } from '../../server/store/counties.ts'
import { type Counting, countingIn } from '../../server/store/heat-counts.ts'
import { readKinds } from '../../server/store/kinds.ts'
import { writeReportExcel } from '../../server/transfer/exporters/report-excel.ts'
import { writeReportPdf } from '../../server/transfer/exporters/report-pdf.ts'
import { openStream } from '../../server/stream/stream.ts'
import { listChildCodes } from '../../server/store/summary.ts'
import { markdownTable, median } from '../fixtures/benchmark.ts'
import { findPrograms, startCluster } from '../fixtures/clusters.ts'

const { values: options } = parseArgs({
  options: { incidents: { type: 'string', default: '1630000' }, runs: { type: 'string', default: '3' } },
})
const RUNS = Number(options.runs)
const FDR = 0.05
const CELL = 400

const millis = async (work: () => Promise<unknown>): Promise<number> => {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return Math.round(median(times))
}

type Row = Record<string, string | number>

/** What is looked at in clusters and repeats is limited: the first that is not too much. */
async function firstThatFits<T, R>(choices: readonly T[], work: (choice: T) => Promise<R>): Promise<[T, R]> {
  for (const choice of choices) {
    try {
      return [choice, await work(choice)]
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'too-large')) throw error
    }
  }
  throw new Error('all of it is too much')
}

/** What turf has of it: who lies within a distance of whom, and clusters by place alone. */
async function measurePlain(db: Db, what: What, span: Span, timeZone: string): Promise<Row[]> {
  const [town] = await listChildCodes(db, what.unitCode)
  const lattice = await latticeFor(db, what.unitCode, CELL)
  const squares = (await listSquares(db, town!, lattice, MOST_PLACES))!
  const middles = squares.map(({ column, row }) => [((column + 0.5) * lattice.cellX) / 1e7, ((row + 0.5) * lattice.cellY) / 1e7])
  const middlePoints = featureCollection(middles.map((at) => point(at)))
  const band = () => withinBand(squares.map(({ column, row }) => [column, row]), 1.5) // prettier-ignore
  const weights = () =>
    distanceWeight(middlePoints, {
      threshold: (1.1 * Math.hypot(lattice.cellX, lattice.cellY)) / 1e7,
      binary: true,
      standardization: false,
    })
  const ofWeek = await listPoints(db, what, { from: dayStart(span.to, timeZone, -7), to: span.to })
  const kinds = new Map<string, PointRow[]>()
  for (const each of ofWeek) kinds.set(each.kind, [...(kinds.get(each.kind) ?? []), each])
  const points = [...kinds.values()].reduce<PointRow[]>((most, each) => (each.length > most.length ? each : most), [])
  const pointsOfKind = featureCollection(points.map(({ lng, lat }) => point([lng, lat])))
  const unit = metresPerUnit(points[0]!.lat * 1e7)
  const columns = {
    x: Float64Array.from(points, ({ lng }) => lng * 1e7 * unit.x),
    y: Float64Array.from(points, ({ lat }) => lat * 1e7 * unit.y),
    t: Float64Array.from(points, ({ t }) => t),
    kind: new Int32Array(points.length),
  }
  const ours = () => clusters(columns, { metres: 200, seconds: 1e9, minPts: 5 })
  const theirs = () => clustersDbscan(pointsOfKind, 0.2, { minPoints: 5 })
  const found = new Set(theirs().features.flatMap(({ properties: { cluster } }) => (cluster === undefined ? [] : [cluster])))
  const pairs = weights().reduce((sum, row) => sum + row.filter((weight) => weight > 0).length, 0)
  return [
    {
      ...{ what: 'who is near whom, squares of a town', of: squares.length, 'ours, ms': await millis(() => Promise.resolve(band())) },
      'turf, ms': await millis(() => Promise.resolve(weights())),
      ...{ 'ours found': `${band().members.length - squares.length} pairs`, 'turf found': `${pairs} pairs` },
    },
    {
      ...{ what: 'clusters of one kind in a week, 200 m', of: points.length, 'ours, ms': await millis(() => Promise.resolve(ours())) },
      'turf, ms': await millis(() => Promise.resolve(theirs())),
      ...{ 'ours found': `${ours().length} clusters`, 'turf found': `${found.size} clusters` },
    },
  ]
}

async function measure(db: Db): Promise<{ rows: Row[]; plain: Row[]; reports: Row[] }> {
  const [county] = await listCounties(db)
  const { code: unitCode, timeZone } = county!
  const what: What = { unitCode, kinds: undefined, severities: undefined, sources: undefined }
  // The window ends with the day before the last incident's.
  const [newest] = await db.query<{ at: Date }>(sql`select max(reported_at) as at from incident`)
  const now = newest!.at
  const to = dayStart(now, timeZone)
  const windowOf = (days: number) => ({ from: dayStart(now, timeZone, -days), to })
  const base = { what, timeZone, fdr: FDR, cell: CELL, level: 'grid' } as const
  const lattice = await latticeFor(db, unitCode, CELL)
  const rows: Row[] = []
  const log = pino({ level: 'silent' })
  const stream = await openStream(db, log, 'bench')
  const index = createHeat({ db, stream, log })
  index.start()
  while (index.status.state !== 'ready') await new Promise((resolve) => setTimeout(resolve, 50))
  const { incidents } = index.status
  const database = countingIn(db)
  const add = async (
    name: string,
    days: number,
    found: (answer: never) => string,
    ask: (counting: Counting) => Promise<unknown>,
    plain: ((counting: Counting) => Promise<unknown>) | null,
  ) => {
    const answer = (await ask(index)) as { total: number; places?: number }
    const same = JSON.stringify(answer) === JSON.stringify(await ask(database))
    rows.push({
      incidents,
      what: name,
      'window, days': days,
      'in it': answer.total,
      places: answer.places ?? '',
      found: found(answer as never),
      'with the index, ms': await millis(() => ask(index)),
      'with SQL, ms': await millis(() => ask(database)),
      'index counts, ms': plain ? await millis(() => plain(index)) : '',
      'SQL counts, ms': plain ? await millis(() => plain(database)) : '',
      equal: same ? 'yes' : 'NO',
    })
  }
  for (const days of [28, 365]) {
    const span = windowOf(days)
    const before = spanBefore(span, timeZone)
    const bounds = [before.from, span.from, span.to]
    for (const by of ['cell', 'unit'] as const) {
      await add(
        `hot spots, ${by === 'cell' ? `${CELL} m squares` : 'grids'}`,
        days,
        ({ results }: { results: unknown[] }) => `${results.length} spots`,
        (counting) => findHotSpots(db, { ...base, span, before, by }, counting),
        (counting) => (by === 'cell' ? countSquares(counting, what, lattice, bounds) : countLeaves(counting, what, bounds)),
      )
    }
    const step = days > 45 ? 'week' : 'day'
    const steps = stepsBack(span, step, timeZone, 60)
    await add(
      `emerging, ${CELL} m squares by ${step}`,
      days,
      ({ results }: { results: unknown[] }) => `${results.length} places`,
      (counting) => findEmerging(db, { ...base, by: 'cell', step, bounds: steps }, counting),
      (counting) => countSquares(counting, what, lattice, steps),
    )
  }
  for (const { name, found, ask } of [
    {
      name: 'clusters, 200 m and 48 h',
      found: ({ found }: { found: number }) => `${found} clusters`,
      ask: (span: Span) => findClusters(db, { what, span, timeZone, metres: 200, hours: 48, minPts: 5, limit: 50 }),
    },
    {
      name: 'repeats, 50 m and 7 days',
      found: ({ found }: { found: number }) => `${found} places`,
      ask: (span: Span) => findRepeats(db, { what, span, timeZone, days: 7, metres: 50, limit: 50, after: 0 }),
    },
  ]) {
    const [days] = await firstThatFits([28, 7, 1], async (choice) => void (await ask(windowOf(choice))))
    await add(name, days, found, () => ask(windowOf(days)), null)
  }
  const plain = await measurePlain(db, what, windowOf(28), timeZone)

  const context = { db, kinds: readKinds(), now: () => now, counting: index }
  // Of a month of the county, or where that holds too much of a town.
  const towns = await listChildCodes(db, unitCode)
  const [reported, { figures }] = await firstThatFits([unitCode, ...towns], (code) =>
    makeReport(context, SYSTEM, { unitCode: code, period: 'month' }),
  )
  const report = reportDocument(figures, 'zh')
  const pdf = await writeReportPdf(report, 'zh', now)
  const excel = await writeReportExcel(report)
  const make = (counting: Counting) => millis(() => makeReport({ ...context, counting }, SYSTEM, { unitCode: reported, period: 'month' }))
  const reports = [
    { what: 'count and store, with the index', ms: await make(index), KB: '' },
    { what: 'count and store, with SQL', ms: await make(database), KB: '' },
    { what: 'as PDF', ms: await millis(() => writeReportPdf(report, 'zh', now)), KB: Math.round(pdf.length / 1024) },
    { what: 'as Excel', ms: await millis(() => writeReportExcel(report)), KB: Math.round(excel.length / 1024) },
  ].map((row) => ({
    incidents,
    'a month of': `${reported === unitCode ? 'the county' : 'a town'}, ${figures.reported.now} incidents`,
    ...row,
  }))
  await index.close()
  await stream.close()
  return { rows, plain: plain.map((row) => ({ incidents, ...row })), reports }
}

const measured: { rows: Row[]; plain: Row[]; reports: Row[] }[] = []
const take = async (address: string, prepare: (db: Db) => Promise<unknown> = () => Promise.resolve()) => {
  const db = await openPostgres({ connectionString: address, poolSize: 4 })
  await prepare(db)
  measured.push(await measure(db))
  await db.close()
}
const given = process.env['DATABASE_URL']
const programs = findPrograms()
if (given !== undefined) for (const address of given.split(' ')) await take(address)
else if (programs === null) process.stdout.write('PostgreSQL with PostGIS is not installed: nothing was measured.\n')
else {
  for (const incidents of options.incidents.split(',').map(Number)) {
    const cluster = await startCluster(programs, {})
    await take(cluster.url, async (db) => {
      await migrate(db)
      await seedDemo(db, { seed: 1, until: new Date(), incidents, microgrids: false, replace: false })
      await db.script('analyze')
    })
    await cluster.stop()
  }
}
if (measured.length > 0) {
  process.stdout.write(
    `The county, ${RUNS === 1 ? 'one run each' : `median of ${RUNS} runs`}:\n\n${markdownTable(measured.flatMap(({ rows }) => rows))}\n`,
  )
  process.stdout.write(`\nThe model alone, and turf for the same:\n\n${markdownTable(measured.flatMap(({ plain }) => plain))}\n`)
  process.stdout.write(
    `\nReports, of the county or of its first town where that holds too much for one:\n\n${markdownTable(measured.flatMap(({ reports }) => reports))}\n`,
  )
}
// The thread of the analysis waits for another question.
process.exit(0)
