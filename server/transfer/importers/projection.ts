/**
 * Coordinate systems of files: from a code or from well-known text to degrees. Only systems on WGS 84 and CGCS2000 are read,
 * which agree to decimetres. Beijing 1954 and Xi'an 1980 are refused: what leads from them to WGS 84 is kept secret, and
 * the published guesses err by tens of metres. Positions are [easting, northing] or [lng, lat], as files hold them,
 * whatever order of axes the authority writes. Codes: EPSG Geodetic Parameter Dataset; CGCS2000 zones: GB/T 24356.
 */
import type { Geometry, Position } from 'geojson'
import proj4 from 'proj4'
import type { Datum } from '#model/crs.ts'
import type { SourceRow } from './importer.ts'

export interface Crs {
  name: string
  datum: Extract<Datum, 'wgs84' | 'cgcs2000'>
  /** Null when positions are degrees already. */
  plane: Plane | null
}

interface Plane {
  toLngLat: (position: Position) => Position
  /** Of a zone: positions further than a few zones from its central meridian are not meant for it. */
  falseEasting: number | null
}

export type CrsAnswer = Crs | { reason: string }

/** Further from the central meridian (metres of easting) nobody draws in a zone, and the series no longer holds. */
const WIDEST = 1_500_000
/** From the equator to a pole and back, with the ten million of the south: no northing is greater. */
const FURTHEST = 20_100_000
const FIRST_3_DEGREE_ZONE = 25
const FIRST_6_DEGREE_ZONE = 13

const between = (code: number, from: number, to: number): boolean => code >= from && code <= to

/** Transverse Mercator on CGCS2000's ellipsoid, whose flattening is that of GRS 80 to the last digit of proj's. */
const gaussKrueger = (meridian: number, falseEasting: number) =>
  `+proj=tmerc +lat_0=0 +lon_0=${meridian} +k=1 +x_0=${falseEasting} +y_0=0 +a=6378137 +rf=298.257222101 +units=m +no_defs`

/** The definition of a projected code, or null for one that is not generated here. */
function zoneOf(code: number): { definition: string; datum: Crs['datum']; falseEasting: number } | null {
  const gk = (meridian: number, falseEasting: number) => ({
    definition: gaussKrueger(meridian, falseEasting),
    datum: 'cgcs2000' as const,
    falseEasting,
  })
  if (between(code, 4491, 4501)) {
    const zone = code - 4491 + FIRST_6_DEGREE_ZONE
    return gk(6 * zone - 3, zone * 1e6 + 500_000)
  }
  if (between(code, 4502, 4512)) return gk(6 * (code - 4502 + FIRST_6_DEGREE_ZONE) - 3, 500_000)
  if (between(code, 4513, 4533)) {
    const zone = code - 4513 + FIRST_3_DEGREE_ZONE
    return gk(3 * zone, zone * 1e6 + 500_000)
  }
  if (between(code, 4534, 4554)) return gk(3 * (code - 4534 + FIRST_3_DEGREE_ZONE), 500_000)
  const south = between(code, 32701, 32760)
  if (!south && !between(code, 32601, 32660)) return null
  return {
    definition: `+proj=utm +zone=${code % 100}${south ? ' +south' : ''} +datum=WGS84 +units=m`,
    datum: 'wgs84',
    falseEasting: 500_000,
  }
}

const OLD = 'its link to WGS 84 is not public. Have the surveying office convert the file to CGCS2000 first'

/** Why a code of an old Chinese datum cannot be read, or null. */
function refusalOf(code: number): string | null {
  const beijing =
    code === 4214 ||
    code === 4555 ||
    between(code, 2401, 2442) ||
    between(code, 21413, 21423) ||
    between(code, 21453, 21463) ||
    between(code, 21473, 21483) ||
    between(code, 4568, 4589) ||
    between(code, 4652, 4656) ||
    between(code, 4766, 4800)
  if (beijing) return `EPSG:${code} is on the datum of Beijing 1954: ${OLD}`
  if (code === 4610 || between(code, 2327, 2390)) return `EPSG:${code} is on the datum of Xi’an 1980: ${OLD}`
  return null
}

/** By its EPSG code. */
export function crsOfCode(code: number): CrsAnswer {
  const name = `EPSG:${code}`
  if (code === 4326 || code === 4979) return { name, datum: 'wgs84', plane: null }
  if (code === 4490 || code === 4480) return { name, datum: 'cgcs2000', plane: null }
  if (code === 3857 || code === 900913) return { name, datum: 'wgs84', plane: planeOf('EPSG:3857', null) }
  const zone = zoneOf(code)
  if (zone) return { name, datum: zone.datum, plane: planeOf(zone.definition, zone.falseEasting) }
  return { reason: refusalOf(code) ?? `EPSG:${code} is not read here. Convert the file to WGS 84 or CGCS2000 first` }
}

/** By a name: `EPSG:4549`, `4549`, `CRS84`, or one of the URNs and addresses that stand for them. */
export function crsOfName(name: string): CrsAnswer {
  const text = name.trim()
  if (/(^|[:/])CRS84$/i.test(text)) return { name: 'CRS84', datum: 'wgs84', plane: null }
  const code = /^(?:(?:urn:(?:ogc|x-ogc):def:crs:|https?:\/\/www\.opengis\.net\/def\/crs\/)?EPSG[:/](?:[\d.]*[:/])?)?(\d{4,6})$/i.exec(
    text,
  )?.[1]
  return code
    ? crsOfCode(Number(code))
    : { reason: `${text.slice(0, 80)} is no coordinate system that is read here; write it as EPSG:4490` }
}

