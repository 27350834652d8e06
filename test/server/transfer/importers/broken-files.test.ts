/** Bytes that were spoilt, cut off or made to burst: a problem in words, a row with a fault, or the file as it was. Never more. */
import fc from 'fast-check'
import { deflateSync, zipSync, zlibSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '#contract/problem.ts'
import type { Format } from '../../../../server/transfer/importers/importer.ts'
import { loadSqlite } from '../../../../server/transfer/importers/geopackage.ts'
import { inMemory } from '../../../fixtures/import-file.ts'
import { readRows } from '../../../fixtures/read-rows.ts'

const bytesOf = (...parts: (Uint8Array | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)))
const int = (value: number, big = false) => {
  const four = Buffer.alloc(4)
  if (big) four.writeInt32BE(value)
  else four.writeInt32LE(value)
  return four
}
const double = (value: number) => {
  const eight = Buffer.alloc(8)
  eight.writeDoubleLE(value)
  return eight
}
const SQUARE = [121, 28, 121, 29, 122, 29, 122, 28, 121, 28]
const HOLE = [121.2, 28.2, 121.4, 28.2, 121.4, 28.4, 121.2, 28.2]

const shp = (...records: Buffer[]) => {
  const body = records.map((record, i) => bytesOf(int(i + 1, true), int(record.length / 2, true), record))
  return bytesOf(int(9994, true), Buffer.alloc(20), int(0, true), int(1000), int(5), Buffer.alloc(64), ...body)
}
const polygon = (...rings: number[][]) => {
  let at = 0
  const starts = rings.map((ring) => int((at += ring.length / 2) - ring.length / 2))
  return bytesOf(int(5), Buffer.alloc(32), int(rings.length), int(at), ...starts, ...rings.flat().map(double))
}
const dbf = (...names: string[]) => {
  const head = Buffer.alloc(32)
  head[0] = 3
  head.writeUInt32LE(names.length, 4)
  head.writeUInt16LE(65, 8)
  head.writeUInt16LE(21, 10)
  const field = Buffer.alloc(32)
  field.write('NAME')
  field.write('C', 11)
  field[16] = 20
  return bytesOf(
    head,
    field,
    Buffer.from([13]),
    ...names.map((name) => bytesOf(' ', Buffer.concat([Buffer.from(name), Buffer.alloc(20, 32)]).subarray(0, 20))),
    '\x1a',
  )
}
const zip = (files: Record<string, Uint8Array>) => inMemory('a.zip', zipSync(files))

describe('a shapefile by hand', () => {
  it('puts a hole into the ring that holds it, and an orphan by itself', async () => {
    const nested = shp(polygon(SQUARE, HOLE), polygon(HOLE))
    const { rows } = await readRows(zip({ 'x/a.shp': nested, 'x/A.DBF': dbf('甲', '乙'), '__MACOSX/x/._a.shp': Buffer.from('x') }))
    expect(
      rows.map(({ properties, geometry }) => [properties['NAME'], geometry?.type === 'Polygon' ? geometry.coordinates.length : 0]),
    ).toEqual([
      ['甲', 2],
      ['乙', 1],
    ])
  })
  it('goes on behind a shape that is broken', async () => {
    const broken = polygon(SQUARE)
    broken.writeInt32LE(99, 40)
    const { rows } = await readRows(
      zip({ 'a.shp': shp(polygon(SQUARE), broken, int(0), bytesOf(int(31), Buffer.alloc(8))), 'a.dbf': dbf('a', 'b', 'c', 'd') }),
    )
    expect(rows.map(({ fault, geometry }) => [fault !== undefined, geometry !== null])).toEqual([
      [false, true],
      [true, false],
      [false, false],
      [true, false],
    ])
  })
  it('drops rows that are marked as deleted', async () => {
    const table = dbf('a', 'b')
    table[65] = 0x2a
    expect((await readRows(zip({ 'a.shp': shp(polygon(SQUARE), polygon(SQUARE)), 'a.dbf': table }))).rows.map(({ row }) => row)).toEqual([
      2,
    ])
  })
  it('asks which of several, and takes the one that is named', async () => {
    const two = { 'a.shp': shp(polygon(SQUARE)), 'a.dbf': dbf('a'), 'b.shp': shp(polygon(HOLE)), 'b.dbf': dbf('b') }
    await expect(readRows(zip(two))).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('a, b') })
    expect((await readRows(zip(two), { layer: 'b' })).rows[0]!.properties).toEqual({ NAME: 'b' })
    await expect(readRows(zip(two), { layer: 'c' })).rejects.toMatchObject({ code: 'bad-file' })
  })
  it('refuses parts that do not belong together, and numbers that cannot be', async () => {
    const good = shp(polygon(SQUARE))
    const endless = dbf('a')
    endless.writeUInt32LE(0xffffffff, 4)
    endless.writeUInt16LE(0, 10)
    for (const files of [
      { 'a.shp': good },
      { 'a.dbf': dbf('a') },
      { 'a.shp': good, 'a.dbf': dbf('a', 'b') },
      { 'a.shp': good, 'a.dbf': dbf() },
      { 'a.shp': good, 'a.dbf': endless },
      { 'a.shp': good.subarray(0, 150), 'a.dbf': dbf('a') },
      { 'a.shp': good, 'a.dbf': dbf('a'), 'a.prj': Buffer.from('GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980"]]') },
    ])
      await expect(readRows(zip(files as Record<string, Uint8Array>)), Object.keys(files).join()).rejects.toMatchObject({
        code: 'bad-file',
      })
  })
})

