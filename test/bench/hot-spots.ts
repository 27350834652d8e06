/**
 * Hot spots and their kin on PostgreSQL, as the server answers them: how long each takes in all, how much of that is the plain SQL that
 * counts or reads what it works on, and what the model alone takes for the same input.
 *
 *   node --import tsx test/bench/hot-spots.ts [--incidents 1630000] [--runs 3]
 *
 * With DATABASE_URL it measures what is there, and makes nothing.
 */
import { parseArgs } from 'node:util'
import { findEmerging, findHotSpots, latticeFor } from '../../server/commands/hot-spots.ts'
import { findClusters, findRepeats } from '../../server/commands/incident-groups.ts'
import { makeReport } from '../../server/commands/reports.ts'
import { seedDemo } from '../../server/commands/seed.ts'
import type { Db } from '../../server/db/db.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { SYSTEM } from '../../server/middleware/actor.ts'
import { spanBefore, stepsBack } from '../../server/model/hot-spots/periods.ts'
import { reportDocument } from '../../server/model/report/document.ts'
import { dayStart } from '../../server/model/time.ts'
import { countLeaves, countSquares, listPoints, type What } from '../../server/store/analysis.ts'
import { listCounties } from '../../server/store/counties.ts'
import { readKinds } from '../../server/store/kinds.ts'
import { writeReportExcel } from '../../server/transfer/exporters/report-excel.ts'
import { writeReportPdf } from '../../server/transfer/exporters/report-pdf.ts'
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

async function measure(db: Db): Promise<void> {
  const [county] = await listCounties(db)
  const { code: unitCode, timeZone } = county!
  const now = new Date()
  const to = dayStart(now, timeZone)
  const what: What = { unitCode, kinds: undefined, severities: undefined, sources: undefined }
  const windowOf = (days: number) => ({ from: dayStart(now, timeZone, -days), to })
  const base = { what, timeZone, fdr: FDR, cell: CELL, level: 'grid' } as const
  const lattice = await latticeFor(db, unitCode, CELL)
  const rows: Record<string, string | number>[] = []
  const add = async (
    name: string,
    days: number,
    found: (answer: never) => string,
    ask: () => Promise<unknown>,
    plain: () => Promise<unknown>,
  ) => {
    const answer = (await ask()) as { total: number; places?: number }
    rows.push({
      what: name,
      'window, days': days,
      incidents: answer.total,
      places: answer.places ?? '',
      found: found(answer as never),
      'answer, ms': await millis(ask),
      'of that SQL, ms': await millis(plain),
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
        () => findHotSpots(db, { ...base, span, before, by }),
        () => (by === 'cell' ? countSquares(db, what, lattice, bounds) : countLeaves(db, what, bounds)),
      )
    }
    const step = days > 45 ? 'week' : 'day'
    const steps = stepsBack(span, step, timeZone, 60)
    await add(
      `emerging, ${CELL} m squares by ${step}`,
      days,
      ({ results }: { results: unknown[] }) => `${results.length} places`,
      () => findEmerging(db, { ...base, by: 'cell', step, bounds: steps }),
      () => countSquares(db, what, lattice, steps),
    )
  }
  const span = windowOf(28)
  await add(
    'clusters, 200 m and 48 h',
    28,
    ({ found }: { found: number }) => `${found} clusters`,
    () => findClusters(db, { what, span, timeZone, metres: 200, hours: 48, minPts: 5, limit: 50 }),
    () => listPoints(db, what, span),
  )
  await add(
    'repeats, 50 m and 7 days',
    28,
    ({ found }: { found: number }) => `${found} places`,
    () => findRepeats(db, { what, span, timeZone, days: 7, metres: 50, limit: 50, after: 0 }),
    () => listPoints(db, what, span),
  )
  process.stdout.write(`The county, median of ${RUNS} runs:\n\n${markdownTable(rows)}\n`)

  const context = { db, kinds: readKinds(), now: () => now }
  const { figures } = await makeReport(context, SYSTEM, { unitCode, period: 'month' })
  const report = reportDocument(figures, 'zh')
  const pdf = await writeReportPdf(report, 'zh', now)
  const excel = await writeReportExcel(report)
  const reports = [
    { what: 'count and store', ms: await millis(() => makeReport(context, SYSTEM, { unitCode, period: 'month' })), KB: '' },
    { what: 'as PDF', ms: await millis(() => writeReportPdf(report, 'zh', now)), KB: Math.round(pdf.length / 1024) },
    { what: 'as Excel', ms: await millis(() => writeReportExcel(report)), KB: Math.round(excel.length / 1024) },
  ]
  process.stdout.write(`\nThe report of a month with ${figures.reported.now} incidents:\n\n${markdownTable(reports)}\n`)
}

process.stdout.write('## Hot spots and reports\n\n')
const address = process.env['DATABASE_URL']
if (address !== undefined) {
  const db = await openPostgres({ connectionString: address, poolSize: 4 })
  await measure(db)
  await db.close()
} else {
  const programs = findPrograms()
  if (programs === null) process.stdout.write('PostgreSQL with PostGIS is not installed: nothing was measured.\n')
  else {
    const cluster = await startCluster(programs, {})
    const db = await openPostgres({ connectionString: cluster.url, poolSize: 4 })
    await migrate(db)
    await seedDemo(db, { seed: 1, until: new Date(), incidents: Number(options.incidents), microgrids: false, replace: false })
    await db.script('analyze')
    await measure(db)
    await db.close()
    await cluster.stop()
  }
}
// The thread of the analysis waits for another question.
process.exit(0)
