/** ESRI shapefiles in a zip (Technical Description, July 1998): .shp, .shx, .dbf, .prj, .cpg. Outer rings run clockwise there. */
import { zipSync } from 'fflate'
import type { MultiPolygon, Position } from 'geojson'
import { writeTable } from './dbf.ts'
import type { Exporter } from './exporter.ts'

const WGS84 =
  'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
const POLYGON = 5

export const shapefile: Exporter = {
  format: 'shapefile',
  extension: '.zip',
  mediaType: 'application/zip',
  write(units, { layer, encoding, attribution }) {
    const { shp, shx } = writeShapes(units.map(({ geometry }) => geometry))
    const dbf = writeTable(units.map(({ properties }) => properties), encoding) // prettier-ignore
    const files: Record<string, Uint8Array> = {
      [`${layer}.shp`]: shp,
      [`${layer}.shx`]: shx,
      [`${layer}.dbf`]: dbf,
      [`${layer}.prj`]: Buffer.from(WGS84),
      [`${layer}.cpg`]: Buffer.from(encoding === 'gbk' ? 'GBK' : 'UTF-8'),
      ...(attribution !== null && { 'ATTRIBUTION.txt': Buffer.from(attribution) }),
    }
    return Buffer.from(zipSync(files))
  },
}

type Box = [west: number, south: number, east: number, north: number]

function writeShapes(geometries: readonly MultiPolygon[]): { shp: Buffer; shx: Buffer } {
  const records = geometries.map(recordOf)
  const all: Box = [Infinity, Infinity, -Infinity, -Infinity]
  const index = Buffer.alloc(8 * records.length)
  const parts: Buffer[] = []
  // Lengths and offsets count words of two bytes, the header's fifty included.
  let offset = 50
  for (const [i, { bytes, box }] of records.entries()) {
    const head = Buffer.alloc(8)
    head.writeInt32BE(i + 1, 0)
    head.writeInt32BE(bytes.length / 2, 4)
    parts.push(head, bytes)
    index.writeInt32BE(offset, 8 * i)
    index.writeInt32BE(bytes.length / 2, 8 * i + 4)
    offset += 4 + bytes.length / 2
    for (const k of [0, 1] as const) all[k] = Math.min(all[k], box[k])
    for (const k of [2, 3] as const) all[k] = Math.max(all[k], box[k])
  }
  const box: Box = records.length > 0 ? all : [0, 0, 0, 0]
  return { shp: Buffer.concat([header(offset, box), ...parts]), shx: Buffer.concat([header(50 + index.length / 2, box), index]) }
}

function header(words: number, box: Box): Buffer {
  const bytes = Buffer.alloc(100)
  bytes.writeInt32BE(9994, 0)
  bytes.writeInt32BE(words, 24)
  bytes.writeInt32LE(1000, 28)
  bytes.writeInt32LE(POLYGON, 32)
  for (const [i, value] of box.entries()) bytes.writeDoubleLE(value, 36 + 8 * i)
  return bytes
}

function recordOf({ coordinates }: MultiPolygon): { bytes: Buffer; box: Box } {
  const rings = coordinates.flatMap((part) => part.map((ring, index) => turned(ring, index === 0)))
  const points = rings.reduce((sum, ring) => sum + ring.length, 0)
  const bytes = Buffer.alloc(44 + 4 * rings.length + 16 * points)
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  bytes.writeInt32LE(POLYGON, 0)
  bytes.writeInt32LE(rings.length, 36)
  bytes.writeInt32LE(points, 40)
  let at = 44 + 4 * rings.length
  let first = 0
  for (const [i, ring] of rings.entries()) {
    bytes.writeInt32LE(first, 44 + 4 * i)
    first += ring.length
    for (const [x, y] of ring as [number, number][]) {
      at = bytes.writeDoubleLE(y, bytes.writeDoubleLE(x, at))
      box[0] = Math.min(box[0], x)
      box[1] = Math.min(box[1], y)
      box[2] = Math.max(box[2], x)
      box[3] = Math.max(box[3], y)
    }
  }
  for (const [i, value] of box.entries()) bytes.writeDoubleLE(value, 4 + 8 * i)
  return { bytes, box }
}

/** The ring clockwise or not, whatever way it came. */
function turned(ring: readonly Position[], clockwise: boolean): readonly Position[] {
  const [ox, oy] = ring[0] as [number, number]
  let area = 0
  for (let i = 1; i < ring.length; i++)
    area += (ring[i - 1]![0]! - ox) * (ring[i]![1]! - oy) - (ring[i]![0]! - ox) * (ring[i - 1]![1]! - oy)
  return area < 0 === clockwise ? ring : [...ring].reverse()
}