describe('an archive that bursts', () => {
  it('is left off at the bound, whatever it says of its sizes', async () => {
    const bomb = zipSync({ 'a.shp': new Uint8Array(300 * 1024 * 1024), 'a.dbf': dbf('a') }, { level: 1 })
    expect(bomb.length).toBeLessThan(2_000_000)
    for (const said of [null, 1000]) {
      const bytes = Buffer.from(bomb)
      if (said !== null) bytes.writeUInt32LE(said, 22)
      await expect(readRows(inMemory('a.zip', bytes))).rejects.toMatchObject({ code: 'too-large' })
    }
  }, 60_000)
  it('is no archive when its bytes are another format', async () => {
    for (const bytes of [deflateSync(Buffer.from('x')), zlibSync(Buffer.from('x')), Buffer.from('PK'), Buffer.alloc(0)])
      await expect(readRows(inMemory('a.zip', bytes))).rejects.toMatchObject({ code: 'bad-file' })
  })
})

const geopackageOf = async (statements: string): Promise<Buffer> => {
  const db = new (await loadSqlite()).Database()
  db.run(`create table gpkg_spatial_ref_sys (srs_name text, srs_id integer, organization text, organization_coordsys_id integer, definition text);
    insert into gpkg_spatial_ref_sys values ('x', 4490, 'EPSG', 4490, '');
    create table gpkg_contents (table_name text, data_type text);
    create table gpkg_geometry_columns (table_name text, column_name text, srs_id integer);`)
  db.run(statements)
  const bytes = Buffer.from(db.export())
  db.close()
  return bytes
}
const WKB = bytesOf(Buffer.from([1]), int(3), int(1), int(5), ...SQUARE.map(double)).toString('hex')
const PLACES = `insert into gpkg_contents values ('t', 'features'); insert into gpkg_geometry_columns values ('t', 'geom', 4490);`

describe('a GeoPackage by hand', () => {
  it('is read with its columns, blobs and empty geometries', async () => {
    const bytes = await geopackageOf(`${PLACES} create table "t" (id integer primary key, geom blob, "名称" text, photo blob);
      insert into t values (7, x'47500001${'8a110000'}${WKB}', '甲', x'00'), (8, null, '乙', null), (9, x'4750', '丙', null);`)
    const { rows, datum, columns } = await readRows(inMemory('a.gpkg', bytes))
    expect(datum).toBe('cgcs2000')
    expect(columns).toEqual(['id', '名称', 'photo'])
    expect(rows.map(({ properties, geometry, fault }) => [properties['名称'], geometry?.type, fault !== undefined])).toEqual([
      ['甲', 'Polygon', false],
      ['乙', undefined, false],
      ['丙', undefined, true],
    ])
  })
  it('never runs what somebody wrote into it', async () => {
    const endless = `${PLACES} create view t as with recursive n(i) as (select 1 union all select i + 1 from n) select i as id, null as geom from n where i < 0`
    await expect(readRows(inMemory('a.gpkg', await geopackageOf(endless)))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('view'),
    })
    const computed = `${PLACES} create table t (geom blob, a text generated always as (hex(zeroblob(100000000))) virtual); insert into t (geom) values (null);`
    expect((await readRows(inMemory('a.gpkg', await geopackageOf(computed)))).columns).toEqual([])
    const old = `update gpkg_spatial_ref_sys set organization_coordsys_id = 4214; ${PLACES} create table t (geom blob);`
    await expect(readRows(inMemory('a.gpkg', await geopackageOf(old)))).rejects.toMatchObject({ message: expect.stringContaining('1954') })
  })
})

