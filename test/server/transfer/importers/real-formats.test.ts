/** Files as GDAL and a city made them: the same land in every format, in every coordinate system and encoding that occurs. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync, zipSync } from 'fflate'
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { describe, expect, it } from 'vitest'
import { clean } from '#model/cleaning/clean.ts'
import { toGrid } from '#model/crs.ts'
import type { SourceRow } from '../../../../server/transfer/importers/importer.ts'
import { asciiMap } from '../../../fixtures/ascii-map.ts'
import { gdal, hasGdal, inFolder } from '../../../fixtures/gdal.ts'
import { inMemory } from '../../../fixtures/import-file.ts'
import { readRows } from '../../../fixtures/read-rows.ts'

const GRIDS = new URL('../../../../../shared/data/incidents/stl_grids/', import.meta.url)
const part = (ending: string) => readFile(new URL(`STL_BOUNDARY_Grids.${ending}`, GRIDS))

const positionsOf = (row: SourceRow): Position[] => {
  const geometry = row.geometry as Polygon | MultiPolygon
  return (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).flat(2)
}
/** By name: the largest distance (grid units of 1e-7 degree) from a vertex of one to the nearest of the other. */
const largestDifference = (one: SourceRow[], other: SourceRow[], name: string): number => {
  const byName = new Map(other.map((row) => [row.properties[name], positionsOf(row).map(toGrid)]))
  let largest = 0
  for (const row of one) {
    const there = byName.get(row.properties[name])!
    for (const position of positionsOf(row)) {
      const [x, y] = toGrid(position)
      let nearest = Infinity
      for (const [px, py] of there) nearest = Math.min(nearest, Math.max(Math.abs(px - x), Math.abs(py - y)))
      largest = Math.max(largest, nearest)
    }
  }
  return largest
}

/** Every position off by up to 40 cm, another way in every unit. */
const roughened = (geometry: Polygon | MultiPolygon, seed: number): Polygon | MultiPolygon => {
  let n = seed + 1
  const walk = (nested: unknown): unknown =>
    typeof nested === 'number' ? nested + (((n = (n * 7919 + 17) % 10_007) % 51) - 25) * 1e-7 : (nested as unknown[]).map(walk)
  const rough = { ...geometry, coordinates: walk(geometry.coordinates) } as Polygon | MultiPolygon
  for (const ring of rough.type === 'Polygon' ? rough.coordinates : rough.coordinates.flat()) ring[ring.length - 1] = ring[0]!
  return rough
}

describe.skipIf(!existsSync(GRIDS))('the grid of a city in three formats (skipped without ../shared/data)', () => {
  it('is the same 205 cells to a unit of the grid', async () => {
    const geojson = await readRows(inMemory('a.geojson', await part('geoJSON')))
    const geopackage = await readRows(inMemory('a.gpkg', await part('gpkg')))
    const zip = zipSync(
      Object.fromEntries(
        await Promise.all(['shp', 'dbf', 'prj', 'shx'].map(async (each) => [`grids.${each}`, new Uint8Array(await part(each))])),
      ),
    )
    const shapefile = await readRows(inMemory('a.zip', zip))
    expect([geojson.rows.length, geopackage.rows.length, shapefile.rows.length]).toEqual([205, 205, 205])
    expect([geojson.datum, geopackage.datum, shapefile.datum]).toEqual(['wgs84', 'wgs84', 'wgs84'])
    expect([...geojson.rows, ...geopackage.rows, ...shapefile.rows].filter(({ fault }) => fault !== undefined)).toEqual([])
    // The three were written by three programs, each with its own arithmetic: a unit is 11 mm.
    const differences = [
      largestDifference(geojson.rows, shapefile.rows, 'PageName'),
      largestDifference(shapefile.rows, geojson.rows, 'PageName'),
      largestDifference(geopackage.rows, shapefile.rows, 'PageName'),
      largestDifference(shapefile.rows, geopackage.rows, 'PageName'),
    ]
    expect(Math.max(...differences)).toBeLessThanOrEqual(1)
    // A coverage as it is, in all three; and the same coverage again when each corner was moved by up to 40 cm.
    for (const { rows } of [geojson, geopackage, shapefile]) {
      const units = rows.map(({ properties, geometry }) => ({
        id: String(properties['PageName']),
        geometry: geometry as Polygon | MultiPolygon,
      }))
      const clean205 = clean(units, { tolerance: 0.1 })
      expect(clean205).toMatchObject({ unchanged: true, faults: [], settled: [], unsound: [], lost: [], movedVertices: 0 })
      expect(clean205.units).toHaveLength(205)
      const rough = clean(units.map(({ id, geometry }, i) => ({ id, geometry: roughened(geometry, i) })), { tolerance: 1 }) // prettier-ignore
      expect(rough).toMatchObject({ unchanged: false, faults: [], unsound: [], lost: [] })
      for (const [i, { beforeM2, afterM2 }] of clean205.areas.entries()) {
        expect(afterM2).toBeCloseTo(beforeM2, 0)
        // Half a metre along a border of 5 km at most.
        expect(Math.abs(rough.areas[i]!.afterM2! - afterM2!)).toBeLessThan(2500)
      }
    }
  }, 60_000)
})

