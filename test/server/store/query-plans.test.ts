/** The statements that are asked all day long, on a PostgreSQL with rows enough to matter: by which index each finds what it wants. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { raw, sql } from '../../../server/db/sql.ts'
import { frameOf } from '#model/frame.ts'
import type { HeatFilter } from '#model/heat/filter.ts'
import { latticeOf } from '#model/heat/lattice.ts'
import { clockOf } from '#model/heat/local-time.ts'
import { countClosedIn, countPeriod, countPoints, listIncidentsIn, listMarkers, listPoints } from '../../../server/store/analysis.ts'
import { listCameraFeatures } from '../../../server/store/camera-features.ts'
import { findIncident, listOpenIncidents } from '../../../server/store/incident-reads.ts'
import { countIncidentFeatures, listIncidentFeatures } from '../../../server/store/incident-features.ts'
import { countSquares, countTrend } from '../../../server/commands/place-counts.ts'
import { countCells, countGroups, countingIn, type CountOptions } from '../../../server/store/heat-counts.ts'
import { copyMonth, findMonthBefore, packMonth } from '../../../server/store/heat-fill.ts'
import { listFiltered } from '../../../server/store/heat-incidents.ts'
import { hasUnsequenced, listSequenced, sequenceOutbox } from '../../../server/store/outbox.ts'
import { findLeavesAt, listCamerasNear } from '../../../server/store/places.ts'
import { countClosed, countOpen, countPast, countRecent, type DayFrame, listOverdue, listReds } from '../../../server/store/summary.ts'
import {
  listBorderShapes,
  listCameraClusters,
  listCameraPoints,
  listIncidentPoints,
  listUnitLabels,
  listUnitShapes,
} from '../../../server/store/tiles.ts'
import { listUnitFeatures } from '../../../server/store/unit-features.ts'
import { hasPostgres, openPostgresDatabase } from '../../fixtures/database.ts'
import { plansOf, type QueryPlan } from '../../fixtures/query-plans.ts'
import { loadSample, SAMPLE, SAMPLE_UNTIL } from '../../fixtures/sample-county.ts'

const HOUR_MS = 3_600_000
const GRID = `${SAMPLE}001001005`
/** A window of some 30 of the sample's 13 × 13 km. */
const BBOX: [number, number, number, number] = [121.34, 28.54, 121.345, 28.545]
const now = SAMPLE_UNTIL
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * HOUR_MS)
const DAY: DayFrame = { now, todayStart: hoursAgo(12), yesterdayStart: hoursAgo(36), yesterdayNow: hoursAgo(24) }

