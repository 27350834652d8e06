/**
 * ESRI shapefiles in a zip: .shp, .dbf, .prj and .cpg of one name. The shapes are read here and not by a library: what is at
 * hand gives up a whole file for one bad record and puts holes into outer rings by their boxes. A broken record is a
 * row with a fault. Format: ESRI Shapefile Technical Description (July 1998); outer rings run clockwise there.
 */
import Flatbush from 'flatbush'
import type { Geometry, Position } from 'geojson'
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import { unpack } from './archive.ts'
import { encodingOf, readTable, type Table } from './dbf.ts'
import type { Importer, SourceRow } from './importer.ts'
import { chooseLayer } from './layer.ts'
import { type Crs, crsOfWkt } from './projection.ts'

const HEADER = 100
const FILE_CODE = 9994
const WANTED = /\.(shp|dbf|prj|cpg)$/i

export const shapefile: Importer = {
  format: 'shapefile',
  extensions: ['.zip'],
  async read(file, { encoding, layer }) {
    const notes: ImportNote[] = []
    const files = await unpack(file, (name) => WANTED.test(name) && !name.startsWith('__MACOSX/'))
    const shapes = [...files.keys()].filter((name) => /\.shp$/i.test(name))
    const chosen = chooseLayer(shapes.map((name) => name.slice(0, -4)), layer, 'shapefile (.shp)') // prettier-ignore
    const part = (ending: string) => {
      const name = [...files.keys()].find((each) => each.toLowerCase() === `${chosen}.${ending}`.toLowerCase())
      return name === undefined ? null : files.get(name)!
    }
    const dbf = part('dbf')
    if (!dbf) throw new Problem('bad-file', `${chosen}.shp comes without its table (.dbf).`)
    const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes))
    const table = readTable(dbf, encodingOf(dbf, encoding, text(part('cpg')), notes))
    const shp = part('shp')!
    return { rows: rowsOf(shp, table), columns: table.columns, datum: null, crs: crsOf(text(part('prj'))), notes }
  },
}

/** Null without a .prj. Throws `bad-file` for a system that is not read. */
function crsOf(prj: string | null): Crs | null {
  if (prj === null || prj.trim() === '') return null
  const crs = crsOfWkt(prj)
  if ('reason' in crs) throw new Problem('bad-file', `The file’s coordinate system cannot be used: ${crs.reason}.`)
  return crs
}

async function* rowsOf(bytes: Uint8Array, { rows }: Table): AsyncGenerator<SourceRow> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const broken = (why: string) => new Problem('bad-file', `The shapes (.shp) are broken: ${why}.`)
  if (bytes.length < HEADER || view.getInt32(0) !== FILE_CODE) throw broken('they have no header')
  let row = 0
  for (let at = HEADER; at + 8 <= bytes.length;) {
    const length = 2 * view.getInt32(at + 4)
    if (length < 4 || at + 8 + length > bytes.length) throw broken(`record ${row + 1} has no end`)
    const record = new DataView(bytes.buffer, bytes.byteOffset + at + 8, length)
    at += 8 + length
    row++
    if (row > rows.length) throw broken(`they are more than the table's ${rows.length} rows`)
    const properties = rows[row - 1]!
    if (properties === null) continue
    const shape = readShape(record)
    yield 'fault' in shape ? { row, properties, geometry: null, fault: shape.fault } : { row, properties, geometry: shape.geometry }
  }
  if (row < rows.length) throw broken(`they are ${row}, but the table has ${rows.length} rows`)
}

/** By type: 1 point, 3 line, 5 polygon, 8 points; with heights 10 more, with measures 20 more. */
function readShape(record: DataView): { geometry: Geometry | null } | { fault: string } {
  const type = record.getInt32(0, true)
  if (type === 0) return { geometry: null }
  const kind = [1, 3, 5, 8].includes(type % 10) && type < 30 ? type % 10 : 0
  try {
    if (kind === 1) return { geometry: { type: 'Point', coordinates: positionAt(record, 4) } }
    if (kind === 8) {
      const count = record.getInt32(36, true)
      if (count < 1 || 40 + 16 * count > record.byteLength) return { fault: 'has fewer points than it says' }
      return { geometry: { type: 'MultiPoint', coordinates: Array.from({ length: count }, (_, i) => positionAt(record, 40 + 16 * i)) } }
    }
    if (kind === 0) return { fault: `has a shape of type ${type}, which is not read` }
    const parts = partsOf(record)
    if ('fault' in parts) return parts
    if (kind === 5) return { geometry: polygonsOf(parts.lines) }
    const [only] = parts.lines
    return {
      geometry:
        parts.lines.length === 1 ? { type: 'LineString', coordinates: only! } : { type: 'MultiLineString', coordinates: parts.lines },
    }
  } catch (cause) {
    if (cause instanceof RangeError) return { fault: 'has a shape that is cut off' }
    throw cause
  }
}