const MAP = asciiMap(`
  AABB
  ACCB
  ACCB
  AABB
`)
const NAMES: Record<string, string> = { A: '路桥街道第一网格', B: '新桥镇', C: '金清镇' }
const SOURCE = JSON.stringify({
  type: 'FeatureCollection',
  features: MAP.map(({ id, geometry }) => ({
    type: 'Feature',
    properties: { name: NAMES[id], households: 300 + id.charCodeAt(0) },
    geometry,
  })),
})
const byName = (rows: SourceRow[]) => new Map(rows.map((row) => [row.properties['name'], row]))

const VARIANTS: [what: string, ending: string, driver: string, args: string[]][] = [
  ['a shapefile in degrees, UTF-8', 'zip', 'ESRI Shapefile', ['-lco', 'ENCODING=UTF-8']],
  ['a shapefile in GBK', 'zip', 'ESRI Shapefile', ['-lco', 'ENCODING=GBK']],
  ['a shapefile in EPSG:4549', 'zip', 'ESRI Shapefile', ['-t_srs', 'EPSG:4549', '-lco', 'ENCODING=CP936']],
  ['a shapefile in EPSG:4528', 'zip', 'ESRI Shapefile', ['-t_srs', 'EPSG:4528', '-lco', 'ENCODING=UTF-8']],
  ['a shapefile with heights', 'zip', 'ESRI Shapefile', ['-dim', 'XYZ', '-lco', 'ENCODING=UTF-8']],
  ['a GeoPackage in EPSG:4490', 'gpkg', 'GPKG', ['-t_srs', 'EPSG:4490']],
  ['a GeoPackage in EPSG:4499 with heights', 'gpkg', 'GPKG', ['-t_srs', 'EPSG:4499', '-dim', 'XYZ']],
  ['GeoJSON in EPSG:4549', 'geojson', 'GeoJSON', ['-t_srs', 'EPSG:4549', '-lco', 'RFC7946=NO', '-lco', 'COORDINATE_PRECISION=6']],
  ['KML', 'kml', 'KML', []],
]

