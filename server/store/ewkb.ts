/**
 * Geometries as hex EWKB, little-endian, SRID 4326: what COPY takes, and what the database gives back for `geom::text`.
 * Doubles pass unchanged, so equal text is an equal geometry.
 */
import { GRID } from '#model/crs.ts'
import { area2, type FlatRing } from '#model/exact.ts'
import { type GridPolygons, reversed } from '#model/rings.ts'

const POINT = 1
const LINESTRING = 2
const POLYGON = 3
const MULTIPOLYGON = 6
const HAS_SRID = 0x20000000
const SRID = 4326

class Writer {
  readonly #bytes: Buffer
  #at = 0

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  head(type: number, srid: boolean): void {
    this.#bytes[this.#at++] = 1
    this.int(srid ? type | HAS_SRID : type)
    if (srid) this.int(SRID)
  }

  int(value: number): void {
    this.#at = this.#bytes.writeUInt32LE(value, this.#at)
  }

  point(lng: number, lat: number): void {
    this.#at = this.#bytes.writeDoubleLE(lng, this.#at)
    this.#at = this.#bytes.writeDoubleLE(lat, this.#at)
  }

  hex(): string {
    return this.#bytes.toString('hex', 0, this.#at).toUpperCase()
  }
}

/** [lng, lat] in degrees. */
export function pointEwkb([lng, lat]: readonly [number, number]): string {
  const writer = new Writer(25)
  writer.head(POINT, true)
  writer.point(lng, lat)
  return writer.hex()
}

/** [lng, lat] in degrees. */
export function lineEwkb(line: readonly (readonly [number, number])[]): string {
  const writer = new Writer(13 + 16 * line.length)
  writer.head(LINESTRING, true)
  writer.int(line.length)
  for (const [lng, lat] of line) writer.point(lng, lat)
  return writer.hex()
}

/** One polygon on the integer grid, written in degrees, rings closed. */
export function polygonEwkb(rings: GridPolygons[number]): string {
  const writer = new Writer(rings.reduce((sum, ring) => sum + 4 + 8 * (ring.length + 2), 13))
  writer.head(POLYGON, true)
  writeRings(writer, rings)
  return writer.hex()
}

/** Polygons on the integer grid, written in degrees, rings closed. */
export function multiPolygonEwkb(polygons: GridPolygons): string {
  const size = polygons.reduce((sum, rings) => sum + rings.reduce((part, ring) => part + 4 + 8 * (ring.length + 2), 9), 13)
  const writer = new Writer(size)
  writer.head(MULTIPOLYGON, true)
  writer.int(polygons.length)
  for (const rings of polygons) {
    writer.head(POLYGON, false)
    writeRings(writer, rings)
  }
  return writer.hex()
}

function writeRings(writer: Writer, rings: GridPolygons[number]): void {
  writer.int(rings.length)
  for (const ring of rings) {
    writer.int(ring.length / 2 + 1)
    for (let i = 0; i < ring.length; i += 2) writer.point(ring[i]! / GRID, ring[i + 1]! / GRID)
    writer.point(ring[0]! / GRID, ring[1]! / GRID)
  }
}

/**
 * The polygons of a stored multi-polygon, on the integer grid, outer rings turned left and holes right. Coordinates that are not
 * on the grid are taken for the nearest point of it. Throws a RangeError on another geometry.
 */
export function readMultiPolygon(ewkb: string): GridPolygons {
  const bytes = Buffer.from(ewkb, 'hex')
  if (bytes[0] !== 1 || (bytes.readUInt32LE(1) & ~HAS_SRID) !== MULTIPOLYGON) throw new RangeError('not a multi-polygon')
  let at = bytes.readUInt32LE(1) & HAS_SRID ? 9 : 5
  const int = () => bytes.readUInt32LE((at += 4) - 4)
  const ring = (outer: boolean): FlatRing => {
    const flat = new Int32Array(2 * (int() - 1))
    for (let i = 0; i < flat.length; i++) flat[i] = Math.round(bytes.readDoubleLE(at + 8 * i) * GRID)
    at += 8 * flat.length + 16
    return area2(flat) > 0 === outer ? flat : reversed(flat)
  }
  return Array.from({ length: int() }, () => {
    at += 5
    return Array.from({ length: int() }, (_, i) => ring(i === 0))
  })
}
