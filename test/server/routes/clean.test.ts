import type { MultiPolygon, Polygon, Position } from 'geojson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { saveActions } from '../../../server/commands/plan-actions.ts'
import { putDuePlansInForce } from '../../../server/commands/plan-in-force.ts'
import { PlanReplays } from '../../../server/commands/plan-replay.ts'
import { takePlanStep } from '../../../server/commands/plan-steps.ts'
import { createPlan } from '../../../server/commands/plans.ts'
import { readConfig } from '../../../server/config.ts'
import { cleanAnswer } from '../../../server/contract/cleaning.ts'
import { action as actionSchema } from '../../../server/contract/edit.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Actor } from '../../../server/middleware/actor.ts'
import { type Action, type Divide, isRefusal } from '../../../server/model/actions/action.ts'
import { divide } from '../../../server/model/actions/divide.ts'
import { checkPolygons } from '../../../server/model/coverage-check.ts'
import { coverageOf } from '../../../server/model/coverage.ts'
import { areaM2 } from '../../../server/model/measure.ts'
import { type GridPolygons, readPolygons } from '../../../server/model/rings.ts'
import { findPlan } from '../../../server/store/plans.ts'
import { listStanding } from '../../../server/store/unit-leaves.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { type AsciiFeature, asciiMap, at } from '../../fixtures/ascii-map.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { importAs, inMemory } from '../../fixtures/import-file.ts'

const COUNTY = '990301'
const actor = (id: number, name: string): Actor => ({ kind: 'user', id, name, displayName: name, role: 'administrator', unitCode: COUNTY })
const [ANNA, CHIEF] = [actor(1, 'anna'), actor(2, 'chief')]
const VILLAGES: Record<string, string> = { A: '990301001001001', B: '990301001001002', C: '990301001002001', D: '990301002001001' }
const MAP = asciiMap(`
  AABBDD
  AABBDD
  CCCCDD
`)
const collection = (features: readonly AsciiFeature[], properties: (id: string) => object) =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: features.map(({ id, geometry }) => ({ type: 'Feature', properties: properties(id), geometry })),
  })
/** Each vertex off by up to 30 cm, always the same way. */
const shaken = (geometry: Polygon | MultiPolygon, seed: number): Polygon | MultiPolygon => {
  let n = seed
  const shake = (value: number) => value + (((n = (n * 7919 + 17) % 1009) % 55) - 27) * 1e-7
  const walk = (nested: unknown): unknown => (typeof nested === 'number' ? shake(nested) : (nested as unknown[]).map(walk))
  const moved = { ...geometry, coordinates: walk(geometry.coordinates) } as MultiPolygon
  for (const ring of geometry.type === 'Polygon' ? (moved.coordinates as unknown as Position[][]) : moved.coordinates.flat())
    ring[ring.length - 1] = ring[0]!
  return moved
}