describe.skipIf(!hasGdal)('files that GDAL wrote (skipped where ogr2ogr is not installed)', () => {
  const expected = byName(MAP.map(({ id, geometry }) => ({ row: 0, properties: { name: NAMES[id] }, geometry })))

  const convert = (ending: string, driver: string, args: string[]) =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'source.geojson'), SOURCE)
      const target = join(folder, ending === 'zip' ? '网格.shp' : `网格.${ending}`)
      const named = driver === 'KML' ? ['-dsco', 'NameField=name'] : []
      await gdal('ogr2ogr', '-f', driver, ...named, ...args, target, join(folder, 'source.geojson'))
      if (ending !== 'zip') return inMemory(`网格.${ending}`, await readFile(target))
      const names = (await readdir(folder)).filter((name) => name.startsWith('网格'))
      return inMemory('网格.zip', zipSync(Object.fromEntries(await Promise.all(names.map(async (name) => [name, new Uint8Array(await readFile(join(folder, name)))]))))) // prettier-ignore
    })

  it.each(VARIANTS)('%s', async (_, ending, driver, args) => {
    const { rows, notes } = await readRows(await convert(ending, driver, args))
    expect(notes.filter(({ weight }) => weight === 'fault')).toEqual([])
    expect(rows.map((row) => row.properties['name']).sort()).toEqual(Object.values(NAMES).sort())
    if (driver !== 'KML') expect(rows.map((row) => row.properties['households']).sort()).toEqual([365, 366, 367])
    expect(largestDifference(rows, [...expected.values()], 'name')).toBeLessThanOrEqual(1)
    expect(largestDifference([...expected.values()], rows, 'name')).toBeLessThanOrEqual(1)
  })

  it('a GBK shapefile that says nothing of its encoding, or the wrong one', async () => {
    const file = await convert('zip', 'ESRI Shapefile', ['-lco', 'ENCODING=GBK'])
    const pieces: Uint8Array[] = []
    for await (const piece of file.open()) pieces.push(piece)
    const files = unzipSync(Buffer.concat(pieces))
    const dbf = Object.keys(files).find((name) => name.endsWith('.dbf'))!
    const cpg = Object.keys(files).find((name) => name.endsWith('.cpg'))!
    files[dbf]![29] = 0
    for (const said of [null, 'UTF-8', 'ISO-8859-1']) {
      if (said === null) delete files[cpg]
      else files[cpg] = Buffer.from(said)
      const { rows, notes } = await readRows(inMemory('a.zip', zipSync(files)))
      expect(rows.map((row) => row.properties['name']).sort()).toEqual(Object.values(NAMES).sort())
      expect(
        notes.some(({ code }) => code === 'encoding'),
        String(said),
      ).toBe(true)
    }
    await expect(readRows(inMemory('a.zip', zipSync(files)), { encoding: 'utf-8' })).rejects.toMatchObject({ code: 'bad-file' })
  })

  it('a file without a coordinate system needs to be told one', async () => {
    const file = await convert('zip', 'ESRI Shapefile', ['-t_srs', 'EPSG:4549', '-lco', 'ENCODING=UTF-8'])
    const pieces: Uint8Array[] = []
    for await (const piece of file.open()) pieces.push(piece)
    const files = Object.fromEntries(Object.entries(unzipSync(Buffer.concat(pieces))).filter(([name]) => !name.endsWith('.prj')))
    const bare = inMemory('a.zip', zipSync(files))
    expect((await readRows(bare)).datum).toBeNull()
    const { rows, datum } = await readRows(bare, { crs: 'EPSG:4549', encoding: 'utf-8' })
    expect(datum).toBe('cgcs2000')
    expect(largestDifference(rows, [...expected.values()], 'name')).toBeLessThanOrEqual(1)
    await expect(readRows(bare, { crs: 'EPSG:2437' })).rejects.toMatchObject({ code: 'bad-request' })
    await expect(readRows(bare, { crs: 'EPSG:4549', datum: 'gcj02' })).rejects.toMatchObject({ code: 'bad-request' })
    expect((await readRows(bare, { crs: 'EPSG:4528' })).rows.every(({ fault }) => fault?.includes('EPSG:4528'))).toBe(true)
  })

  it('refuses the datum of 1954, in words', async () => {
    const file = await convert('zip', 'ESRI Shapefile', ['-a_srs', 'EPSG:2437'])
    await expect(readRows(file)).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('Beijing 1954') })
  })
})
