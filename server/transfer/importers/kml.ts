/** KML (OGC 12-007r2), plain or zipped as KMZ: placemarks with their extended data. WGS 84 by specification. */
import { kml as toGeoJson } from '@tmcw/togeojson'
import { DOMParser } from '@xmldom/xmldom'
import type { Feature, Geometry } from 'geojson'
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import { decode, findEncoding } from '../decode.ts'
import { unpack } from './archive.ts'
import type { Encoding, Importer, ImportFile, SourceRow } from './importer.ts'
import { chooseLayer } from './layer.ts'

/** The document is held in memory as a tree many times its size. */
const LARGEST = 128 * 1024 * 1024

export const kml: Importer = {
  format: 'kml',
  extensions: ['.kml', '.kmz'],
  async read(file, { encoding, layer }) {
    const notes: ImportNote[] = []
    const document = await documentOf(file, layer)
    if (document.size > LARGEST) throw new Problem('too-large', `A KML document may have ${LARGEST / 1024 / 1024} MB.`)
    const features = featuresOf(await textOf(document, encoding, notes))
    const columns = [...new Set(features.flatMap(({ properties }) => Object.keys(properties ?? {})))]
    return { rows: rowsOf(features), columns, datum: 'wgs84', notes }
  },
}

/** A KMZ is told by its first bytes, whatever its name. `doc.kml` or the only one is its document. */
async function documentOf(file: ImportFile, layer: string | undefined): Promise<ImportFile> {
  for await (const chunk of file.open()) {
    if (chunk[0] !== 0x50 || chunk[1] !== 0x4b) return file
    break
  }
  const files = await unpack(file, (name) => /\.kml$/i.test(name))
  const main = [...files.keys()].find((name) => name.toLowerCase() === 'doc.kml')
  const name = layer === undefined && main !== undefined ? main : chooseLayer([...files.keys()], layer, 'KML document')
  const bytes = files.get(name)!
  return {
    name,
    size: bytes.length,
    async *open() {
      yield bytes
    },
  }
}

async function textOf(file: ImportFile, said: Encoding | undefined, notes: ImportNote[]): Promise<string> {
  let text = ''
  for await (const piece of decode(file, await findEncoding(file, said, notes))) text += piece
  return text
}

function featuresOf(text: string): Feature<Geometry | null>[] {
  // What may define entities, and so grow without bound, has no place in KML.
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    throw new Problem('bad-file', 'The file is XML with definitions of its own (DOCTYPE), which KML has not.')
  try {
    const document = new DOMParser({ onError: failOn }).parseFromString(text, 'text/xml')
    if (document.documentElement?.localName !== 'kml') throw new Problem('bad-file', 'The file is XML, but no KML.')
    return toGeoJson(document as never).features as Feature<Geometry | null>[]
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('bad-file', `The file is no KML: ${(cause instanceof Error ? cause.message : String(cause)).slice(0, 200)}.`)
  }
}

function failOn(level: 'warning' | 'error' | 'fatalError', message: string): void {
  if (level !== 'warning') throw new Error(message)
}

async function* rowsOf(features: readonly Feature<Geometry | null>[]): AsyncGenerator<SourceRow> {
  for (const [index, { id, properties, geometry }] of features.entries()) {
    const known = { ...properties }
    if (id !== undefined && known['id'] === undefined) known['id'] = id
    yield { row: index + 1, properties: known, geometry: geometry && joined(geometry) }
  }
}

/** KML knows only one kind of collection: polygons alone in it are a multipolygon. */
function joined(geometry: Geometry): Geometry {
  if (geometry.type !== 'GeometryCollection') return geometry
  const parts = geometry.geometries.map(joined)
  const polygons = parts.flatMap((part) =>
    part.type === 'Polygon' ? [part.coordinates] : part.type === 'MultiPolygon' ? part.coordinates : [],
  )
  const isAll = parts.length > 0 && parts.every(({ type }) => type === 'Polygon' || type === 'MultiPolygon')
  return isAll ? { type: 'MultiPolygon', coordinates: polygons } : { type: 'GeometryCollection', geometries: parts }
}
