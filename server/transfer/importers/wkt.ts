/** Well-known text (OGC 06-103r4), as tables carry geometries: points and polygons in two dimensions. */
import type { Geometry, Position } from 'geojson'

/** The geometry, or null when the text is none that we read. An `SRID=…;` before it is passed over. */
export function parseWkt(text: string): Geometry | null {
  const match = /^\s*(?:SRID=\d+;)?\s*(POINT|POLYGON|MULTIPOLYGON)\s*(?:Z|M|ZM)?\s*(\(.*\))\s*$/is.exec(text)
  if (!match) return null
  const type = match[1]!.toUpperCase()
  const nested = parseLists(match[2]!)
  if (!nested) return null
  const depth = { POINT: 1, POLYGON: 2, MULTIPOLYGON: 3 }[type]!
  if (depthOf(nested) !== depth) return null
  if (type === 'POINT') return { type: 'Point', coordinates: (nested as unknown as Position[])[0]! }
  if (type === 'POLYGON') return { type: 'Polygon', coordinates: nested as unknown as Position[][] }
  return { type: 'MultiPolygon', coordinates: nested as unknown as Position[][][] }
}

type Nested = (Nested | Position)[]

/** `((1 2, 3 4), (…))` → [[[1, 2], [3, 4]], […]] with JSON's own parser, after the text was seen to hold numbers only. */
function parseLists(text: string): Nested | null {
  if (!/^[\s\d+\-.eE,()]*$/.test(text)) return null
  const json = text
    .replace(/\s+/g, ' ')
    .replace(/ ?([(),]) ?/g, '$1')
    .replace(/[+-]?[\d.][\d.eE+-]*(?: [+-]?[\d.][\d.eE+-]*)+/g, (pair) => `[${pair.split(' ').map(Number).join(',')}]`)
    .replaceAll('(', '[')
    .replaceAll(')', ']')
  try {
    return JSON.parse(json) as Nested
  } catch {
    return null
  }
}

/** How many lists stand around a position; -1 when they are not all equally deep. */
function depthOf(nested: Nested): number {
  const depths = new Set(
    nested.map((each) => (Array.isArray(each) && typeof each[0] === 'number' ? 0 : Array.isArray(each) ? depthOf(each as Nested) : -1)),
  )
  const [depth] = depths
  return depths.size === 1 && depth !== undefined && depth >= 0 ? depth + 1 : -1
}
