/**
 * The heat cube: how many incidents each cell had in each step of time, sparse, as bytes. docs/heat.md describes every byte; the server
 * writes it and the browser reads it with this same code. Little-endian; a varint is unsigned LEB128.
 *
 *   offset  type     what
 *   0       4 bytes  'GWHC'
 *   4       Uint8    version of this layout: 1
 *   5       Uint8    flags: 1 weighted, 2 merged (small numbers), 4 withheld (some were left out: fewer than the least number)
 *   6       Uint8    step: 0 hour, 1 day, 2 week
 *   7       Uint8    0
 *   8       Int32    originX, west edge of column 0, 1e-7 degree
 *   12      Int32    originY, south edge of row 0, 1e-7 degree
 *   16      Uint32   cellX, width of a cell, 1e-7 degree
 *   20      Uint32   cellY, height of a cell, 1e-7 degree
 *   24      Uint32   metres, the size of a cell as it is asked for
 *   28      Uint32   columns
 *   32      Uint32   rows
 *   36      Uint32   cells that follow
 *   40      Uint32   entries that follow
 *   44      Uint32   steps
 *   48      Float64  first boundary, seconds since 1970
 *   56      Uint32   total: incidents in the cells
 *   60      Uint32   unplaced: incidents that match but came without a place
 *   64      varints  steps × length of the step, seconds
 *           varints  cells × row, as the difference from the row of the cell before (the first: from 0)
 *           varints  cells × column: as the difference from the column before where the row is the same, otherwise itself
 *           bytes    merged only: cells × level: the cell is 2^level columns wide and rows high; 255: anywhere in what was asked for
 *           varints  cells × number of its entries
 *           varints  entries × step, in each cell as the difference from the entry before (the first: itself)
 *           varints  entries × incidents
 *           varints  weighted only: entries × sum of weights
 *
 * Cells come by row, then column (then level), entries by step.
 */
import type { CellSize } from './lattice.ts'

export const CUBE_STEPS = ['hour', 'day', 'week'] as const
export type CubeStep = (typeof CUBE_STEPS)[number]

/** The level of a cell that is no place but all that was asked for. */
export const ANYWHERE = 255

/** Cells with their entries: `starts[c]` to `starts[c + 1]` are the entries of cell c. */
export interface CubeCells {
  columns: Int32Array
  rows: Int32Array
  /** Null where nothing was merged: all are 0. */
  levels: Uint8Array | null
  starts: Uint32Array
  steps: Uint32Array
  counts: Uint32Array
  /** Null where the cube is not weighted. */
  weights: Uint32Array | null
}

export interface Cube extends CubeCells {
  step: CubeStep
  /** West and south edge of column 0 and row 0, 1e-7 degree; columns and rows count from there. */
  originX: number
  originY: number
  cellX: number
  cellY: number
  metres: CellSize
  width: number
  height: number
  /** Seconds since 1970: step s is [bounds[s], bounds[s + 1]). */
  bounds: Float64Array
  /** Incidents in the cells. */
  total: number
  /** Incidents that match but came without a place. */
  unplaced: number
  /** Fewer than the least number were left out somewhere. */
  withheld: boolean
}

const MAGIC = [0x47, 0x57, 0x48, 0x43]
const VERSION = 1
const HEAD = 64
const FLAG = { weighted: 1, merged: 2, withheld: 4 }

/** Box of a cell in 1e-7 degree: [west, south, east, north], west and south inside, east and north not. Null for ANYWHERE. */
export function cellBox(cube: Cube, cell: number): [west: number, south: number, east: number, north: number] | null {
  const level = cube.levels?.[cell] ?? 0
  if (level === ANYWHERE) return null
  const west = cube.originX + cube.columns[cell]! * cube.cellX
  const south = cube.originY + cube.rows[cell]! * cube.cellY
  return [west, south, west + cube.cellX * 2 ** level, south + cube.cellY * 2 ** level]
}

/** How many bytes numbers of up to 32 bits take as varints. */
function sizeOfVarints(values: Uint32Array): number {
  let size = values.length
  for (let i = 0; i < values.length; i++) for (let rest = values[i]! >>> 7; rest > 0; rest >>>= 7) size++
  return size
}

/** Writes them from `at` on; where they end. */
function writeVarints(bytes: Uint8Array, at: number, values: Uint32Array): number {
  for (let i = 0; i < values.length; i++) {
    let rest = values[i]!
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[at++] = rest
  }
  return at
}

/** Of each number the difference from the one before; `base` says from what instead, of the places where it is not null. */
function differences(values: ArrayLike<number>, base: (place: number) => number | null): Uint32Array {
  const found = new Uint32Array(values.length)
  for (let n = 0; n < found.length; n++) found[n] = values[n]! - (base(n) ?? values[n - 1]!)
  return found
}

/** Of each entry the difference from the one before in its cell; of the first, its step. */
function stepDifferences({ starts, steps }: CubeCells): Uint32Array {
  const found = steps.slice()
  for (let cell = 0; cell + 1 < starts.length; cell++)
    for (let entry = starts[cell + 1]! - 1; entry > starts[cell]!; entry--) found[entry]! -= steps[entry - 1]!
  return found
}

