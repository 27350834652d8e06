import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { listLineFeatures } from '../../../server/store/lines.ts'
import { at, centreOf } from '../../fixtures/ascii-map.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { GRID_CODES, GROWING, loadGrowing } from '../../fixtures/growing-county.ts'
import { importAs, inMemory } from '../../fixtures/import-file.ts'

const COUNTY = { county: GROWING }
/** Centre of a cell of the county's last drawing, `ABB` over `DEB`. */
const cell = (c: number, r: number) => centreOf(c, r, 2)
const csv = (...rows: (string | number)[][]) =>
  inMemory('buildings.csv', ['key,lng,lat,households,residents', ...rows.map((row) => row.join(','))].join('\n'))
const geojson = (...features: { properties: Record<string, unknown>; geometry: unknown }[]) =>
  inMemory('x.geojson', JSON.stringify({ type: 'FeatureCollection', features: features.map((each) => ({ type: 'Feature', ...each })) }))
const WGS84 = { ...COUNTY, datum: 'wgs84' as const }

eachDatabase((open) => {
  let db: Db
  beforeAll(async () => {
    db = await open()
    await loadGrowing(db)
  })

  describe('importing buildings', () => {
    const people = async (code: string) => {
      const [row] = await db.query<{ households: number | null; residents: number | null; versions: number }>(sql`
        select households, residents, (select count(*)::int from unit_version where code = ${code}) as versions
        from unit_version where code = ${code} and valid_to is null`)
      return row!
    }
    const first = () => csv(['h1', ...cell(0, 0), 12, 30], ['h2', ...cell(1, 0), 5, ''], ['h3', ...cell(2, 1), 1, 2])

    it('changes nothing in a dry run', async () => {
      const summary = await importAs(db, 'buildings', first(), { ...WGS84, dryRun: true })
      expect(summary).toMatchObject({ read: 3, created: 3, bad: 0 })
      expect(await db.query(sql`select 1 from building`)).toEqual([])
      expect((await people(GRID_CODES.A)).households).toBeNull()
    })

    it('puts each into the leaf that holds it, and the sums into the units, without a new version', async () => {
      const { versions } = await people(GRID_CODES.A)
      const summary = await importAs(db, 'buildings', first(), WGS84)
      expect(summary).toMatchObject({ created: 3, updated: 0, outside: 0 })
      expect(await people(GRID_CODES.A)).toEqual({ households: 12, residents: 30, versions })
      expect(await people(GRID_CODES.B)).toMatchObject({ households: 6, residents: 2 })
      expect((await people(GRID_CODES.D)).households).toBeNull()
      expect(await people(GROWING)).toMatchObject({ households: 18, residents: 32 })
    })

    it('changes nothing the second time, and what moved is counted where it is', async () => {
      expect(await importAs(db, 'buildings', first(), WGS84)).toMatchObject({ created: 0, updated: 0, unchanged: 3 })
      const moved = await importAs(db, 'buildings', csv(['h1', ...cell(0, 1), 12, 30]), WGS84)
      expect(moved).toMatchObject({ created: 0, updated: 1 })
      expect((await people(GRID_CODES.A)).households).toBe(0)
      expect((await people(GRID_CODES.D)).households).toBe(12)
      expect((await people(GROWING)).households).toBe(18)
    })

    it('takes outlines, whose middle decides', async () => {
      const [west, south] = at(1, 0)
      const square = [0, 1, 2, 3, 0].map((n) => [west + ((n + 1) & 2 ? 0.0004 : 0.0002), south + (n & 2 ? 0.0004 : 0.0002)])
      const file = () => geojson({ properties: { key: 'f1', households: 7 }, geometry: { type: 'Polygon', coordinates: [square] } })
      expect(await importAs(db, 'buildings', file(), COUNTY)).toMatchObject({ created: 1, bad: 0 })
      const [row] = await db.query<{ code: string; inside: boolean; points: number }>(sql`
        select unit_code as code, ST_Contains(footprint, geom) as inside, ST_NPoints(footprint) as points from building where external_key = 'f1'`)
      expect(row).toEqual({ code: GRID_CODES.E, inside: true, points: 5 })
      expect(await importAs(db, 'buildings', file(), COUNTY)).toMatchObject({ unchanged: 1 })
    })

    it('names every row that cannot be used, and keeps what lies in no unit', async () => {
      const summary = await importAs(
        db,
        'buildings',
        csv(
          ...[
            ['', 121.4, 28.5, 1, 1],
            ['b1', 121.4, 28.5, -1, 1],
            ['b2', 121.4, 28.5, 1, 70_000],
            ['b3', 'x', 28.5, 1, 1],
          ],
          ...[['b4', '', '', 1, 1], ['out', 120, 28, 3, 3], ['out', 120, 28, 3, 3]], // prettier-ignore
        ),
        WGS84,
      )
      expect(summary).toMatchObject({ read: 7, created: 1, outside: 1, bad: 6 })
      expect(summary.notes.filter(({ weight }) => weight === 'fault').map(({ row, code }) => [row, code])).toEqual([
        [2, 'no-key'],
        [3, 'bad-number'],
        [4, 'bad-number'],
        [5, 'bad-row'],
        [6, 'no-place'],
        [8, 'duplicate'],
      ])
      const broken = geojson({ properties: { key: 'm' }, geometry: { type: 'Polygon', coordinates: [[[1, 1], [1, 1]]] } }) // prettier-ignore
      expect((await importAs(db, 'buildings', broken, COUNTY)).notes[0]).toMatchObject({ code: 'bad-place' })
    })
  })

  describe('importing lines', () => {
    const road = (to: [number, number], name = '一号路') => ({
      properties: { key: 'r1', name, lineKind: 'highway' },
      geometry: { type: 'LineString', coordinates: [at(0, 0), at(0, 0), to] },
    })
    const river = {
      properties: { key: 'w1' },
      geometry: { type: 'MultiLineString', coordinates: [[at(0, 1), at(1, 1)], [at(2, 1), at(3, 1)], [at(3, 1), at(3, 1)]] }, // prettier-ignore
    }
    const options = { ...COUNTY, options: JSON.stringify({ lineKinds: { highway: 'road', '': 'river' } }) }
    const stored = async () => (await listLineFeatures(db, GROWING)).map((text) => JSON.parse(text))

    it('keeps parts apart, drops what has no length, and changes nothing the second time', async () => {
      expect(await importAs(db, 'lines', geojson(road(at(2, 2)), river), options)).toMatchObject({ created: 2, bad: 0 })
      expect((await stored()).map(({ properties, geometry }) => [properties.lineKind, properties.name, geometry.coordinates])).toEqual([
        ['road', '一号路', [at(0, 0), at(2, 2)]],
        ['river', null, [at(0, 1), at(1, 1)]],
        ['river', null, [at(2, 1), at(3, 1)]],
      ])
      expect(await importAs(db, 'lines', geojson(road(at(2, 2)), river), options)).toMatchObject({ created: 0, updated: 0, unchanged: 2 })
    })

    it('takes the newer line for the older one', async () => {
      expect(await importAs(db, 'lines', geojson(road(at(3, 2), '新路')), options)).toMatchObject({ updated: 1 })
      const roads = (await stored()).filter(({ properties }) => properties.lineKind === 'road')
      expect(roads.map(({ properties, geometry }) => [properties.name, geometry.coordinates.at(-1)])).toEqual([['新路', at(3, 2)]])
    })

    it('names every row that cannot be used', async () => {
      const bad = [
        { properties: {}, geometry: river.geometry },
        { properties: { key: 'a', lineKind: 'wall' }, geometry: river.geometry },
        { properties: { key: 'b' }, geometry: { type: 'Point', coordinates: [1, 2] } },
        { properties: { key: 'c' }, geometry: { type: 'LineString', coordinates: [[1, 2], [1, 2]] } }, // prettier-ignore
        { properties: { key: 'd' }, geometry: { type: 'LineString', coordinates: [[1, 200], [1, 2]] } }, // prettier-ignore
        { properties: { key: 'e' }, geometry: null },
      ]
      const summary = await importAs(db, 'lines', geojson(river, ...bad), options)
      expect(summary.notes.filter(({ weight }) => weight === 'fault').map(({ code }) => code)).toEqual(
        ['no-key', 'unknown-kind', 'bad-place', 'bad-place', 'bad-place', 'no-place'], // prettier-ignore
      )
    })
  })
})