describe('cleaning over HTTP', () => {
  eachDatabase((open) => {
    let db: Db
    let app: TestApp
    let planner: string
    beforeAll(async () => {
      db = await open()
      app = await startApp(db)
      const file = inMemory(
        'a.geojson',
        collection(MAP, (id) => ({ code: VILLAGES[id], name: id })),
      )
      const summary = await importAs(db, 'units', file, { county: COUNTY, countyName: '画县', timeZone: 'Asia/Shanghai' })
      expect(summary).toMatchObject({ created: 4, refused: false })
      planner = await makeToken(db, 'planner', COUNTY)
    })
    afterAll(() => app.close())
    const post = (query: string, body: string, token = planner) =>
      app.request.post(`/api/coverage/clean?fileName=a.geojson${query}`).set('Authorization', `Bearer ${token}`).set('Content-Type', 'application/octet-stream').send(body) // prettier-ignore

    /** A town of three grids divided anew into four, its file dirty: A by its name, the others new. */
    const dirty = asciiMap(`
      AAEE..
      AAEE..
      FFGG..
    `).map(({ id, geometry }, i) => ({ id, geometry: shaken(geometry, 31 * i + 1) }))

    it('gives a report, the units and an action that a plan can take', async () => {
      const { body } = await post(
        '&unit=990301001&tolerance=1',
        collection(dirty, (name) => ({ name })),
      ).expect(200)
      const answer = cleanAnswer.parse(body)
      expect(answer.report).toMatchObject({ tolerance: 1, unchanged: false, faults: [], lost: [], unsound: [], notes: [] })
      expect(answer.report.movedVertices).toBeGreaterThan(0)
      expect(answer.report.largestMoveM).toBeLessThan(1)
      const action = actionSchema.parse(answer.action)
      if (action.type !== 'divide') throw new Error('is no division')
      expect(action.units.sort()).toEqual([VILLAGES['A'], VILLAGES['B'], VILLAGES['C']])
      expect(action.into.map(({ unit }) => [unit.id, unit.name, unit.parentCode])).toEqual([
        [VILLAGES['A'], 'A', '990301001001'],
        ['n1', 'E', '990301001001'],
        ['n2', 'F', '990301001002'],
        ['n3', 'G', '990301001002'],
      ])
      const { leaves } = await listStanding(db, COUNTY)
      const coverage = coverageOf(
        checkPolygons(leaves.map(({ code, polygons }) => ({ id: code, polygons }))).topology!,
        leaves.map(({ code, parentCode, level, unitKind, name, nameEn }) => ({ id: code, code, parentCode: parentCode!, level, unitKind, name, nameEn, renumber: false })), // prettier-ignore
      )
      const before = [...coverage.leaves.keys()].map((id) => coverage.polygonsOf(id))
      const difference = divide(coverage, action)
      if (isRefusal(difference)) throw new Error(JSON.stringify(difference))
      coverage.apply(difference)
      const after = [...coverage.leaves.keys()].map((id) => ({ id, polygons: coverage.polygonsOf(id) }))
      expect(after).toHaveLength(5)
      expect(checkPolygons(after).faults).toEqual([])
      const areaOf = (list: GridPolygons[]) => list.reduce((sum, polygons) => sum + areaM2(polygons), 0)
      expect(areaOf(after.map(({ polygons }) => polygons))).toBeCloseTo(areaOf(before), 3)
      expect(await db.query(sql`select 1 from import_run where noun <> 'units'`)).toEqual([])
    })

    it('divides a village that has no grids yet into grids of it, by whatever name they come', async () => {
      const [first, second] = ['990302001001', '990302001002']
      const villages = collection(asciiMap('AAAB'), (id) => ({ code: id === 'A' ? first : second, name: id }))
      await importAs(db, 'units', inMemory('v.geojson', villages), { county: '990302', countyName: '村县', timeZone: 'Asia/Shanghai' })
      const token = await makeToken(db, 'planner', '990302')
      const grids = collection(asciiMap('EEF.'), (name) => ({ name, ...(name === 'F' && { code: `${first}001` }) }))
      const { body } = await post(`&unit=${first}`, grids, token).expect(200)
      const action = actionSchema.parse(body.action) as Divide
      expect(action.units).toEqual([first])
      expect(action.into.map(({ unit }) => [unit.name, unit.parentCode])).toEqual([['E', first], ['F', first]]) // prettier-ignore
      const context = { db, replays: new PlanReplays(), targets: readConfig({}).targets, now: () => new Date() }
      const planner = { ...ANNA, unitCode: '990302' }
      const { id } = await createPlan(context, planner, { name: '方案', unitCode: first })
      await saveActions(context, planner, id, { revision: 0, from: 0, actions: [action] })
      const { coverage } = await context.replays.take(db, (await findPlan(db, id))!)
      expect([...coverage.leaves.values()].map(({ name, level }) => [name, level]).sort()).toEqual([['B', 'village'], ['E', 'grid'], ['F', 'grid']]) // prettier-ignore
    })

    it('divides what a plan stands on, and what it has made of it, not what has come into force since', async () => {
      let clock = new Date()
      const context = { db, replays: new PlanReplays(), targets: readConfig({}).targets, now: () => clock }
      const begin = async (action: Action): Promise<number> => {
        const { id } = await createPlan(context, ANNA, { name: '方案', unitCode: COUNTY })
        await saveActions(context, ANNA, id, { revision: 0, from: 0, actions: [action] })
        return id
      }
      const [A, B] = [VILLAGES['A']!, VILLAGES['B']!]
      const mine = await begin({ type: 'split', unit: B, line: [at(3, 0), at(3, 4)], newIds: ['n1'] })
      const other = await begin({ type: 'merge', units: [A, B], keep: A })
      await takePlanStep(context, ANNA, other, 'submit', { revision: 1 })
      await takePlanStep(context, CHIEF, other, 'approve', { revision: 1 })
      const effectiveOn = new Date(clock.getTime() + 2 * 86_400_000).toISOString().slice(0, 10)
      await takePlanStep(context, CHIEF, other, 'publish', { revision: 1, effectiveOn })
      clock = new Date(clock.getTime() + 3 * 86_400_000)
      expect(await putDuePlansInForce(context)).toMatchObject([{ id: other, inForceAt: expect.any(Date) as Date }])

      const file = collection(dirty, (name) => ({ name }))
      const today = actionSchema.parse((await post('&unit=990301001', file).expect(200)).body.action) as Divide
      expect(today.units).not.toContain(B)
      const { body } = await post(`&unit=990301001&plan=${mine}`, file).expect(200)
      const action = actionSchema.parse(body.action) as Divide
      expect(action.units.sort()).toEqual([A, B, VILLAGES['C'], 'n1'])
      expect(action.into.map(({ unit }) => unit.id)).toEqual([A, 'n2', 'n3', 'n4'])
      await expect(saveActions(context, ANNA, mine, { revision: 1, from: 1, actions: [action] })).resolves.toMatchObject({ actionCount: 2 })
      await post('&unit=990301001&plan=999', file).expect(404)
    })

    it('asks about an overlap, and takes the answer', async () => {
      const overlapping = asciiMap(`
        AAAE..
        AAAE..
        FFGG..
      `).map((feature) => (feature.id === 'E' ? { ...feature, geometry: dirty.find(({ id }) => id === 'E')!.geometry } : feature))
      const file = collection(overlapping, (name) => ({ name }))
      const { body } = await post('&unit=990301001', file).expect(200)
      expect(body).toMatchObject({ units: null, action: null, report: { faults: [{ kind: 'overlap', ids: ['A', 'E'] }] } })
      const [fault] = body.report.faults
      expect(readPolygons(fault.geometry).faults).toEqual([])
      const decided = await post(`&unit=990301001&decisions=${encodeURIComponent(JSON.stringify({ [fault.key]: 'E' }))}`, file).expect(200)
      expect(decided.body).toMatchObject({
        report: { faults: [], settled: expect.arrayContaining([expect.objectContaining({ to: 'E', key: fault.key })]) },
      })
      expect(decided.body.action.into).toHaveLength(4)
    })

    it('says what is beyond the unit, what is missing and which rows are bad', async () => {
      const { body } = await post(
        '&unit=990301001',
        collection(MAP, (id) => ({ name: id })),
      ).expect(200)
      expect(body.report.faults).toMatchObject([{ kind: 'overhang', ids: ['D'] }])
      const part = await post(
        '&unit=990301001',
        collection(MAP.slice(0, 2), (name) => ({ name })),
      ).expect(200)
      expect(part.body.report.faults).toMatchObject([{ kind: 'gap', ids: ['A', 'B'] }])
      const twice = await post(
        '&unit=990301001',
        collection([MAP[0]!, MAP[0]!], (name) => ({ name })),
      ).expect(200)
      expect(twice.body).toMatchObject({ action: null, report: { notes: [{ row: 2, code: 'duplicate', weight: 'fault' }] } })
    })

    it('answers what cannot be used with a problem', async () => {
      const file = collection(MAP, (name) => ({ name }))
      const cases: [query: string, body: string, status: number, code: string][] = [
        ['&unit=990301001&tolerance=0', file, 400, 'bad-request'],
        ['&unit=990301001&tolerance=1000', file, 400, 'bad-request'],
        ['&unit=990301001&decisions=x', file, 400, 'bad-request'],
        ['&unit=990301001&decisions=%5B1%5D', file, 400, 'bad-request'],
        ['&unit=990301001&profile=none', file, 404, 'not-found'],
        ['&unit=990301001&crs=EPSG:2437', file, 400, 'bad-request'],
        ['&unit=990301001', '', 422, 'bad-file'],
        ['&unit=990302', file, 403, 'outside-jurisdiction'],
      ]
      for (const [query, body, status, code] of cases) {
        const answer = await post(query, body)
        expect([query, answer.status, answer.body.code]).toEqual([query, status, code])
      }
      expect((await post('&unit=990301001', file, await makeToken(db, 'dispatcher', COUNTY))).status).toBe(403)
    })

    it('cleans a large cover beside the server, which goes on answering', async () => {
      const count = 6000
      const ring = Array.from({ length: count }, (_, i) => [
        121.401 + 0.0005 * Math.cos((2 * Math.PI * i) / count),
        28.501 + 0.0005 * Math.sin((2 * Math.PI * i) / count),
      ])
      const file = JSON.stringify({
        type: 'FeatureCollection',
        features: [{ type: 'Feature', properties: { name: 'O' }, geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] } }],
      })
      const [answer, health] = await Promise.all([post('&unit=990301001', file), app.request.get('/healthz')])
      expect([answer.status, health.status]).toEqual([200, 200])
      expect(answer.body.report.faults).toMatchObject([{ kind: 'gap' }])
    })
  })
})