const KML = `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>甲</name>
  <ExtendedData><Data name="code"><value>331004001</value></Data></ExtendedData><MultiGeometry>
  <Polygon><outerBoundaryIs><LinearRing><coordinates>121,28,0 122,28,0 122,29,0 121,28,0</coordinates></LinearRing></outerBoundaryIs></Polygon>
  <Polygon><outerBoundaryIs><LinearRing><coordinates>123,28 124,28 124,29 123,28</coordinates></LinearRing></outerBoundaryIs></Polygon>
  </MultiGeometry></Placemark></Document></kml>`

describe('KML', () => {
  it('gives placemarks with their data, several polygons as one geometry', async () => {
    for (const file of [
      inMemory('a.kml', KML),
      inMemory('a.kmz', zipSync({ 'doc.kml': Buffer.from(KML), 'files/x.png': Buffer.from('x') })),
    ]) {
      const { rows, datum } = await readRows(file)
      expect(datum).toBe('wgs84')
      expect(rows).toMatchObject([{ row: 1, properties: { name: '甲', code: '331004001' }, geometry: { type: 'MultiPolygon' } }])
    }
  })
  it('refuses other XML, and definitions that would grow', async () => {
    const laughs = `<!DOCTYPE kml [<!ENTITY a "ha">]><kml>&a;</kml>`
    for (const text of ['<gpx/>', '<kml>', '', 'x', laughs, '<kml><a></b></kml>'])
      await expect(readRows(inMemory('a.kml', text)), text).rejects.toMatchObject({ code: 'bad-file' })
  })
})

const TOPOJSON = { type: 'Topology', objects: { grids: { type: 'GeometryCollection', geometries: [{ type: 'Polygon', properties: { name: '甲' }, arcs: [[0]] }] } }, arcs: [[[121, 28], [122, 28], [122, 29], [121, 28]]] } // prettier-ignore

describe('TopoJSON', () => {
  it('is put together again', async () => {
    const { rows, datum } = await readRows(inMemory('a.topojson', JSON.stringify(TOPOJSON)))
    expect(datum).toBe('wgs84')
    expect(rows).toMatchObject([{ properties: { name: '甲' }, geometry: { type: 'Polygon', coordinates: [[[121, 28], [122, 28], [122, 29], [121, 28]]] } }]) // prettier-ignore
  })
  it('refuses arcs that are not there and objects that are none', async () => {
    for (const change of [{ arcs: [] }, { arcs: 3 }, { objects: null }, { objects: {} }, { type: 'x' }])
      await expect(readRows(inMemory('a.topojson', JSON.stringify({ ...TOPOJSON, ...change })))).rejects.toMatchObject({ code: 'bad-file' })
  })
})

describe('spoilt bytes', () => {
  const samples = new Map<Format, Buffer>()
  beforeAll(async () => {
    samples.set('shapefile', Buffer.from(zipSync({ 'a.shp': shp(polygon(SQUARE, HOLE), polygon(HOLE)), 'a.dbf': dbf('路桥', 'b'), 'a.prj': Buffer.from('GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"]]') }, { level: 0 }))) // prettier-ignore
    samples.set('geopackage', await geopackageOf(`${PLACES} create table t (geom blob, name text); insert into t values (x'47500001${'8a110000'}${WKB}', '甲');`)) // prettier-ignore
    samples.set('kml', Buffer.from(KML))
    samples.set('topojson', Buffer.from(JSON.stringify(TOPOJSON)))
  })
  it.each(['shapefile', 'geopackage', 'kml', 'topojson'] as const)(
    'in %s make a problem at most',
    async (format) => {
      const sample = samples.get(format)!
      const change = fc.tuple(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 255 }))
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 12 }), fc.option(fc.nat(sample.length)), async (changes, cut) => {
          const bytes = Buffer.from(sample)
          for (const [at, byte] of changes) bytes[at] = byte
          try {
            await readRows(inMemory('a', bytes.subarray(0, cut ?? bytes.length)), { format })
          } catch (cause) {
            expect(cause).toBeInstanceOf(Problem)
            expect(['bad-file', 'too-large']).toContain((cause as Problem).code)
          }
        }),
        { numRuns: 300 },
      )
    },
    60_000,
  )
})
