/** Counting rows of a month by cell and step: in a table of the rectangle that holds them where that is not too large, otherwise by sorting. */
import type { CubeCells } from './cube.ts'
import { DEAD, SEVERITY_WEIGHTS, severityOf, TRAITS } from './filter.ts'
import { gatherCells } from './gather.ts'
import type { Lattice } from './lattice.ts'
import { type MonthBlock, NOWHERE } from './month-block.ts'
import { stepFinder } from './steps.ts'

/** Columns and rows of the cells count from the lattice's origin. */
export interface CountedCells {
  cells: CubeCells
  /** Incidents without a place. */
  unplaced: number
}

/** A table has at most so many places, of a cell and a step, in all and to a row: with more it is quicker to sort. */
const MOST_PLACES = 1 << 23
const PLACES_EACH = 32

const WEIGHTS = Uint8Array.from({ length: 256 }, (_, traits) =>
  traits < TRAITS && traits !== DEAD ? SEVERITY_WEIGHTS[severityOf(traits)] : 0,
)

/** Cells [west, south] to [west + width, south + height). */
interface Rectangle {
  west: number
  south: number
  width: number
  height: number
}

/** `bounds` lie within the month and hold all of the rows. */
export function countCells(block: MonthBlock, rows: Uint32Array, lattice: Lattice, bounds: Float64Array, weighted: boolean): CountedCells {
  const { rectangle, unplaced } = rectangleOf(block, rows, lattice)
  const places = rectangle.width * rectangle.height * (bounds.length - 1)
  const count = places <= MOST_PLACES && places <= PLACES_EACH * rows.length ? countInTable : countSorted
  return { cells: count(block, rows, lattice, bounds, weighted, rectangle), unplaced }
}

function rectangleOf({ xs, ys }: MonthBlock, rows: Uint32Array, { cellX, cellY }: Lattice): { rectangle: Rectangle; unplaced: number } {
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity]
  let unplaced = 0
  for (let n = 0; n < rows.length; n++) {
    const [x, y] = [xs[rows[n]!]!, ys[rows[n]!]!]
    if (x === NOWHERE) {
      unplaced++
      continue
    }
    if (x < west) west = x
    if (x > east) east = x
    if (y < south) south = y
    if (y > north) north = y
  }
  if (unplaced === rows.length) return { rectangle: { west: 0, south: 0, width: 0, height: 0 }, unplaced }
  ;[west, east] = [Math.floor(west / cellX), Math.floor(east / cellX)]
  ;[south, north] = [Math.floor(south / cellY), Math.floor(north / cellY)]
  return { rectangle: { west, south, width: east - west + 1, height: north - south + 1 }, unplaced }
}

function countInTable(
  block: MonthBlock,
  rows: Uint32Array,
  { cellX, cellY }: Lattice,
  bounds: Float64Array,
  weighted: boolean,
  { west, south, width, height }: Rectangle,
): CubeCells {
  const { xs, ys, times, traits } = block
  const stepCount = bounds.length - 1
  const stepAt = stepFinder(block, bounds)
  const table = new Uint32Array(width * height * stepCount)
  const weightTable = weighted ? new Uint32Array(table.length) : null
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!
    const x = xs[row]!
    if (x === NOWHERE) continue
    const cell = (Math.floor(ys[row]! / cellY) - south) * width + Math.floor(x / cellX) - west
    const place = cell * stepCount + stepAt(times[row]!)
    table[place]!++
    if (weightTable) weightTable[place]! += WEIGHTS[traits[row]!]!
  }
  const [columns, cellRows, starts] = [new Int32Array(rows.length), new Int32Array(rows.length), new Uint32Array(rows.length + 1)]
  const [steps, counts] = [new Uint32Array(rows.length), new Uint32Array(rows.length)]
  const weights = weighted ? new Uint32Array(rows.length) : null
  let [cells, entries] = [0, 0]
  for (let cell = 0, place = 0; cell < width * height; cell++) {
    const before = entries
    for (let step = 0; step < stepCount; step++, place++) {
      if (table[place] === 0) continue
      steps[entries] = step
      counts[entries] = table[place]!
      if (weights) weights[entries] = weightTable![place]!
      entries++
    }
    if (entries === before) continue
    columns[cells] = west + (cell % width)
    cellRows[cells] = south + Math.floor(cell / width)
    starts[++cells] = entries
  }
  return {
    ...{ columns: columns.slice(0, cells), rows: cellRows.slice(0, cells), levels: null, starts: starts.slice(0, cells + 1) },
    ...{ steps: steps.slice(0, entries), counts: counts.slice(0, entries), weights: weights && weights.slice(0, entries) },
  }
}

function countSorted(block: MonthBlock, rows: Uint32Array, { cellX, cellY }: Lattice, bounds: Float64Array, weighted: boolean): CubeCells {
  const items = {
    size: 0,
    columns: new Int32Array(rows.length),
    rows: new Int32Array(rows.length),
    steps: new Uint32Array(rows.length),
    counts: null,
    weights: weighted ? new Uint32Array(rows.length) : null,
  }
  const stepAt = stepFinder(block, bounds)
  for (const row of rows) {
    const x = block.xs[row]!
    if (x === NOWHERE) continue
    const n = items.size++
    items.columns[n] = Math.floor(x / cellX)
    items.rows[n] = Math.floor(block.ys[row]! / cellY)
    items.steps[n] = stepAt(block.times[row]!)
    if (items.weights) items.weights[n] = WEIGHTS[block.traits[row]!]!
  }
  return gatherCells(items, bounds.length - 1)
}
