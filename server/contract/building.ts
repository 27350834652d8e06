/**
 * Buildings as columns of bytes: what the balance under a pointer reads without parsing anything. All numbers are little-endian,
 * every column begins on a multiple of four bytes, and a typed array can be laid over each as it came.
 *
 *   offset          type               what
 *   0               4 bytes            'GWBD'
 *   4               Uint16             version of this layout: 1
 *   6               Uint16             1 when outlines follow, otherwise 0
 *   8               Uint32             n, number of buildings
 *   12              Uint32             p, length of the last column; 0 without outlines
 *   16              Int32[n]           longitude, 1e-7 degree
 *   16 + 4n         Int32[n]           latitude, 1e-7 degree
 *   16 + 8n         Uint16[n]          households
 *   16 + 10n        Uint16[n]          residents
 *   16 + 12n        Int32[n + 1]       with outlines: where each building's begins in the last column; equal to the next: it has none
 *   20 + 16n        Int32[p]           with outlines: longitude, latitude, …, outer rings that are not closed
 */
import type { BuildingColumns } from '#model/buildings.ts'

export const BUILDINGS_TYPE = 'application/vnd.gridward.buildings'
/** Households or residents of one building: what the columns hold. */
export const MOST_IN_BUILDING = 0xffff

const MAGIC = [0x47, 0x57, 0x42, 0x44]
const VERSION = 1
const HEAD = 16

/** Columns → bytes. */
export function writeBuildings({ x, y, households, residents, footprints }: BuildingColumns): Uint8Array<ArrayBuffer> {
  const n = x.length
  const p = footprints?.points.length ?? 0
  const buffer = new ArrayBuffer(HEAD + 12 * n + (footprints ? 4 * (n + 1 + p) : 0))
  const view = new DataView(buffer)
  const bytes = new Uint8Array(buffer)
  bytes.set(MAGIC)
  view.setUint16(4, VERSION, true)
  view.setUint16(6, footprints ? 1 : 0, true)
  view.setUint32(8, n, true)
  view.setUint32(12, p, true)
  new Int32Array(buffer, HEAD, n).set(x)
  new Int32Array(buffer, HEAD + 4 * n, n).set(y)
  new Uint16Array(buffer, HEAD + 8 * n, n).set(households)
  new Uint16Array(buffer, HEAD + 10 * n, n).set(residents)
  if (footprints) {
    new Int32Array(buffer, HEAD + 12 * n, n + 1).set(footprints.offsets)
    new Int32Array(buffer, HEAD + 16 * n + 4, p).set(footprints.points)
  }
  return bytes
}

/** Bytes → columns that lie on the same memory, for `new Buildings(columns)`. Throws a RangeError on what is no such file, or not whole. */
export function readBuildings(buffer: ArrayBuffer): BuildingColumns {
  const view = new DataView(buffer)
  if (buffer.byteLength < HEAD || MAGIC.some((byte, i) => view.getUint8(i) !== byte)) throw new RangeError('no columns of buildings')
  const version = view.getUint16(4, true)
  if (version !== VERSION) throw new RangeError(`buildings in the unknown layout ${version}`)
  const [hasFootprints, n, p] = [view.getUint16(6, true) === 1, view.getUint32(8, true), view.getUint32(12, true)]
  if (buffer.byteLength !== HEAD + 12 * n + (hasFootprints ? 4 * (n + 1 + p) : 0)) throw new RangeError('columns of buildings are cut off')
  const columns = {
    x: new Int32Array(buffer, HEAD, n),
    y: new Int32Array(buffer, HEAD + 4 * n, n),
    households: new Uint16Array(buffer, HEAD + 8 * n, n),
    residents: new Uint16Array(buffer, HEAD + 10 * n, n),
  }
  if (!hasFootprints) return columns
  return {
    ...columns,
    footprints: { offsets: new Int32Array(buffer, HEAD + 12 * n, n + 1), points: new Int32Array(buffer, HEAD + 16 * n + 4, p) },
  }
}