const positionAt = (record: DataView, at: number): Position => [record.getFloat64(at, true), record.getFloat64(at + 8, true)]

function partsOf(record: DataView): { lines: Position[][] } | { fault: string } {
  const [partCount, pointCount] = [record.getInt32(36, true), record.getInt32(40, true)]
  const points = 44 + 4 * partCount
  if (partCount < 1 || pointCount < 1 || points + 16 * pointCount > record.byteLength) return { fault: 'has fewer points than it says' }
  const starts = Array.from({ length: partCount }, (_, i) => record.getInt32(44 + 4 * i, true))
  if (starts[0] !== 0 || starts.some((start, i) => start < 0 || start > (starts[i + 1] ?? pointCount)))
    return { fault: 'has parts in disorder' }
  const lines = starts.map((start, i) =>
    Array.from({ length: (starts[i + 1] ?? pointCount) - start }, (_, k) => positionAt(record, points + 16 * (start + k))),
  )
  return { lines: lines.filter((line) => line.length > 0) }
}

interface Ring {
  positions: Position[]
  /** Twice the area, negative when clockwise. */
  area: number
  box: [number, number, number, number]
}

/** Clockwise rings are land; each other one is a hole of the smallest that holds it, and land by itself where none does. */
function polygonsOf(lines: Position[][]): Geometry {
  const rings = lines.map(measured)
  const outers = rings.filter(({ area }) => area <= 0)
  const polygons = new Map(outers.map((ring) => [ring, [ring.positions]]))
  const index = outers.length > 0 ? new Flatbush(outers.length) : null
  for (const { box } of outers) index!.add(...box)
  index?.finish()
  for (const hole of rings) {
    if (hole.area <= 0) continue
    const [x, y] = hole.box
    let home: Ring | null = null
    for (const id of index?.search(x, y, x, y) ?? []) {
      const outer = outers[id]!
      if (hole.area <= -outer.area && (!home || outer.area > home.area) && holds(outer, hole)) home = outer
    }
    if (home) polygons.get(home)!.push(hole.positions)
    else polygons.set(hole, [hole.positions])
  }
  const coordinates = [...polygons.values()]
  return coordinates.length === 1 ? { type: 'Polygon', coordinates: coordinates[0]! } : { type: 'MultiPolygon', coordinates }
}

function measured(positions: Position[]): Ring {
  const [ox, oy] = positions[0] as [number, number]
  const box: Ring['box'] = [ox, oy, ox, oy]
  let area = 0
  for (let i = 0; i < positions.length; i++) {
    const [x, y] = positions[i] as [number, number]
    const [nextX, nextY] = positions[(i + 1) % positions.length] as [number, number]
    area += (x - ox) * (nextY - oy) - (nextX - ox) * (y - oy)
    box[0] = Math.min(box[0], x)
    box[1] = Math.min(box[1], y)
    box[2] = Math.max(box[2], x)
    box[3] = Math.max(box[3], y)
  }
  return { positions, area, box }
}

const SAMPLE = 15

/** Most of some vertices decide: a hole may touch the ring that it lies in. */
function holds(outer: Ring, inner: Ring): boolean {
  const step = Math.max(1, Math.floor(inner.positions.length / SAMPLE))
  let votes = 0
  for (let i = 0; i < inner.positions.length; i += step) votes += isInside(inner.positions[i] as [number, number], outer.positions) ? 1 : -1
  return votes > 0
}

function isInside([px, py]: [number, number], ring: readonly Position[]): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[j] as [number, number]
    const [bx, by] = ring[i] as [number, number]
    if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}
