/** The index in its thread against the database, on both databases: filled, followed, killed, refilled; always the same counts. */
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { findEmerging, findHotSpots } from '../../../server/commands/hot-spots.ts'
import { countTrend } from '../../../server/commands/place-counts.ts'
import { createHeat, type Heat } from '../../../server/heat/heat.ts'
import { composeCube, type CubeQuestion, latticeFor } from '../../../server/model/heat/compose-cube.ts'
import { decodeCube } from '../../../server/model/heat/cube.ts'
import type { Dimension } from '../../../server/model/heat/groups.ts'
import { sortGroups } from '../../../server/model/heat/groups.ts'
import { CELL_SIZES } from '../../../server/model/heat/lattice.ts'
import { boundsOf, clockOf } from '../../../server/model/heat/local-time.ts'
import { type Counting, countCells, countGroups, countingIn, findExtent } from '../../../server/store/heat-counts.ts'
import { ensurePartitions } from '../../../server/store/partitions.ts'
import { openStream, type Stream } from '../../../server/stream/stream.ts'
import { makeCounties } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { heatFilter, heatIncident, HEAT_UNITS, SPAN, writeHeatIncidents } from '../../fixtures/heat-incidents.ts'

const ready = (heat: Heat) => vi.waitFor(() => expect(heat.status.state).toBe('ready'), { timeout: 30_000, interval: 20 })

const dimension: fc.Arbitrary<string> = fc.constantFrom(
  ...['unit', 'class', 'kind', 'severity', 'state', 'source', 'weekday', 'hourOfDay', 'hour', 'day', 'week', 'month'],
)

