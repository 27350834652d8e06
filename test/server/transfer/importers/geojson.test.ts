import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importerFor } from '../../../../server/transfer/importers/formats.ts'
import { geojson } from '../../../../server/transfer/importers/geojson.ts'
import type { SourceRow } from '../../../../server/transfer/importers/importer.ts'
import { parseWkt } from '../../../../server/transfer/importers/wkt.ts'
import { inMemory } from '../../../fixtures/import-file.ts'

const read = async (content: unknown) => {
  const text = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content)
  const reading = await geojson.read(inMemory('a.geojson', text), { place: {} })
  const rows: SourceRow[] = []
  for await (const row of reading.rows) rows.push(row)
  return { ...reading, rows }
}
const point = { type: 'Feature', id: 7, properties: { a: 1 }, geometry: { type: 'Point', coordinates: [1, 2] } }
const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features })

describe('GeoJSON', () => {
  it('reads features with their ids, WGS 84 by specification', async () => {
    expect(await read(collection(point))).toMatchObject({
      datum: 'wgs84',
      rows: [{ row: 1, properties: { a: 1, id: 7 }, geometry: point.geometry }],
    })
    expect((await read(point)).rows).toHaveLength(1)
    expect((await read(`\uFEFF${JSON.stringify(collection(point))}`)).rows).toHaveLength(1)
  })
  it('heeds the crs member of the old specification, and refuses one that it does not know', async () => {
    const withCrs = (name: string) => ({ ...collection(point), crs: { type: 'name', properties: { name } } })
    expect((await read(withCrs('urn:ogc:def:crs:OGC:1.3:CRS84'))).datum).toBe('wgs84')
    expect((await read(withCrs('EPSG:4326'))).datum).toBe('wgs84')
    expect((await read(withCrs('urn:ogc:def:crs:EPSG::4490'))).datum).toBe('cgcs2000')
    expect(await read(withCrs('urn:ogc:def:crs:EPSG::32615'))).toMatchObject({ datum: 'wgs84', crs: { name: 'EPSG:32615' } })
    await expect(read(withCrs('urn:ogc:def:crs:EPSG::27700'))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('27700'),
    })
  })
  it('names features that are none and goes on', async () => {
    const { rows } = await read(
      collection(null, 3, { type: 'Feature', properties: null, geometry: null }, { ...point, geometry: { type: 'Circle' } }, point),
    )
    expect(rows.map(({ fault }) => fault === undefined)).toEqual([false, false, true, false, true])
  })
  it('refuses what is no GeoJSON, and says what is wrong', async () => {
    for (const content of ['', ' \n', '{', '[]', '3', 'null', '{"type":"Topology"}', '{"type":"FeatureCollection"}']) {
      await expect(read(content), content).rejects.toMatchObject({ code: 'bad-file' })
    }
    await expect(read('{"type":"FeatureCollection","features":[{"a":NaN}]}')).rejects.toMatchObject({
      message: expect.stringContaining('NaN'),
    })
  })
  it('never throws anything but a problem, whatever the JSON', async () => {
    const feature = fc.record(
      { type: fc.constantFrom('Feature', 'x'), properties: fc.jsonValue(), geometry: fc.jsonValue() },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.jsonValue(),
          fc.record({ type: fc.constant('FeatureCollection'), features: fc.array(fc.oneof(fc.jsonValue(), feature)), crs: fc.jsonValue() }),
        ),
        async (content) => {
          try {
            await read(JSON.stringify(content))
          } catch (cause) {
            expect(cause).toMatchObject({ code: 'bad-file' })
          }
        },
      ),
    )
  })
})

describe('WKT', () => {
  it('reads points and polygons', () => {
    expect(parseWkt('POINT (1 -2.5e0)')).toEqual({ type: 'Point', coordinates: [1, -2.5] })
    expect(parseWkt('SRID=4326;POINT Z(1 2 3)')).toEqual({ type: 'Point', coordinates: [1, 2, 3] })
    expect(parseWkt('polygon((0 0, 1 0, 1 1, 0 0),(.1 .1, .2 .1, .2 .2, .1 .1))')).toMatchObject({
      type: 'Polygon',
      coordinates: [{ length: 4 }, { length: 4 }],
    })
    expect(parseWkt('MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))')).toMatchObject({
      type: 'MultiPolygon',
      coordinates: [{ length: 1 }, { length: 1 }],
    })
  })
  it('refuses everything else', () => {
    for (const text of [
      '',
      'POINT EMPTY',
      'POINT(1)',
      'POINT((1 2))',
      'POLYGON(0 0)',
      'POLYGON((0 0)',
      'LINESTRING(0 0, 1 1)',
      'POINT(1 2);drop',
      'POINT(a b)',
    ])
      expect(parseWkt(text), text).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => parseWkt(`POLYGON(${text})`) === null || typeof parseWkt(`POLYGON(${text})`) === 'object'))
  })
})

describe('the format of a file', () => {
  const of = async (name: string, content = 'x') => (await importerFor(inMemory(name, content), undefined)).format
  it('is told by its name, then by its first character', async () => {
    expect([await of('A.GeoJSON'), await of('a.json'), await of('a.csv'), await of('a.tsv'), await of('noname', '\uFEFF {'), await of('noname', 'a,b')]).toEqual(['geojson', 'geojson', 'csv', 'csv', 'geojson', 'csv']) // prettier-ignore
    expect([await of('a.zip'), await of('a.GPKG'), await of('a.kml'), await of('a.kmz'), await of('a.topojson')]).toEqual(['shapefile', 'geopackage', 'kml', 'kml', 'topojson']) // prettier-ignore
    expect([await of('noname', 'PK'), await of('noname', 'SQLite format 3'), await of('noname', '<?xml'), await of('a.json', '{ "type": "Topology"')]).toEqual(['shapefile', 'geopackage', 'kml', 'topojson']) // prettier-ignore
    for (const name of ['a.shp', 'a.dwg']) await expect(of(name)).rejects.toMatchObject({ code: 'bad-file' })
    await expect(of('noname', '')).rejects.toMatchObject({ code: 'bad-file' })
  })
})
