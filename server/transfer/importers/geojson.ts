/** GeoJSON (RFC 7946): a feature collection, or one feature. WGS 84 by specification; the old `crs` member may say otherwise. */
import type { Geometry } from 'geojson'
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import type { Datum } from '#model/crs.ts'
import { decode, findEncoding } from '../decode.ts'
import type { Encoding, Importer, ImportFile, SourceRow } from './importer.ts'
import { type Crs, crsOfName } from './projection.ts'

const GEOMETRIES = new Set(['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon', 'GeometryCollection'])

export const geojson: Importer = {
  format: 'geojson',
  extensions: ['.geojson', '.json'],
  async read(file, { encoding }) {
    const notes: ImportNote[] = []
    const document = await jsonOf(file, encoding, notes)
    const features = featuresOf(document)
    return { rows: rowsOfFeatures(features), columns: null, ...statedCrs(document), notes }
  },
}

/** The file as a JSON object. Throws `bad-file`. */
export async function jsonOf(file: ImportFile, said: Encoding | undefined, notes: ImportNote[]): Promise<Record<string, unknown>> {
  const encoding = await findEncoding(file, said, notes)
  let text = ''
  for await (const piece of decode(file, encoding)) text += piece
  if (text.trim() === '') throw new Problem('bad-file', 'The file is empty.')
  return parse(text)
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

/** By the `crs` member that the specification of 2008 had; without it WGS 84. One that we do not know is refused: it would be misread in silence. */
export function statedCrs(document: Record<string, unknown>): { datum: Datum; crs: Crs | null } {
  const member = document['crs']
  if (member === undefined || member === null) return { datum: 'wgs84', crs: null }
  const name = isObject(member) && isObject(member['properties']) ? member['properties']['name'] : undefined
  const crs = crsOfName(String(name))
  if ('reason' in crs) throw new Problem('bad-file', `The file’s coordinate system cannot be used: ${crs.reason}.`)
  return { datum: crs.datum, crs }
}

/** Features as rows; what is none is a row with a fault. */
export async function* rowsOfFeatures(features: unknown[]): AsyncGenerator<SourceRow> {
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