eachDatabase((open) => {
  let db: Db
  let stream: Stream
  let heat: Heat
  const log = pino({ level: 'silent' })

  beforeAll(async () => {
    db = await open()
    await makeCounties(db)
    await db.transaction((tx) => ensurePartitions(tx, new Date(SPAN.from), new Date(SPAN.to)))
    await writeHeatIncidents(db, fc.sample(heatIncident, 3000))
    stream = await openStream(db, log, 'test')
    heat = createHeat({ db, stream, log })
    heat.start()
    await ready(heat)
  })
  afterAll(async () => {
    await heat.close()
    await stream.close()
  })

  it('counts cubes as the database does, in any window, cell and zone, under any filter', async () => {
    await fc.assert(
      fc.asyncProperty(
        heatFilter,
        fc.constantFrom('hour' as const, 'day' as const, 'week' as const),
        fc.constantFrom(...CELL_SIZES),
        fc.boolean(),
        fc.constantFrom(1, 1, 4),
        async (filter, step, metres, weighted, leastCount) => {
          const bounds = boundsOf(step, filter.from!, filter.to!, filter.clock, 20_000)!
          const question: CubeQuestion = { step, bounds, weighted, latitude: 28.05, metres, leastCount, mostBytes: 1e8 }
          const { answer, source } = await heat.cube(filter, question)
          expect(source).toBe('index')
          const counted = composeCube(await countCells(db, filter, latticeFor(question), bounds, weighted), question)
          expect(decodeCube(answer.bytes!)).toEqual(decodeCube(counted.bytes!))
          const lattice = latticeFor(question)
          expect(await heat.cells(filter, lattice, bounds)).toEqual({
            ...(await countingIn(db).cells(filter, lattice, bounds)),
            source: 'index',
          })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('counts groups and finds extents as the database does', async () => {
    await fc.assert(
      fc.asyncProperty(heatFilter, fc.uniqueArray(dimension, { maxLength: 3 }), async (filter, names) => {
        const dimensions = names.map((name): Dimension => {
          if (name === 'unit') return { by: 'unit', level: 'village' }
          const bin = ['hour', 'day', 'week', 'month'].includes(name) ? (name as 'day') : null
          return bin ? { by: 'bin', bounds: boundsOf(bin, filter.from!, filter.to!, filter.clock, 20_000)! } : { by: name as 'kind' }
        })
        const { answer, source } = await heat.groups(filter, dimensions)
        expect(source).toBe('index')
        const nonEmpty = (groups: typeof answer) => sortGroups(groups.filter(({ count }) => count > 0))
        expect(nonEmpty(answer)).toEqual(nonEmpty(await countGroups(db, filter, dimensions)))
        expect(await heat.extent(filter)).toEqual(await findExtent(db, filter))
        const everything = { ...filter, from: null, to: null, dial: null }
        expect(await heat.extent(everything)).toEqual(await findExtent(db, everything))
      }),
      { numRuns: 60 },
    )
  })

  it('counts for hot spots, what emerges, and trends as the database does', async () => {
    const day = (text: string) => new Date(`${text}T00:00:00+08:00`)
    const [before, now, end] = ['2025-12-25', '2026-02-01', '2026-03-11'].map(day) as [Date, Date, Date]
    const what = { unitCode: '331004', kinds: ['01', '0301'], severities: undefined, sources: undefined }
    const base = { what, timeZone: 'Asia/Shanghai', fdr: 0.5, cell: 400, level: 'grid' } as const
    for (const by of ['cell', 'unit'] as const) {
      const request = { ...base, by, before: { from: before, to: now }, span: { from: now, to: end } }
      const spots = await findHotSpots(db, request, heat)
      expect(spots).toEqual(await findHotSpots(db, request))
      expect(spots.outside).toBeGreaterThan(0)
      expect(spots.total + spots.beforeTotal).toBeGreaterThan(by === 'cell' ? 0 : -1)
      const steps = { ...base, by, step: 'week' as const, bounds: [before, day('2026-01-10'), now, end] }
      expect(await findEmerging(db, steps, heat)).toEqual(await findEmerging(db, steps))
    }
    for (const noun of ['kind', 'unit'] as const) {
      for (const digits of [2, 4, 6, 9, 15]) {
        const count = async (counting: Counting) =>
          (await countTrend(counting, what, [before, now, end], { noun, digits })).sort(
            (a, b) => a.step - b.step || a.key.localeCompare(b.key),
          )
        expect(await count(heat)).toEqual(await count(countingIn(db)))
      }
    }
  })

  it('says that both are equal', async () => {
    const check = await heat.check()
    expect(check).toMatchObject({ equal: true, state: 'ready', differences: [], incidents: { index: 3000, database: 3000 } })
    expect(check.bytesPerIncident).toBeLessThan(100)
  })

  describe('while things happen', () => {
    const message = (row: Record<string, unknown>, change: string) => ({
      noun: 'incident',
      change,
      at: new Date().toISOString(),
      incident: row,
    })
    const MARKER = sql`
      select id, unit_code as "unitCode", placement, kind, severity, state, source, reported_at as "reportedAt",
        case when geom is null then null else json_build_array(ST_X(geom), ST_Y(geom)) end as location,
        null as "dueAt", null as "closedAt", 0 as supervisions, version from incident`
    const tell = async (change: string, rows: Record<string, unknown>[]) => {
      for (const row of rows) {
        await db.execute(sql`insert into outbox (county_code, unit_code, message)
          values ('331004', ${row['unitCode']}, ${JSON.stringify(message(row, change))}::jsonb)`)
      }
    }
    /** The same questions each time: what whole months said before must not outlive a change. */
    const agree = async () => {
      const [from, to] = [SPAN.from / 1000, SPAN.to / 1000]
      const nothing = { kinds: null, severities: null, states: null, sources: null, box: null, polygon: null }
      const filter = {
        ...nothing,
        units: ['331004'],
        from,
        to,
        dial: [0xfff, 0xfff, 0xfff, 0, 0xfff, 0xff, 1],
        clock: clockOf('Asia/Shanghai', from, to),
      }
      const bounds = boundsOf('week', from, to, filter.clock, 100)!
      const question: CubeQuestion = { step: 'week', bounds, weighted: true, latitude: 28, metres: 400, leastCount: 1, mostBytes: 1e8 }
      const dimensions: Dimension[] = [{ by: 'unit', level: 'grid' }, { by: 'kind' }, { by: 'hourOfDay' }]
      const counted = composeCube(await countCells(db, filter, latticeFor(question), bounds, true), question)
      const groups = sortGroups(await countGroups(db, filter, dimensions))
      for (const again of [false, true]) {
        expect({ again, cube: decodeCube((await heat.cube(filter, question)).answer.bytes!) }).toEqual({
          again,
          cube: decodeCube(counted.bytes!),
        })
        expect({ again, groups: sortGroups((await heat.groups(filter, dimensions)).answer) }).toEqual({ again, groups })
      }
    }
    const settled = () => expect.poll(async () => (await heat.check()).equal, { timeout: 30_000, interval: 50 }).toBe(true)

    it('follows what is new, moved, graded and classed anew, and what is deleted', async () => {
      await agree()
      const chosen = await db.query<Record<string, unknown>>(sql`${MARKER} where geom is not null order by id limit 40`)
      const ids = chosen.map(({ id }) => id as string)
      await db.execute(sql`
        update incident set severity = 'red', state = 'handling', kind = '1302', unit_code = ${HEAT_UNITS[3]},
          geom = ST_SetSRID(ST_MakePoint(121.15, 28.06), 4326) where id = any(${ids.slice(0, 20)}::uuid[])`)
      await db.execute(sql`delete from incident where id = any(${ids.slice(20)}::uuid[])`)
      await tell('changed', await db.query(sql`${MARKER} where id = any(${ids.slice(0, 20)}::uuid[])`))
      await tell('deleted', chosen.slice(20))
      await db.execute(sql`
        insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source, geom)
        select gen_random_uuid(), '2026-04-01T00:00:00Z', '2026-04-01T00:00:00Z', '331004', '331004009', 'inside', '0909', 'red', 'reported', 'camera',
          ST_SetSRID(ST_MakePoint(121.12, 28.02), 4326) from generate_series(1, 10)`)
      await tell('created', await db.query(sql`${MARKER} where kind = '0909'`))
      await settled()
      expect(await heat.check()).toMatchObject({ incidents: { index: 2990, database: 2990 } })
      await agree()
    })

    it('says where they are not equal', async () => {
      await db.execute(sql`update incident set severity = 'green' where kind = '0909'`)
      expect(await heat.check()).toMatchObject({
        equal: false,
        differences: [{ month: '2026-04', unitCode: '331004009', index: 10, database: 10 }],
      })
    })

    it('fills anew after a bulk load, and holds 10,000 at one point in one second', async () => {
      const [same] = fc.sample(heatIncident, 1)
      const at = new Date(SPAN.from)
      const many = Array.from({ length: 10_000 }, () => ({
        ...same!,
        id: crypto.randomUUID(),
        reportedAt: at,
        kind: '0777',
        location: [121.1, 28.05] as [number, number],
      }))
      await writeHeatIncidents(db, many)
      await settled()
      const groups = await heat.groups({ ...fc.sample(heatFilter, 1)[0]!, units: ['331004'], from: null, to: null, kinds: ['0777'], severities: null, states: null, sources: null, box: null, polygon: null, dial: null, inside: false }, [{ by: 'kind' }]) // prettier-ignore
      expect(groups).toEqual({ answer: [{ key: ['0777'], count: 10_000 }], source: 'index' })
      await agree()
    })

    it('answers from the database when its thread is killed over a question, and comes back', async () => {
      // A polygon of many corners is asked of each incident: of so many questions the last cannot be answered yet.
      const corners = Array.from({ length: 200 }, (_, n) => [Math.cos((n * Math.PI) / 100), Math.sin((n * Math.PI) / 100)] as const)
      const polygon = Int32Array.from(corners.flatMap(([x, y]) => [1_211_000_000 + Math.round(x * 3e5), 280_500_000 + Math.round(y * 3e5)]))
      const everything = { from: null, to: null, kinds: null, severities: null, states: null, sources: null, box: null, dial: null }
      const filter = { ...fc.sample(heatFilter, 1)[0]!, ...everything, units: ['331004'], polygon }
      const byGrid: Dimension[] = [{ by: 'unit', level: 'grid' }, { by: 'kind' }, { by: 'source' }]
      const asked = Array.from({ length: 12 }, (_, n) => heat.groups({ ...filter, from: -1 - n }, byGrid))
      await heat.kill()
      const answers = await Promise.all(asked)
      expect(answers.at(-1)!.source).toBe('database')
      const expected = sortGroups(await countGroups(db, { ...filter, from: null }, byGrid))
      for (const { answer } of answers) expect(sortGroups(answer)).toEqual(expected)
      await ready(heat)
      await settled()
    })
  })
})