describe.skipIf(!hasPostgres())('the statements asked all day long', () => {
  let db: Db
  /** Plans of a read, of which none may read a large table from end to end. */
  const planned = async (work: (db: Db) => Promise<unknown>): Promise<QueryPlan> => {
    const plan = await plansOf(db, work)
    expect(plan.scanned, 'tables read from end to end').toEqual([])
    return plan
  }
  const tile = (lng: number, lat: number, z: number) => {
    const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z)
    return frameOf({ z, x: Math.floor(((lng + 180) / 360) * 2 ** z), y }, 0)
  }
  const z14 = tile(121.342, 28.542, 14)

  beforeAll(async () => {
    db = await openPostgresDatabase()
    await loadSample(db, { cameras: 30_000, incidents: 120_000 })
    // A county of 20,000 grids elsewhere, each with a line of its border.
    await db.script(`
      insert into county (code, name, time_zone) values ('990002', '大县', 'Asia/Shanghai');
      create temporary table cell as select n, 1000000 + n as id, 100 + (n % 200) * 0.01 as x, 30 + (n / 200) * 0.01 as y,
        '990002' || lpad((n / 400 + 1)::text, 3, '0') || lpad((n / 20 % 20 + 1)::text, 3, '0') || lpad((n % 20 + 1)::text, 3, '0') as code
        from generate_series(0, 19999) as n;
      insert into unit (id, county_code) overriding system value select id, '990002' from cell;
      insert into unit_code (code, unit_id) select code, id from cell;
      insert into unit_version (unit_id, code, parent_code, county_code, level, name, is_leaf, geom, label_point, area_m2, valid_from)
        select id, code, left(code, 12), '990002', 'grid', code, true, ST_Multi(ST_MakeEnvelope(x, y, x + 0.01, y + 0.01, 4326)),
          ST_SetSRID(ST_MakePoint(x + 0.005, y + 0.005), 4326), 1000000, '2025-01-01Z' from cell;
      insert into unit_border (county_code, level, left_code, right_code, geom)
        select '990002', 'grid', code, null, ST_SetSRID(ST_MakeLine(ST_MakePoint(x, y), ST_MakePoint(x + 0.01, y)), 4326) from cell;
      insert into outbox (pos, county_code, unit_code, message)
        select n, '990001', '990001', '{"noun": "incident"}' from generate_series(1, 20000) as n;
      update stream_position set pos = 20000;
      -- Of the sample a fifth is open, of a county one in a hundred.
      update incident set state = 'closed', closed_at = reported_at + interval '1 day'
        where state not in ('closed', 'cancelled') and right(id::text, 1) <> '7';
      insert into incident_transition (incident_id, at, transition, from_state, to_state, actor_name)
        select id, reported_at, 'report', null, 'reported', 'test' from incident`)
    await db.script('vacuum analyze')
  })

  it('find the open incidents by the index of the open ones', async () => {
    for (const unit of [SAMPLE, `${SAMPLE}001`, GRID]) {
      const { indexes } = await planned((on) => listOpenIncidents(on, unit))
      expect(['incident_open', 'incident_unit_time'], unit).toEqual(expect.arrayContaining(indexes))
    }
  })

  it('find the incidents of a unit and a week by unit and time, in the partitions of that week alone', async () => {
    const during = { from: new Date('2026-02-03T00:00:00Z'), to: new Date('2026-02-10T00:00:00Z') }
    const filter = { prefixes: [SAMPLE, GRID], during }
    for (const read of [(on: Db) => listIncidentFeatures(on, filter, null, 100, true), (on: Db) => countIncidentFeatures(on, filter)]) {
      const { indexes, tables } = await planned(read)
      expect(indexes).toEqual(expect.arrayContaining(['incident_unit_time']))
      expect(tables.filter((name) => name.startsWith('incident'))).toEqual(['incident_2026_02'])
    }
  })

  it('find one incident by its key, in one partition', async () => {
    const [some] = await db.query<{ id: string }>(sql`select id from incident where reported_at > '2026-02-10Z' limit 1`)
    const { indexes } = await planned((on) => findIncident(on, some!.id))
    expect(indexes).toEqual(expect.arrayContaining(['incident_key_pkey']))
  })

  it('page through the collections by their keys, from whatever depth', async () => {
    const deep = { micros: Date.parse('2026-01-20T00:00:00Z') * 1000, id: '00000000-0000-4000-8000-000000000000' }
    for (const after of [null, deep]) {
      const { indexes } = await planned((on) => listIncidentFeatures(on, { prefixes: [''] }, after, 100, true))
      expect(indexes).toContain('incident_pkey')
    }
    for (const after of [null, 20_000]) {
      expect((await planned((on) => listCameraFeatures(on, { prefixes: [''] }, after, 100))).indexes).toContain('camera_pkey')
    }
    for (const after of [null, '990002020001001']) {
      expect((await planned((on) => listUnitFeatures(on, { prefixes: [''] }, after, 100))).indexes).toContain('unit_version_code')
    }
  })

  it('find what lies in a box by place', async () => {
    const inBox = { prefixes: [''], bbox: BBOX }
    expect((await planned((on) => listIncidentFeatures(on, inBox, null, 100, true))).indexes).toContain('incident_geom')
    expect((await planned((on) => countIncidentFeatures(on, inBox))).indexes).toContain('incident_geom')
    expect((await planned((on) => listCameraFeatures(on, inBox, null, 100))).indexes).toContain('camera_geom')
    expect((await planned((on) => listUnitFeatures(on, inBox, null, 100))).indexes).toContain('unit_version_geom')
  })

  it('find what a tile holds by place', async () => {
    const grid = ['grid'] as const
    expect((await planned((on) => listUnitShapes(on, z14, grid, ''))).indexes).toEqual(['unit_version_geom'])
    expect((await planned((on) => listUnitLabels(on, z14, grid, ''))).indexes).toEqual(['unit_version_geom'])
    expect((await planned((on) => listBorderShapes(on, z14, grid, ''))).indexes).toEqual(['unit_border_geom'])
    expect((await planned((on) => listCameraPoints(on, z14, ''))).indexes).toEqual(['camera_geom'])
    expect((await planned((on) => listCameraClusters(on, z14, ''))).indexes).toEqual(['camera_geom'])
    expect((await planned((on) => listIncidentPoints(on, z14, 'all', ''))).indexes).toEqual(['incident_geom'])
    const open = await planned((on) => listIncidentPoints(on, tile(121.34, 28.54, 9), 'open', ''))
    expect(open.indexes).toEqual(['incident_open'])
  })

  it('find the leaf of a point and the cameras around it by place', async () => {
    expect((await planned((on) => findLeavesAt(on, [[100.5, 30.2]]))).indexes).toEqual(['unit_version_geom'])
    const near = { metres: 500, limit: 3, jurisdiction: '' }
    expect((await planned((on) => listCamerasNear(on, [121.342, 28.542], near))).indexes).toEqual(['camera_geom'])
  })

  it('count a day without reading a month', async () => {
    for (const unit of [SAMPLE, `${SAMPLE}001`]) {
      const recent = await planned((on) => countRecent(on, unit, DAY, 10))
      expect(
        recent.tables.filter((name) => name.startsWith('incident')),
        unit,
      ).toEqual(['incident_2026_02', 'incident_2026_03'])
      await planned((on) => listReds(on, unit, DAY))
      expect((await planned((on) => countOpen(on, unit, DAY, 9))).indexes, unit).toEqual(['incident_open'])
      expect((await planned((on) => countClosed(on, unit, DAY))).indexes, unit).toEqual(['incident_closed'])
      expect((await planned((on) => listOverdue(on, unit, now, 12))).indexes, unit).toEqual(['incident_open'])
    }
    const past = { from: hoursAgo(24 * 30), to: now, zone: 'Asia/Shanghai', childLength: 17 }
    expect((await planned((on) => countPast(on, GRID, past))).indexes).toEqual(['incident_unit_time'])
  })

  it('read and fill the stream by position', async () => {
    expect((await planned((on) => listSequenced(on, 19_900, 1000))).indexes).toEqual(['outbox_pos_key'])
    expect((await planned((on) => hasUnsequenced(on))).indexes).toEqual(['outbox_unsequenced'])
    await db.execute(sql`insert into outbox (county_code, unit_code, message) values ('990001', '990001', '{}')`)
    expect((await planned((on) => sequenceOutbox(on, 500))).indexes).toEqual(expect.arrayContaining(['outbox_unsequenced']))
    expect(await listSequenced(db, 20_000, 10)).toHaveLength(1)
  })

  const FEBRUARY = { from: new Date('2026-02-01T00:00:00Z'), to: new Date('2026-03-01T00:00:00Z') }
  const WEEK = { from: new Date('2026-02-03T00:00:00Z'), to: new Date('2026-02-10T00:00:00Z') }
  const months = ({ tables }: QueryPlan) => tables.filter((name) => name.startsWith('incident'))
  /** Reads only the partition of February, of which it may take everything. */
  const ofFebruary = async (work: (db: Db) => Promise<unknown>) => expect(months(await plansOf(db, work))).toEqual(['incident_2026_02'])

  it('find the newest incidents of a month of the whole county by their key, in its partition alone', async () => {
    const plan = await planned((on) => listIncidentFeatures(on, { prefixes: [SAMPLE], during: FEBRUARY }, null, 100, true))
    expect([plan.indexes, months(plan)]).toEqual([expect.arrayContaining(['incident_pkey']), ['incident_2026_02', 'incident_2026_03']])
  })

  it('fill the heat index month by month, each from its partition alone', async () => {
    for (const before of [null, FEBRUARY.to]) {
      expect((await planned((on) => findMonthBefore(on, before))).indexes).toEqual(['incident_pkey'])
    }
    const month = { start: FEBRUARY.from, end: FEBRUARY.to }
    await ofFebruary((on) => packMonth(on, month))
    const [, copied] = /copy \(([^]*)\) to stdout/.exec(copyMonth(month))!
    await ofFebruary((on) => on.query(sql`${raw(copied!)} limit 1`))
  })

  it('count heat by the index of the place, of unit and time, or from the months of the window alone', async () => {
    const [from, to] = [WEEK.from.getTime() / 1000, WEEK.to.getTime() / 1000]
    const clock = clockOf('Asia/Shanghai', from, to)
    const all: HeatFilter = { units: [SAMPLE], from, to, kinds: null, severities: null, states: null, sources: null, box: null, polygon: null, dial: null, clock } // prettier-ignore
    const bounds = Float64Array.of(from, to)
    const lattice = latticeOf(28, 200)
    const [west, south, east, north] = BBOX.map((degrees) => Math.round(degrees * 1e7)) as typeof BBOX
    const inBox = { ...all, box: [west, south, east, north] as const, from: null, to: null }
    expect((await planned((on) => countCells(on, inBox, lattice, bounds, true))).indexes).toEqual(['incident_geom'])
    const ofGrid = await planned((on) => countGroups(on, { ...all, units: [GRID] }, [{ by: 'kind' }]))
    expect([ofGrid.indexes, months(ofGrid)]).toEqual([['incident_unit_time'], ['incident_2026_02']])
    await ofFebruary((on) => countCells(on, all, lattice, bounds, false))
    await ofFebruary((on) => countGroups(on, all, [{ by: 'class' }]))
    await ofFebruary((on) => listFiltered(on, all, null, 100))
  })

  it('count states of another time by their steps, units of another time by place, and what is overdue by what is open', async () => {
    const [from, to] = [WEEK.from.getTime() / 1000, WEEK.to.getTime() / 1000]
    const clock = clockOf('Asia/Shanghai', from, to)
    const all: HeatFilter = { units: [SAMPLE], from, to, kinds: null, severities: null, states: null, sources: null, box: null, polygon: null, dial: null, clock } // prettier-ignore
    const count = (filter: HeatFilter, options: CountOptions) =>
      planned((on) => countGroups(on, filter, [{ by: 'unit', level: 'grid' }, { by: 'state' }], options))
    const grid = { ...all, units: [GRID] }
    const asOf = (boundaries: 'stored' | 'asOf') => ({ then: { at: WEEK.to, boundaries, jurisdiction: SAMPLE }, overdueAt: null })
    const stood = await count(grid, asOf('stored'))
    expect(stood.indexes).toEqual(['incident_transition_incident', 'incident_unit_time'])
    expect((await count(all, asOf('stored'))).indexes).toContain('incident_transition_incident')
    // What a unit held at that time can be found out from all places alone: of the county, in the months of the window.
    for (const filter of [all, grid]) {
      const plan = await count(filter, asOf('asOf'))
      expect(plan.indexes).toEqual(expect.arrayContaining(['incident_transition_incident', 'unit_version_geom']))
      expect(months(plan)).toEqual(['incident_2026_02', 'incident_transition'])
    }
    const overdue = { then: null, overdueAt: now }
    const late = await count(all, overdue)
    expect([late.indexes, months(late)]).toEqual([['incident_open'], ['incident_2026_02']])
    const ofGrid = await count(grid, overdue)
    expect(['incident_open', 'incident_unit_time']).toEqual(expect.arrayContaining(ofGrid.indexes))
    expect(months(ofGrid)).toEqual(['incident_2026_02'])
    // Without a window in all months, but only what is open there.
    expect((await count({ ...all, from: null, to: null }, overdue)).indexes).toEqual(['incident_open'])
  })

  it('analyse a unit and a week by unit and time, and a county from the months of the window alone', async () => {
    const county = { unitCode: SAMPLE, kinds: undefined, severities: undefined, sources: undefined }
    const grid = { ...county, unitCode: GRID }
    const lattice = latticeOf(28, 200)
    const bounds = [WEEK.from, new Date('2026-02-06T00:00:00Z'), WEEK.to]
    const page = { members: { units: [GRID] }, after: null, limit: 50 }
    const reads = (what: typeof county): ((on: Db) => Promise<unknown>)[] => [
      (on) => countSquares(countingIn(on), what, lattice, bounds),
      (on) => countPoints(on, what, WEEK),
      (on) => countTrend(countingIn(on), what, bounds, { noun: 'kind', digits: 2 }),
      (on) => countPeriod(on, what, WEEK, 15),
      // What repeats and clusters are found among.
      (on) => listPoints(on, what, WEEK),
      (on) => listIncidentsIn(on, what, WEEK, page),
    ]
    for (const read of reads(grid)) {
      const plan = await planned(read)
      expect([plan.indexes, months(plan)]).toEqual([['incident_unit_time'], ['incident_2026_02']])
    }
    for (const read of reads(county)) await ofFebruary(read)
    const ids = (await db.query<{ id: string }>(sql`select id from incident where reported_at >= ${WEEK.from} limit 20`)).map(
      ({ id }) => id,
    )
    const marked = await planned((on) => listMarkers(on, ids, WEEK))
    expect([marked.indexes, months(marked)]).toEqual([['incident_id'], ['incident_2026_02']])
    expect((await planned((on) => countClosedIn(on, grid, WEEK))).indexes).not.toEqual([])
  })
})