/** Cube → bytes. */
export function encodeCube(cube: Cube): Uint8Array<ArrayBuffer> {
  const { columns, rows, levels, starts, steps, counts, weights, bounds } = cube
  const [cells, entries] = [columns.length, steps.length]
  const places = [
    differences(bounds.subarray(1), (step) => (step === 0 ? bounds[0]! : null)),
    differences(rows, (cell) => (cell === 0 ? 0 : null)),
    differences(columns, (cell) => (cell === 0 || rows[cell] !== rows[cell - 1] ? 0 : null)),
  ]
  const contents = [differences(starts.subarray(1), (cell) => (cell === 0 ? 0 : null)), stepDifferences(cube), counts, ...(weights ? [weights] : [])] // prettier-ignore
  const size = [...places, ...contents].reduce((sum, values) => sum + sizeOfVarints(values), HEAD + (levels?.length ?? 0))
  const bytes = new Uint8Array(size)
  let at = HEAD
  for (const values of places) at = writeVarints(bytes, at, values)
  if (levels) bytes.set(levels, at)
  at += levels?.length ?? 0
  for (const values of contents) at = writeVarints(bytes, at, values)

  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  bytes[4] = VERSION
  bytes[5] = (weights ? FLAG.weighted : 0) | (levels ? FLAG.merged : 0) | (cube.withheld ? FLAG.withheld : 0)
  bytes[6] = CUBE_STEPS.indexOf(cube.step)
  view.setInt32(8, cube.originX, true)
  view.setInt32(12, cube.originY, true)
  const numbers = [cube.cellX, cube.cellY, cube.metres, cube.width, cube.height, cells, entries, bounds.length - 1]
  for (const [i, number] of numbers.entries()) view.setUint32(16 + 4 * i, number, true)
  view.setFloat64(48, bounds[0]!, true)
  view.setUint32(56, cube.total, true)
  view.setUint32(60, cube.unplaced, true)
  return bytes
}

class Reader {
  readonly #bytes: Uint8Array
  #at = HEAD
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  get left(): number {
    return this.#bytes.length - this.#at
  }
  byte(): number {
    if (this.#at >= this.#bytes.length) throw new RangeError('the cube is cut off')
    return this.#bytes[this.#at++]!
  }
  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      if (scale > 2 ** 42) throw new RangeError('a number of the cube is too long')
    }
  }
  varints<T extends Uint32Array | Int32Array>(into: T): T {
    for (let i = 0; i < into.length; i++) into[i] = this.varint()
    return into
  }
}

/** Bytes → cube. Throws a RangeError on what is no cube of this version, or not whole. */
export function decodeCube(bytes: Uint8Array): Cube {
  if (bytes.length < HEAD || MAGIC.some((byte, i) => bytes[i] !== byte)) throw new RangeError('no heat cube')
  if (bytes[4] !== VERSION) throw new RangeError(`a heat cube in the unknown layout ${bytes[4]}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const step = CUBE_STEPS[bytes[6]!]
  if (step === undefined) throw new RangeError(`a heat cube of the unknown step ${bytes[6]}`)
  const flags = bytes[5]!
  const [cellX, cellY, metres, width, height, cells, entries, stepCount] = Array.from({ length: 8 }, (_, i) =>
    view.getUint32(16 + 4 * i, true),
  ) as [number, number, CellSize, number, number, number, number, number]
  const input = new Reader(bytes)
  // Each takes a byte at least: what claims more is not read.
  if (stepCount + 3 * cells + 2 * entries > input.left) throw new RangeError('the cube is cut off')
  const bounds = new Float64Array(stepCount + 1)
  bounds[0] = view.getFloat64(48, true)
  for (let s = 0; s < stepCount; s++) bounds[s + 1] = bounds[s]! + input.varint()
  const rows = input.varints(new Int32Array(cells))
  for (let c = 1; c < cells; c++) rows[c]! += rows[c - 1]!
  const columns = input.varints(new Int32Array(cells))
  for (let c = 1; c < cells; c++) if (rows[c] === rows[c - 1]) columns[c]! += columns[c - 1]!
  const levels = flags & FLAG.merged ? new Uint8Array(cells) : null
  if (levels) for (let c = 0; c < cells; c++) levels[c] = input.byte()
  const starts = new Uint32Array(cells + 1)
  for (let c = 0; c < cells; c++) starts[c + 1] = starts[c]! + input.varint()
  if (starts[cells] !== entries) throw new RangeError('the cube does not add up')
  const steps = input.varints(new Uint32Array(entries))
  for (let c = 0; c < cells; c++) for (let e = starts[c]! + 1; e < starts[c + 1]!; e++) steps[e]! += steps[e - 1]!
  if (steps.some((each) => each >= stepCount)) throw new RangeError('the cube does not add up')
  const counts = input.varints(new Uint32Array(entries))
  const weights = flags & FLAG.weighted ? input.varints(new Uint32Array(entries)) : null
  if (input.left !== 0) throw new RangeError('something follows the cube')
  return {
    ...{ step, cellX, cellY, metres, width, height, bounds, columns, rows, levels, starts, steps, counts, weights },
    originX: view.getInt32(8, true),
    originY: view.getInt32(12, true),
    total: view.getUint32(56, true),
    unplaced: view.getUint32(60, true),
    withheld: (flags & FLAG.withheld) !== 0,
  }
}
