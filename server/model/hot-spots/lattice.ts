/**
 * The squares that hot spots are counted in. Columns and rows are counted from longitude and latitude 0, so that a square is the
 * same in every window and for every reader of a county; their sides are metres on the ground at the county's own latitude.
 */
import { GRID } from '../crs.ts'
import { metresPerUnit } from '../measure.ts'

export interface Lattice {
  /** Side in metres. */
  side: number
  /** Degrees of a side. */
  dx: number
  dy: number
}

/** @param latitude of the county; tenths of a degree are enough, and do not move with its border */
export function latticeOf(side: number, latitude: number): Lattice {
  const { x, y } = metresPerUnit((Math.round(latitude * 10) / 10) * GRID)
  return { side, dx: side / x / GRID, dy: side / y / GRID }
}

/** `column.row` */
export const squareKey = (column: number, row: number): string => `${column}.${row}`

/** Column and row of a key; null when it is none. */
export function readSquare(key: string): [column: number, row: number] | null {
  const match = /^(-?\d{1,7})\.(-?\d{1,7})$/.exec(key)
  return match ? [Number(match[1]), Number(match[2])] : null
}

/** [west, south, east, north] of a square, in degrees. */
export const squareBox = ({ dx, dy }: Lattice, column: number, row: number): [number, number, number, number] => [
  column * dx,
  row * dy,
  (column + 1) * dx,
  (row + 1) * dy,
]
