import { beforeAll, describe, expect, it } from 'vitest'
import { BUILDINGS_TYPE, readBuildings } from '../../../server/contract/building.ts'
import { targets } from '../../../server/contract/coverage.ts'
import { lines } from '../../../server/contract/line.ts'
import { staff, unitFigures } from '../../../server/contract/staff.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { raiseVersion } from '../../../server/store/versions.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

const GRIDS = [`${SAMPLE}001001002`, `${SAMPLE}001001003`, `${SAMPLE}002001001`] as const

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let county: string
  let town: string
  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 1, incidents: 500 })
    await db.execute(sql`
      insert into building (county_code, unit_code, households, residents, geom, footprint) values
        (${SAMPLE}, ${GRIDS[2]}, 70000, 9, 'SRID=4326;POINT(121.3000001 -28.5)', null),
        (${SAMPLE}, ${GRIDS[0]}, 40000, 2, 'SRID=4326;POINT(-121.3 28.5)', 'SRID=4326;POLYGON((0 0,0.0000001 0,0 0.0000001,0 0))'),
        (${SAMPLE}, ${GRIDS[1]}, 0, 0, 'SRID=4326;POINT(0 0)', null)`)
    await db.execute(sql`
      with made as (insert into team (unit_code, name) values (${GRIDS[0]}, 'x') returning id)
      insert into post (team_id, unit_code, role, rank) select id, ${GRIDS[0]}, role, rank from made, (values
        ('leader', 'first'), ('worker', 'first'), ('worker', 'stand_in')) post (role, rank)`)
    await db.execute(sql`
      insert into line (county_code, line_kind, name, geom) values
        (${SAMPLE}, 'road', '一号路', 'SRID=4326;LINESTRING(121.31 28.51,121.32 28.52)'),
        (${SAMPLE}, 'river', null, 'SRID=4326;LINESTRING(121.31 28.59,121.32 28.6)')`)
    await db.execute(sql`
      insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source)
      values (gen_random_uuid(), now() - interval '29 days', now(), ${SAMPLE}, ${GRIDS[1]}, 'inside', '0101', 'red', 'closed', 'import')`)
    app = await startApp(db)
    county = await makeToken(db, 'planner', SAMPLE)
    town = await makeToken(db, 'planner', `${SAMPLE}001`)
    return () => app.close()
  })
  const get = (path: string, token = county) => app.request.get(path).set('Authorization', `Bearer ${token}`)
  const columnsOf = async (path: string, token = county) => {
    const { body, headers } = await get(path, token).responseType('blob').expect(200)
    expect(headers['content-type']).toBe(BUILDINGS_TYPE)
    const bytes = body as Buffer
    return readBuildings(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer)
  }

  describe('buildings', () => {
    it('are columns in the order of their units, with outlines where they are known', async () => {
      const { x, y, households, residents, footprints } = await columnsOf('/api/buildings')
      expect([...x]).toEqual([-1_213_000_000, 0, 1_213_000_001])
      expect([...y]).toEqual([285_000_000, 0, -285_000_000])
      expect([...households]).toEqual([40_000, 0, 65_535])
      expect([...residents]).toEqual([2, 0, 9])
      expect([...footprints!.offsets]).toEqual([0, 6, 6, 6])
      expect([...footprints!.points]).toEqual([0, 0, 1, 0, 0, 1])
    })

    it('are those of the jurisdiction, or of a unit inside it', async () => {
      expect([...(await columnsOf('/api/buildings', town)).households]).toEqual([40_000, 0])
      const none = await columnsOf(`/api/buildings?unit=${SAMPLE}002002`)
      expect(none).toMatchObject({ x: new Int32Array(), households: new Uint16Array() })
      expect((await columnsOf(`/api/buildings?unit=${GRIDS[2]}`)).footprints).toBeUndefined()
      await get(`/api/buildings?unit=${SAMPLE}002`, town).expect(403)
    })

    it('are not sent twice, until there are others', async () => {
      const { headers } = await get('/api/buildings').expect(200)
      await get('/api/buildings').set('If-None-Match', headers['etag']!).expect(304)
      await db.transaction((tx) => raiseVersion(tx, 'building'))
      await get('/api/buildings').set('If-None-Match', headers['etag']!).expect(200)
    })
  })

  it('lines are those of the county, or those that meet a unit', async () => {
    const all = lines.parse((await get('/api/lines').expect(200)).body)
    expect(all.features.map(({ properties }) => properties)).toEqual([
      { lineKind: 'road', name: '一号路' },
      { lineKind: 'river', name: null },
    ])
    expect(all.features[0]!.geometry.coordinates).toEqual([
      [121.31, 28.51],
      [121.32, 28.52],
    ])
    const one = lines.parse((await get(`/api/lines?unit=${SAMPLE}001`).expect(200)).body)
    expect(one.features.map(({ properties }) => properties.lineKind)).toEqual(['road'])
  })

  it('posts are counted by unit and role', async () => {
    const { units } = staff.parse((await get('/api/staff').expect(200)).body)
    expect(units).toEqual([{ code: GRIDS[0], posts: 3, filled: 0, roles: { leader: 1, worker: 2 } }])
    expect((await get(`/api/staff?unit=${SAMPLE}002`).expect(200)).body).toEqual({ units: [] })
  })

  it('figures stand beside every leaf, and agree with the incidents', async () => {
    const { units, since } = unitFigures.parse((await get('/api/units/figures').expect(200)).body)
    const rows = await db.query<{ code: string; open: number; month: number }>(sql`
      select u.code, (count(i.id) filter (where i.state not in ('closed', 'cancelled')))::int as open,
        (count(i.id) filter (where i.reported_at >= ${since}))::int as month
      from unit_version u left join incident i on i.unit_code = u.code where u.is_leaf group by u.code order by u.code collate "C"`)
    expect(units.map(({ code, open, lastMonth }) => ({ code, open, month: lastMonth }))).toEqual(rows)
    expect(units.find(({ code }) => code === GRIDS[0])!.posts).toBe(3)
    expect(units.find(({ code }) => code === GRIDS[1])!.lastMonth).toBe(1)
    expect(units.some(({ open }) => open > 0)).toBe(true)
  })

  it('targets are those of the configuration', async () => {
    expect(targets.parse((await get('/api/targets').expect(200)).body)).toMatchObject({ minHouseholds: 300, maxHouseholds: 500 })
  })
})
