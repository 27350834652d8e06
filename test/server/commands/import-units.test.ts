import type { FeatureCollection } from 'geojson'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { asciiMap, at } from '../../fixtures/ascii-map.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { importAs, inMemory } from '../../fixtures/import-file.ts'
import { fromWgs84, type LngLat } from '#model/crs.ts'

const COUNTY = { county: '990101', countyName: '画县', timeZone: 'Asia/Shanghai' }
const collection = (
  drawing: string,
  properties: (letter: string) => Record<string, unknown> = (name) => ({ name }),
): FeatureCollection => ({
  type: 'FeatureCollection',
  features: asciiMap(drawing).map(({ id, geometry }) => ({ type: 'Feature', properties: properties(id), geometry })),
})
const file = (content: unknown, name = 'units.geojson') => inMemory(name, typeof content === 'string' ? content : JSON.stringify(content))
const coded = (codes: Record<string, string>) => (letter: string) => ({ code: codes[letter], name: `${letter}网格` })

describe('importing units', () => {
  eachDatabase((open) => {
    let db: Db
    let counties = 0
    /** A county of its own for each test. */
    const county = () => ({ ...COUNTY, county: `9901${String(++counties).padStart(2, '0')}` })
    const current = (code: string) =>
      db.query<{ code: string; name: string; level: string; parent: string | null; leaf: boolean }>(sql`
        select code, name, level, parent_code as parent, is_leaf as leaf from unit_version where county_code = ${code} and valid_to is null order by code`)
    beforeAll(async () => {
      db = await open()
    })

    it('numbers grids without codes from west to east, and keeps the numbers', async () => {
      const options = county()
      expect(await importAs(db, 'units', file(collection('ABC')), options)).toMatchObject({ refused: false, created: 3 })
      const grids = (await current(options.county)).filter(({ leaf }) => leaf).map(({ code, name }) => [code.slice(6), name])
      expect(grids).toEqual([['000000001', 'A'], ['000000002', 'B'], ['000000003', 'C']]) // prettier-ignore
      const again = await importAs(db, 'units', file(collection('ABCD')), options)
      expect(again).toMatchObject({ created: 1, unchanged: 3, updated: 0 })
      expect((await current(options.county)).at(-1)).toMatchObject({ code: `${options.county}000000004`, name: 'D' })
    })

    it('builds villages, towns and the county as unions of the grids, with the names that rows tell', async () => {
      const options = county()
      const c = options.county
      const codes: Record<string, string> = { A: `${c}001201001`, B: `${c}001201002`, C: `${c}001202001`, D: `${c}002201001` }
      const content = collection('AAB\nCCB\nDDD', (letter) => ({
        ...coded(codes)(letter),
        townName: codes[letter]![8] === '1' ? '东镇' : '西镇',
        households: 400,
      }))
      expect(await importAs(db, 'units', file(content), options)).toMatchObject({ created: 4 })
      expect((await current(c)).map(({ code, name, level, parent }) => [code.slice(6), name, level, parent?.slice(6) ?? null])).toEqual([
        ['', '画县', 'county', null],
        ['001', '东镇', 'town', ''],
        ['001201', `${c}001201`, 'village', '001'],
        ['001201001', 'A网格', 'grid', '001201'],
        ['001201002', 'B网格', 'grid', '001201'],
        ['001202', `${c}001202`, 'village', '001'],
        ['001202001', 'C网格', 'grid', '001202'],
        ['002', '西镇', 'town', ''],
        ['002201', `${c}002201`, 'village', '002'],
        ['002201001', 'D网格', 'grid', '002201'],
      ])
      const [exact] = await db.query(sql`
        select bool_and(ST_IsValid(u.geom)) as valid, bool_and(ST_Equals(u.geom, (
          select ST_Union(l.geom) from unit_version l where l.is_leaf and l.valid_to is null and l.code like u.code || '%'))) as unions
        from unit_version u where u.county_code = ${c} and u.valid_to is null`)
      expect(exact).toEqual({ valid: true, unions: true })
      const levels = await db.query<{ level: string }>(sql`select distinct level from unit_border where county_code = ${c} order by level`)
      expect(levels.map(({ level }) => level)).toEqual(['county', 'town', 'village', 'grid'])
    })

    it('takes the names of coarser rows and leaves their polygons to the union', async () => {
      const options = county()
      const c = options.county
      const grids = collection('AB', coded({ A: `${c}001000001`, B: `${c}001000002` }))
      const town = collection('TT', coded({ T: `${c}001` }))
      grids.features.push(...town.features)
      expect(await importAs(db, 'units', file(grids), options)).toMatchObject({ created: 3 })
      expect((await current(c)).map(({ name, leaf }) => [name, leaf])).toEqual([['画县', false], ['T网格', false], ['A网格', true], ['B网格', true]]) // prettier-ignore
    })

    it('divides a grid into micro-grids, and moves what stands there', async () => {
      const options = county()
      const c = options.county
      await importAs(db, 'units', file(collection('AAB', coded({ A: `${c}001201001`, B: `${c}001201002` }))), options)
      const [lng, lat] = at(0.5, 0.5)
      await importAs(
        db,
        'incidents',
        inMemory('i.csv', `key,kind,state,reportedAt,lng,lat\nx,0501,reported,2025-01-01 08:00,${lng},${lat}\n`),
        { county: c, datum: 'wgs84' },
      )
      const micro = collection('XY', coded({ X: `${c}00120100101`, Y: `${c}00120100102` }))
      expect(await importAs(db, 'units', file(micro), options)).toMatchObject({ created: 2, refused: false })
      expect((await current(c)).map(({ code, leaf }) => [code.slice(6), leaf])).toEqual([
        ['', false],
        ['001', false],
        ['001201', false],
        ['001201001', false],
        ['00120100101', true],
        ['00120100102', true],
        ['001201002', true],
      ])
      expect(await db.query(sql`select unit_code as unit from incident where external_key = 'x' and county_code = ${c}`)).toEqual([
        { unit: `${c}00120100101` },
      ])
      const history = await db.query<{ ended: boolean }>(
        sql`select valid_to is not null as ended from unit_version where code = ${`${c}001201001`} order by id`,
      )
      expect(history.map(({ ended }) => ended)).toEqual([true, false])
    })

    it('ends units that the file no longer holds only when it is told to replace', async () => {
      const options = county()
      const drawing = collection('AAB', coded({ A: `${options.county}001201001`, B: `${options.county}001201002` }))
      const only = { ...drawing, features: drawing.features.slice(0, 1) }
      await importAs(db, 'units', file(drawing), options)
      expect(await importAs(db, 'units', file(only), options)).toMatchObject({ unchanged: 1, ended: 0 })
      expect(await importAs(db, 'units', file(only), { ...options, replace: true })).toMatchObject({ unchanged: 1, ended: 1 })
      expect((await current(options.county)).filter(({ leaf }) => leaf)).toHaveLength(1)
      // A code that has ended is not given to another unit.
      const more = { ...only, features: [...only.features, ...collection('..Z').features] }
      delete (more.features[0]!.properties as Record<string, unknown>)['code']
      expect(await importAs(db, 'units', file(more), { ...options, replace: true })).toMatchObject({ created: 1, unchanged: 1 })
    })

    describe('refuses the whole file', () => {
      const refused = async (content: unknown, more = {}) => {
        const options = { ...county(), ...more }
        const summary = await importAs(db, 'units', file(content), options)
        expect(summary).toMatchObject({ refused: true, created: 0, updated: 0 })
        expect(await current(options.county)).toEqual([])
        expect(await db.query(sql`select 1 from county where code = ${options.county}`)).toEqual([])
        return summary.notes.map(({ row, code, where }) => [row, code, where !== undefined])
      }
      it('that overlaps, place by place', async () => {
        const content = collection('AAB')
        content.features.push(...collection('.CC').features)
        expect(await refused(content)).toEqual([
          [1, 'overlap', true],
          [2, 'overlap', true],
        ])
      })
      it('that leaves gaps', async () => {
        expect(await refused(collection('AAA\nA.A\nA.A\nABA'))).toEqual([[1, 'gap', true]])
      })
      it('that holds broken rings', async () => {
        const content = collection('AB')
        const bowtie = [at(5, 0), at(6, 1), at(6, 0), at(5, 1), at(5, 0)]
        const open = [at(8, 0), at(9, 1), at(9, 0), at(8, 1)]
        for (const [name, ring] of [
          ['bowtie', bowtie],
          ['open', open],
        ] as const) {
          content.features.push({ type: 'Feature', properties: { name }, geometry: { type: 'Polygon', coordinates: [ring] } })
        }
        expect(await refused(content)).toEqual([[4, 'broken-ring', true], [3, 'broken-ring', true]]) // prettier-ignore
      })
      it('that holds rows without a polygon, a name or a code', async () => {
        const content = collection('ABC')
        content.features[0]!.geometry = { type: 'Point', coordinates: at(0, 0) }
        content.features[1]!.properties = {}
        content.features.push({ type: 'Feature', properties: { name: 'C' }, geometry: content.features[2]!.geometry })
        expect(await refused(content)).toEqual([[1, 'bad-place', false], [2, 'no-name', false]]) // prettier-ignore
      })
      it('that holds a name or a code twice, or a code of elsewhere', async () => {
        const twice = collection('AB', () => ({ name: 'A' }))
        expect(await refused(twice)).toEqual([[2, 'duplicate', false]])
        expect(await refused(collection('AB', coded({ A: '330104001201001', B: '99' })))).toEqual([[1, 'bad-code', false], [2, 'bad-code', false]]) // prettier-ignore
      })
    })

    it('refuses, with words, what cannot be an import at all', async () => {
      const good = collection('AB')
      const attempt = (content: unknown, options: object, name?: string) => importAs(db, 'units', file(content, name), options)
      await expect(attempt(good, {})).rejects.toMatchObject({ code: 'bad-request', message: expect.stringContaining('county') })
      await expect(attempt(good, { county: '990198' })).rejects.toMatchObject({
        code: 'bad-request',
        message: expect.stringContaining('countyName'),
      })
      await expect(attempt(good, { county: '990198', countyName: 'x', timeZone: 'Mars/Base' })).rejects.toMatchObject({
        code: 'bad-request',
      })
      await expect(attempt(good, { ...county(), options: '{"columns":{"name":"Nome"}}' })).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringContaining('Nome'),
      })
      await expect(attempt(good, { ...county(), options: '{"colour":1}' })).rejects.toMatchObject({ code: 'bad-request' })
      await expect(attempt(good, { ...county(), profile: 'nobody kept' })).rejects.toMatchObject({ code: 'not-found' })
      await expect(attempt({ type: 'FeatureCollection', features: [] }, county())).rejects.toMatchObject({ code: 'bad-file' })
      await expect(attempt('', county())).rejects.toMatchObject({ code: 'bad-file' })
      await expect(attempt('name,wkt\nA,"POLYGON((0 0,1 0,1 1,0 0))"\n', county(), 'a.csv')).rejects.toMatchObject({ code: 'datum-needed' })
    })

    it('reads GCJ-02 in WKT, and gives back WGS 84', async () => {
      const options = county()
      const rows = asciiMap('AB').map(({ id, geometry }) => {
        const ring = (geometry.coordinates[0] as LngLat[]).map((point) => fromWgs84(point, 'gcj02').join(' '))
        return `${id};POLYGON((${ring.join(', ')}))`
      })
      expect(
        await importAs(db, 'units', inMemory('a.csv', ['name;wkt', ...rows].join('\r\n')), { ...options, datum: 'gcj02' }),
      ).toMatchObject({ refused: false, created: 2 })
      const [box] = await db.query<{ west: number; south: number }>(sql`
        select ST_XMin(geom) as west, ST_YMin(geom) as south from unit_version where code = ${options.county} and valid_to is null`)
      expect(box!.west).toBeCloseTo(at(0, 0)[0], 6)
      expect(box!.south).toBeCloseTo(at(0, 0)[1], 6)
    })
  })
})
