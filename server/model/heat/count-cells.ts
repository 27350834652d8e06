/** Counting rows of a month by cell and step: dealt out to the cells of the rectangle that holds them where that is not too large, otherwise sorted. */
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

/** A rectangle of up to so many cells is counted in a table of them. */
const MOST_CELLS = 1 << 22
/** Keys of a cell come nearly sorted: when putting them right takes more moves each than this, they were not. */
const MOST_MOVES = 16

const WEIGHTS = Uint8Array.from({ length: 256 }, (_, traits) =>
  traits < TRAITS && traits !== DEAD ? SEVERITY_WEIGHTS[severityOf(traits)] : 0,
)

/** A key is a step, and in its lowest bits a weight. */
const WEIGHT_BITS = 3
const WEIGHT_MASK = (1 << WEIGHT_BITS) - 1

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
  const count = rectangle.width * rectangle.height <= MOST_CELLS ? countByCell : countSorted
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

/** Deals the rows out to their cells, each as a key of its step and its weight, and then looks at each cell. */
function countByCell(
  block: MonthBlock,
  rows: Uint32Array,
  { cellX, cellY }: Lattice,
  bounds: Float64Array,
  weighted: boolean,
  { west, south, width, height }: Rectangle,
): CubeCells {
  const { xs, ys, times, traits } = block
  const stepAt = stepFinder(block, bounds)
  const cellOf = new Uint32Array(rows.length)
  /** Where the keys of each cell begin; until they are dealt out, of the cell before. */
  const starts = new Uint32Array(width * height + 2)
  for (let n = 0; n < rows.length; n++) {
    const x = xs[rows[n]!]!
    if (x === NOWHERE) continue
    const cell = (Math.floor(ys[rows[n]!]! / cellY) - south) * width + Math.floor(x / cellX) - west
    cellOf[n] = cell
    starts[cell + 2]!++
  }
  for (let cell = 0; cell < width * height; cell++) starts[cell + 2]! += starts[cell + 1]!
  const keys = new Uint32Array(starts.at(-1)!)
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!
    if (xs[row] === NOWHERE) continue
    keys[starts[cellOf[n]! + 1]!++] = (stepAt(times[row]!) << WEIGHT_BITS) | WEIGHTS[traits[row]!]!
  }
  return entriesOf(keys, starts, { west, south, width, height }, weighted)
}

/** What the keys of each cell become: those of a step one entry. Sorts them. */
function entriesOf(keys: Uint32Array, starts: Uint32Array, { west, south, width, height }: Rectangle, weighted: boolean): CubeCells {
  const most = Math.min(width * height, keys.length)
  const [columns, rows, firsts] = [new Int32Array(most), new Int32Array(most), new Uint32Array(most + 1)]
  const [steps, counts] = [new Uint32Array(keys.length), new Uint32Array(keys.length)]
  const weights = weighted ? new Uint32Array(keys.length) : null
  let [cells, entries] = [0, 0]
  for (let cell = 0; cell < width * height; cell++) {
    const [from, to] = [starts[cell]!, starts[cell + 1]!]
    if (from === to) continue
    sortKeys(keys, from, to)
    let last = -1
    for (let n = from; n < to; n++) {
      const step = keys[n]! >>> WEIGHT_BITS
      if (step !== last) steps[entries++] = last = step
      counts[entries - 1]!++
      if (weights) weights[entries - 1]! += keys[n]! & WEIGHT_MASK
    }
    columns[cells] = west + (cell % width)
    rows[cells] = south + Math.floor(cell / width)
    firsts[++cells] = entries
  }
  return {
    ...{ columns: columns.slice(0, cells), rows: rows.slice(0, cells), levels: null, starts: firsts.slice(0, cells + 1) },
    ...{ steps: steps.slice(0, entries), counts: counts.slice(0, entries), weights: weights && weights.slice(0, entries) },
  }
}

/** Sorts keys [from, to), which come in order but for those within a slice of the month and the few behind its sorted part. */
function sortKeys(keys: Uint32Array, from: number, to: number): void {
  let moves = MOST_MOVES * (to - from)
  for (let n = from + 1; n < to; n++) {
    const key = keys[n]!
    const least = (key | WEIGHT_MASK) >>> 0
    let place = n
    for (; place > from && keys[place - 1]! > least; place--) keys[place] = keys[place - 1]!
    keys[place] = key
    moves -= n - place
    if (moves < 0) return void keys.subarray(from, to).sort()
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
