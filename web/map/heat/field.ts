/**
 * From counts in cells to a smooth density. A field is a rectangle of the county's cells (see #model/heat/lattice.ts), row by row from
 * the south, each row from the west, with a margin into which the smoothing may spread.
 */
import type { Cube } from '#model/heat/cube.ts'
import { ANYWHERE } from '#model/heat/cube.ts'
import { GRID } from '#model/crs.ts'

export interface Field {
  /** West and south edge of the first cell, and the size of a cell, in 1e-7 degree. */
  originX: number
  originY: number
  cellX: number
  cellY: number
  columns: number
  rows: number
}

/** Kilometres of one degree of latitude on the mean sphere. */
const DEGREE_KM = 111.19508

/** Cells to which a kernel of `sigma` cells reaches: beyond three sigma lies a quarter of a per cent. */
export const reachOf = (sigma: number): number => Math.ceil(sigma * 3)

/** The field that holds all cells of a cube with `margin` cells around; null without a cell that has a place. */
export function fieldAround(cube: Cube, margin: number): Field | null {
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let cell = 0; cell < cube.columns.length; cell++) {
    const level = cube.levels?.[cell] ?? 0
    if (level === ANYWHERE) continue
    const side = 2 ** level
    west = Math.min(west, cube.columns[cell]!)
    east = Math.max(east, cube.columns[cell]! + side)
    south = Math.min(south, cube.rows[cell]!)
    north = Math.max(north, cube.rows[cell]! + side)
  }
  if (west === Infinity) return null
  return {
    originX: cube.originX + (west - margin) * cube.cellX,
    originY: cube.originY + (south - margin) * cube.cellY,
    cellX: cube.cellX,
    cellY: cube.cellY,
    columns: east - west + 2 * margin,
    rows: north - south + 2 * margin,
  }
}

/** Square kilometres of the cells of one row. */
export function cellKm2({ originY, cellX, cellY }: Field, row: number): number {
  const latitude = (originY + (row + 0.5) * cellY) / GRID
  return (cellX / GRID) * (cellY / GRID) * DEGREE_KM * DEGREE_KM * Math.cos((latitude * Math.PI) / 180)
}

/** The cell that holds a place: whole numbers, perhaps outside of the field. */
export const cellAt = ({ originX, originY, cellX, cellY }: Field, [lng, lat]: readonly [number, number]): [column: number, row: number] => [
  Math.floor((Math.round(lng * GRID) - originX) / cellX),
  Math.floor((Math.round(lat * GRID) - originY) / cellY),
]

/**
 * Places each cell's value in the field; a merged cell's is spread evenly over the cells it covers. `scatter` knows where once and for
 * all, so that a step of the brush only adds up.
 */
export function createScatter(cube: Cube, field: Field): (values: ArrayLike<number>, into: Float32Array) => void {
  const [column0, row0] = [(field.originX - cube.originX) / cube.cellX, (field.originY - cube.originY) / cube.cellY]
  const at = Int32Array.from(cube.columns, (column, cell) => (cube.rows[cell]! - row0) * field.columns + (column - column0))
  const { levels } = cube
  return (values, into) => {
    into.fill(0)
    for (let cell = 0; cell < at.length; cell++) {
      const value = values[cell]!
      if (value === 0) continue
      const level = levels?.[cell] ?? 0
      if (level === 0) into[at[cell]!]! += value
      else if (level !== ANYWHERE) spread(into, at[cell]!, 2 ** level, field.columns, value)
    }
  }
}

function spread(into: Float32Array, first: number, side: number, columns: number, value: number): void {
  const share = value / (side * side)
  for (let row = 0; row < side; row++) for (let column = 0; column < side; column++) into[first + row * columns + column]! += share
}

/**
 * Smooths `source` into `target` by a Gaussian of `sigma` cells, whose weights sum to one: what lies farther than the kernel's reach
 * from the rim is kept to the last count. `between` is of the same size and is overwritten.
 */
export function smooth(source: Float32Array, target: Float32Array, between: Float32Array, { columns, rows }: Field, sigma: number): void {
  const kernel = kernelOf(sigma)
  along(source, between, columns, rows, 1, columns, kernel)
  along(between, target, rows, columns, columns, 1, kernel)
}

/** Weights of the middle and one side, so that the whole kernel sums to one. */
export function kernelOf(sigma: number): Float64Array {
  const kernel = Float64Array.from({ length: reachOf(sigma) + 1 }, (_weight, n) => Math.exp((-n * n) / (2 * sigma * sigma)))
  const sum = kernel[0]! + 2 * kernel.subarray(1).reduce((total, each) => total + each, 0)
  return kernel.map((each) => each / sum)
}

/** One direction: `lines` lines of `length` values that lie `step` apart, a line's first `stride` after the one before. */
function along(from: Float32Array, to: Float32Array, length: number, lines: number, step: number, stride: number, kernel: Float64Array) {
  const reach = kernel.length - 1
  to.fill(0)
  for (let line = 0; line < lines; line++) {
    const first = line * stride
    for (let n = 0; n < length; n++) {
      const value = from[first + n * step]!
      // Most of a county's field is empty, and most windows leave it so: what is nothing spreads nothing.
      if (value === 0) continue
      const [low, high] = [Math.max(0, n - reach), Math.min(length - 1, n + reach)]
      for (let at = low; at <= high; at++) to[first + at * step]! += value * kernel[Math.abs(at - n)]!
    }
  }
}
