/** Every format comes back in as the same coverage, and GDAL, when it is there, counts and measures the same. */
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import type { MultiPolygon, Polygon } from 'geojson'
import { describe, expect, it } from 'vitest'
import { EXPORT_FORMATS } from '#contract/transfer-endpoints.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { areaM2 } from '#model/measure.ts'
import { readPolygons, toMultiPolygon } from '#model/rings.ts'
import { leafPolygons, toGridPolygons } from '#model/topology.ts'
import type { ExportUnit } from '../../../../server/transfer/exporters/exporter.ts'
import { EXPORTERS } from '../../../../server/transfer/exporters/formats.ts'
import { asciiMap } from '../../../fixtures/ascii-map.ts'
import { gdal, hasGdal, inFolder } from '../../../fixtures/gdal.ts'
import { inMemory } from '../../../fixtures/import-file.ts'
import { readRows } from '../../../fixtures/read-rows.ts'

const NAMES: Record<string, string> = { A: '路桥街道', B: '<新桥> & "镇"', C: '金清镇', D: 'D' }
/** C is a hole in A, D has two parts; every vertex stands in all neighbours, as in stored units. */
const topology = checkPolygons(
  asciiMap(`
    DAAAB
    AACAB
    AAAAD
  `).map(({ id, geometry }) => ({ id, polygons: readPolygons(geometry).polygons })),
).topology!
const polygons = new Map([...leafPolygons(topology)].map(([id, arcs]) => [id, toGridPolygons(topology, arcs)]))
const units = topology.ids.map((id): ExportUnit => ({
  geometry: toMultiPolygon(polygons.get(id)!),
  properties: {
    code: `33100400100100${topology.ids.indexOf(id) + 1}`,
    name: NAMES[id]!,
    nameEn: id === 'A' ? 'Luqiao' : null,
    level: 'grid',
    unitKind: 'general',
    parentCode: '331004001001',
    areaM2: areaM2(polygons.get(id)!),
    households: id === 'B' ? null : 321,
    residents: null,
    validFrom: '2026-03-01T00:00:00.000Z',
    validTo: null,
    synthetic: true,
  },
}))
const options = { layer: 'units-331004-grid', encoding: 'utf-8', attribution: 'MIT, somebody' } as const
const extensionOf = (format: (typeof EXPORT_FORMATS)[number]) => EXPORTERS[format].extension

describe.each(EXPORT_FORMATS)('%s', (format) => {
  it('comes back in as the same coverage, number for number', async () => {
    const bytes = await EXPORTERS[format].write(units, options)
    const { rows, notes } = await readRows(inMemory(`a${extensionOf(format)}`, bytes))
    expect(notes).toEqual([])
    const read = rows.map(({ properties, geometry }) => ({
      id: String(properties['code'] ?? properties['CODE']),
      name: properties['name'] ?? properties['NAME'],
      polygons: readPolygons(geometry as Polygon | MultiPolygon).polygons,
    }))
    expect(read.map(({ id, name }) => [id, name])).toEqual(units.map(({ properties: { code, name } }) => [code, name]))
    const again = checkPolygons(read)
    expect(again.faults).toEqual([])
    const shapes = new Map([...leafPolygons(again.topology!)].map(([id, arcs]) => [id, toGridPolygons(again.topology!, arcs)]))
    for (const [i, id] of topology.ids.entries()) expect(shapes.get(units[i]!.properties.code), id).toEqual(polygons.get(id))
  })

  it.skipIf(!hasGdal)('is read by GDAL with the same count, names and areas (skipped where it is not installed)', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, `units${extensionOf(format)}`)
      await writeFile(path, await EXPORTERS[format].write(units, options))
      const source = format === 'shapefile' ? `/vsizip/${path}` : path
      const target = join(folder, 'out.geojson')
      const warnings = execFileSync('ogrinfo', ['-ro', '-al', '-so', source], { encoding: 'utf8' })
      expect(warnings).toContain('Feature Count: 4')
      await gdal('ogr2ogr', '-f', 'GeoJSON', '-lco', 'COORDINATE_PRECISION=7', target, source)
      const { rows } = await readRows(inMemory('out.geojson', await readFile(target)))
      const areas = rows.map(({ properties, geometry }) => [
        properties['name'] ?? properties['NAME'] ?? properties['Name'],
        Math.round(areaM2(readPolygons(geometry as Polygon | MultiPolygon).polygons)),
      ])
      expect(areas.sort()).toEqual(units.map(({ properties: { name, areaM2: area } }) => [name, Math.round(area)]).sort())
    })
  })

  it('can be empty of people, and of units', async () => {
    expect((await EXPORTERS[format].write([], { ...options, attribution: null })).length).toBeGreaterThan(0)
  })
})

describe('a shapefile in GBK', () => {
  it('says its encoding twice and comes back', async () => {
    const plain = units.filter(({ properties: { name } }) => name !== NAMES['B'])
    const bytes = await EXPORTERS.shapefile.write(plain, { ...options, encoding: 'gbk' })
    const files = unzipSync(bytes)
    expect(files['units-331004-grid.dbf']![29]).toBe(0x4d)
    expect(Buffer.from(files['units-331004-grid.cpg']!).toString()).toBe('GBK')
    expect(Buffer.from(files['ATTRIBUTION.txt']!).toString()).toBe('MIT, somebody')
    const { rows, notes } = await readRows(inMemory('a.zip', bytes))
    expect(notes).toEqual([])
    expect(rows.map(({ properties }) => [properties['NAME'], properties['HOUSEHOLDS'], properties['RESIDENTS']])).toEqual(
      plain.map(({ properties: { name, households, residents } }) => [name, households, residents]),
    )
    if (!hasGdal) return
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'a.zip'), bytes)
      expect(await gdal('ogrinfo', '-ro', '-al', `/vsizip/${join(folder, 'a.zip')}`)).toContain('路桥街道')
    })
  })
  it('refuses a character that it cannot hold', () => {
    const rare = [{ ...units[0]!, properties: { ...units[0]!.properties, name: '𠅤村' } }]
    expect(() => EXPORTERS.shapefile.write(rare, { ...options, encoding: 'gbk' })).toThrowError(/𠅤/)
    expect(() => EXPORTERS.shapefile.write(rare, options)).not.toThrow()
  })
  it('cuts a text that is too long between two characters', async () => {
    const long = [{ ...units[0]!, properties: { ...units[0]!.properties, name: '网'.repeat(100) } }]
    const { rows } = await readRows(inMemory('a.zip', await EXPORTERS.shapefile.write(long, options)))
    expect(rows[0]!.properties['NAME']).toBe('网'.repeat(84))
  })
})
