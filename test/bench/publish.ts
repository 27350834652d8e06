/**
 * Saving and publishing plans, on PostgreSQL: the server's time for one autosave and for a plan's coming into force, against the time
 * that the same run's own SQL takes of it. What is above 1 is the model: replaying the actions, proving the cover, encoding polygons.
 *
 *   node --import tsx test/bench/publish.ts [--actions 25] [--only demo|lattice]
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { saveActions } from '../../server/commands/plan-actions.ts'
import { putDuePlansInForce } from '../../server/commands/plan-in-force.ts'
import { PlanReplays } from '../../server/commands/plan-replay.ts'
import { takePlanStep } from '../../server/commands/plan-steps.ts'
import { createPlan } from '../../server/commands/plans.ts'
import { seedCounty, seedDemo } from '../../server/commands/seed.ts'
import { readConfig } from '../../server/config.ts'
import type { Db, Queryable } from '../../server/db/db.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { SYSTEM } from '../../server/middleware/actor.ts'
import type { Action } from '../../server/model/actions/action.ts'
import type { Coverage } from '../../server/model/coverage.ts'
import { fromGrid } from '../../server/model/crs.ts'
import { markdownTable, median } from '../fixtures/benchmark.ts'
import { findPrograms, startCluster } from '../fixtures/clusters.ts'
import { latticeCounty } from '../fixtures/lattice-county.ts'

const { values: options } = parseArgs({ options: { actions: { type: 'string', default: '25' }, only: { type: 'string' } } })
const ACTIONS = Number(options.actions)
const SEEDED = new Date('2026-03-01T00:00:00Z')

/** Sums up what the statements of transactions take. */
function timedSql(db: Db): { db: Db; spent: () => number } {
  let spent = 0
  const timed =
    <A extends unknown[], R>(work: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      const start = performance.now()
      try {
        return await work(...given)
      } finally {
        spent += performance.now() - start
      }
    }
  const inside = (tx: Queryable): Queryable => ({
    query: timed(tx.query.bind(tx)) as Queryable['query'],
    execute: timed(tx.execute.bind(tx)),
    script: timed(tx.script.bind(tx)),
    bulk: timed(tx.bulk.bind(tx)),
  })
  const watched: Db = Object.create(db, {
    transaction: { value: (work: (tx: Queryable) => Promise<unknown>) => db.transaction((tx) => work(inside(tx))) },
  })
  return { db: watched, spent: () => spent }
}

/** Inner junctions, spread over the county, each moved by a few metres. */
function movesIn(coverage: Coverage): Action[] {
  const places = new Map<string, [number, number]>()
  for (const { points } of coverage.arcs.values()) {
    const [x, y] = [points[0]!, points[1]!]
    const around = coverage.arcsAtNode(x, y)
    if (around.length > 2 && around.every(({ left, right }) => left !== null && right !== null)) places.set(`${x} ${y}`, [x, y])
  }
  const all = [...places.values()]
  const every = Math.ceil(all.length / ACTIONS)
  return all
    .filter((_, index) => index % every === 0)
    .map(([x, y]) => ({ type: 'move-junction', from: fromGrid([x, y]), to: fromGrid([x + 300, y + 200]) }))
}

async function measure(name: string, opened: Db, county: string): Promise<Record<string, string | number>> {
  const { db, spent } = timedSql(opened)
  let clock = new Date('2026-03-01T04:00:00Z')
  const context = { db, replays: new PlanReplays(), targets: readConfig({}).targets, now: () => clock }
  const { id } = await createPlan(context, SYSTEM, { name: 'bench', unitCode: county })
  const { coverage } = await context.replays.ground(db, county, new Date())
  const saves: number[] = []
  const sqlOfSaves: number[] = []
  let revision = 0
  for (const action of movesIn(coverage)) {
    const [start, sql] = [performance.now(), spent()]
    try {
      await saveActions(context, SYSTEM, id, { revision, from: revision, actions: [action] })
    } catch {
      continue // A junction too close to something to be moved.
    }
    revision++
    saves.push(performance.now() - start)
    sqlOfSaves.push(spent() - sql)
  }
  await takePlanStep(context, SYSTEM, id, 'submit', { revision })
  await takePlanStep(context, { ...SYSTEM, kind: 'user', id: 1 }, id, 'approve', { revision })
  await takePlanStep(context, SYSTEM, id, 'publish', { revision, effectiveOn: '2026-03-02' })
  clock = new Date('2026-03-02T04:00:00Z')
  const [start, sql] = [performance.now(), spent()]
  const [result] = await putDuePlansInForce({ ...context, replays: new PlanReplays() })
  if (!result?.inForceAt) throw new Error(`The plan did not come into force: ${result?.reason}`)
  const [publish, sqlOfPublish] = [performance.now() - start, spent() - sql]
  const ms = (value: number) => +value.toFixed(1)
  return {
    county: name,
    actions: saves.length,
    'save, median ms': ms(median(saves)),
    'its SQL, ms': ms(median(sqlOfSaves)),
    'save ÷ SQL': +(median(saves) / median(sqlOfSaves)).toFixed(2),
    'first save (reads the cover), ms': ms(saves[0]!),
    'into force, ms': ms(publish),
    'its SQL of it, ms': ms(sqlOfPublish),
    'into force ÷ SQL': +(publish / sqlOfPublish).toFixed(2),
  }
}

const programs = findPrograms()
if (!programs) throw new Error('PostgreSQL with PostGIS is needed.')
const cluster = await startCluster(programs)
const rows: Record<string, string | number>[] = []
try {
  const counties: { name: string; key: string; code: string; fill: (db: Db) => Promise<unknown> }[] = [
    {
      name: '635 grids, 20,000 incidents',
      key: 'demo',
      code: '331004',
      fill: (db) => seedDemo(db, { seed: 1, until: SEEDED, incidents: 20_000, microgrids: false, replace: false }),
    },
    { name: '10,000 grids', key: 'lattice', code: '990002', fill: (db) => db.transaction((tx) => seedCounty(tx, latticeCounty(10_000))) },
  ]
  for (const { name, key, code, fill } of counties) {
    if (options.only && options.only !== key) continue
    const database = `bench_${randomBytes(4).toString('hex')}`
    const admin = await openPostgres({ connectionString: cluster.url, poolSize: 1 })
    await admin.script(`create database ${database}`)
    await admin.close()
    const address = new URL(cluster.url)
    address.pathname = `/${database}`
    const db = await openPostgres({ connectionString: address.href })
    await migrate(db)
    await fill(db)
    await db.script('analyze')
    rows.push(await measure(name, db, code))
    await db.close()
  }
} finally {
  await cluster.stop()
}
console.log('## Saving and publishing plans\n')
console.log(markdownTable(rows))
