/** GeoJSON (RFC 7946): a feature collection, or one feature. WGS 84 by specification; the old `crs` member may say otherwise. */
import type { Geometry } from 'geojson'
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import type { Datum } from '#model/crs.ts'
import { decode, findEncoding } from '../decode.ts'
import type { Importer, ImportFile, SourceRow } from './importer.ts'

/** Names of WGS 84 and CGCS2000 in the `crs` member that the specification of 2008 had. */
const KNOWN_CRS: readonly [RegExp, Datum][] = [
  [/^urn:ogc:def:crs:OGC:[\d.]*:CRS84$/i, 'wgs84'],
  [/^(urn:ogc:def:crs:)?EPSG:[\d.]*:?4326$/i, 'wgs84'],
  [/^(urn:ogc:def:crs:)?EPSG:[\d.]*:?4490$/i, 'cgcs2000'],
]
const GEOMETRIES = new Set(['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon', 'GeometryCollection'])

export const geojson: Importer = {
  format: 'geojson',
  extensions: ['.geojson', '.json'],
  async read(file, { encoding }) {
    const notes: ImportNote[] = []
    const document = parse(await textOf(file, encoding, notes))
    const features = featuresOf(document)
    return { rows: rowsOf(features), columns: null, datum: datumOf(document), notes }
  },
}

async function textOf(file: ImportFile, said: Parameters<typeof findEncoding>[1], notes: ImportNote[]): Promise<string> {
  const encoding = await findEncoding(file, said, notes)
  let text = ''
  for await (const piece of decode(file, encoding)) text += piece
  if (text.trim() === '') throw new Problem('bad-file', 'The file is empty.')
  return text
}

function parse(text: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(text)
    if (isObject(document)) return document
  } catch (cause) {
    const hint = /[[,:]\s*-?(NaN|Infinity)/.test(text) ? ' It holds NaN or Infinity, which JSON does not know.' : ''
    throw new Problem('bad-file', `The file is not JSON: ${(cause as Error).message}.${hint}`)
  }
  throw new Problem('bad-file', 'The file is JSON, but no GeoJSON.')
}

function featuresOf(document: Record<string, unknown>): unknown[] {
  if (document['type'] === 'Feature') return [document]
  if (document['type'] === 'FeatureCollection' && Array.isArray(document['features'])) return document['features']
  throw new Problem('bad-file', 'The file is no GeoJSON feature collection.')
}

/** A `crs` member that we do not know is refused: its coordinates would be misread in silence. */
function datumOf(document: Record<string, unknown>): Datum {
  const crs = document['crs']
  if (crs === undefined || crs === null) return 'wgs84'
  const name = isObject(crs) && isObject(crs['properties']) ? crs['properties']['name'] : undefined
  const known = typeof name === 'string' && KNOWN_CRS.find(([pattern]) => pattern.test(name))
  if (!known) throw new Problem('bad-file', `The file's coordinates are in ${String(name)}. Convert it to WGS 84 first.`)
  return known[1]
}

async function* rowsOf(features: unknown[]): AsyncGenerator<SourceRow> {
  for (const [index, feature] of features.entries()) {
    const row = index + 1
    if (!isObject(feature) || feature['type'] !== 'Feature') yield { row, properties: {}, geometry: null, fault: 'is no feature' }
    else {
      const properties = isObject(feature['properties']) ? feature['properties'] : {}
      // A feature's own id is a property like any other, unless one of that name is there.
      if (feature['id'] !== undefined && properties['id'] === undefined) properties['id'] = feature['id']
      const geometry = feature['geometry'] ?? null
      const sound = geometry === null || (isObject(geometry) && GEOMETRIES.has(String(geometry['type'])))
      yield sound
        ? { row, properties, geometry: geometry as Geometry | null }
        : { row, properties, geometry: null, fault: 'has a geometry that is none' }
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