const DATUM_NAMES: readonly [RegExp, Crs['datum']][] = [
  [/CGCS[ _]?2000|China[ _]+(Geodetic[ _]+Coordinate[ _]+System|2000)/i, 'cgcs2000'],
  [/WGS[ _]?(19)?84|World[ _]Geodetic[ _]System[ _]1984/i, 'wgs84'],
]
/** Longer than any coordinate system is written. */
const LONGEST = 20_000

/** By well-known text, as in a .prj file: the authority's code when it says one, otherwise its datum and its parameters. */
export function crsOfWkt(wkt: string): CrsAnswer {
  const text = wkt.replace(/^\uFEFF/, '').trim()
  if (text === '' || text.length > LONGEST) return { reason: 'the text of its coordinate system is empty or far too long' }
  const code = /(?:AUTHORITY|ID)\["EPSG",\s*"?(\d+)"?\]\s*\]\s*$/i.exec(text)?.[1]
  const known = code === undefined ? null : crsOfCode(Number(code))
  if (known && 'name' in known) return known
  const names = [...text.matchAll(/(?:GEOG(?:CS|CRS)|BASEGEOGCRS|GEODCRS|DATUM)\[\s*"([^"]*)"/gi)].map(([, name]) => name!).join(' ')
  const title = /^\w+\[\s*"([^"]*)"/.exec(text)?.[1] ?? 'its coordinate system'
  if (/beijing|krass?ow?sky/i.test(names)) return { reason: `${title} is on the datum of Beijing 1954: ${OLD}` }
  if (/xi.?an|IAG[ _]?75/i.test(names)) return { reason: `${title} is on the datum of Xi’an 1980: ${OLD}` }
  const datum = DATUM_NAMES.find(([pattern]) => pattern.test(names))?.[1]
  if (!datum) return known ?? { reason: `${title} is not read here. Convert the file to WGS 84 or CGCS2000 first` }
  if (/^(GEOGCS|GEOGCRS|GEODCRS)\b/i.test(text)) return { name: title, datum, plane: null }
  const falseEasting = /"False_Easting"\s*,\s*([-+\d.eE]+)/i.exec(text.replaceAll('False easting', 'False_Easting'))?.[1]
  const isZone = /Transverse[ _]Mercator|Gauss[ _]Kr/i.test(text)
  try {
    return { name: title, datum, plane: planeOf(text, isZone && falseEasting !== undefined ? Number(falseEasting) : null) }
  } catch {
    return { reason: `the projection of ${title} is not known here. Convert the file to WGS 84 or CGCS2000 first` }
  }
}

function planeOf(definition: string, falseEasting: number | null): Plane {
  const converter = proj4(definition)
  return { toLngLat: (position) => converter.inverse([position[0]!, position[1]!]), falseEasting }
}

/** The row with its geometry in degrees; a position that the system cannot hold makes a fault. */
export function unproject(row: SourceRow, { name, plane }: Crs): SourceRow {
  if (!plane || !row.geometry) return row
  let fault: string | undefined
  const convert = (position: Position): Position => {
    const [x, y] = position
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y)) return position
    if (plane.falseEasting !== null && Math.abs(x) <= 180 && Math.abs(y) <= 90) {
      fault ??= `lies at ${x}, ${y}: these are degrees, not metres of ${name}`
      return position
    }
    if (plane.falseEasting !== null && Math.abs(x - plane.falseEasting) > WIDEST) {
      fault ??= `lies at easting ${x}, which ${name} does not reach${zoneHint(x)}`
      return position
    }
    const [lng, lat] = plane.toLngLat(position)
    if (Math.abs(y) <= FURTHEST && Number.isFinite(lng) && Number.isFinite(lat)) return [lng!, lat!]
    fault ??= `lies at ${x}, ${y}, which ${name} does not reach`
    return position
  }
  const geometry = convertGeometry(row.geometry, convert)
  return fault === undefined ? { ...row, geometry } : { ...row, geometry: null, fault: row.fault ?? fault }
}

/** Eastings of Chinese maps often carry the zone's number in front: 40512345 lies in zone 40. */
function zoneHint(easting: number): string {
  const zone = Math.floor(easting / 1e6)
  if (between(zone, 25, 45)) return `; EPSG:${4513 + zone - FIRST_3_DEGREE_ZONE} has the zone ${zone} in front`
  if (between(zone, 13, 23)) return `; EPSG:${4491 + zone - FIRST_6_DEGREE_ZONE} has the zone ${zone} in front`
  return between(easting, 0, 1e6) ? '; it comes without the number of a zone' : ''
}

type Nested = Position | Nested[]

function convertGeometry(geometry: Geometry, convert: (position: Position) => Position): Geometry {
  if (geometry.type === 'GeometryCollection')
    return { ...geometry, geometries: geometry.geometries.map((each) => convertGeometry(each, convert)) }
  const walk = (nested: Nested): Nested =>
    !Array.isArray(nested) ? nested : typeof nested[0] === 'number' ? convert(nested as Position) : (nested as Nested[]).map(walk)
  return { ...geometry, coordinates: walk(geometry.coordinates as Nested) } as Geometry
}
