/** From items (a cell, a step, a number) in any order to the cells and entries of a cube. */
import type { CubeCells } from './cube.ts'

/** Items as columns; column and row count from the lattice's own origin. */
export interface CellItems {
  size: number
  columns: Int32Array
  rows: Int32Array
  steps: Uint32Array
  /** Null: each counts one. */
  counts: Uint32Array | null
  weights: Uint32Array | null
}

/** A rectangle of up to so many cells is looked up in a table, a larger one in a map. */
const MOST_TABLE = 1 << 22
/** Wider than any column of the smallest cells. */
const WIDE = 2 ** 24

/** Numbers the cells of items by row, then column. */
function rank({ size, columns, rows }: CellItems): { ids: Uint32Array; columns: Int32Array; rows: Int32Array } {
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < size; i++) {
    const [column, row] = [columns[i]!, rows[i]!]
    if (column < west) west = column
    if (column > east) east = column
    if (row < south) south = row
    if (row > north) north = row
  }
  const ids = new Uint32Array(size)
  if (size === 0) return { ids, columns: new Int32Array(0), rows: new Int32Array(0) }
  const width = east - west + 1
  if (width * (north - south + 1) <= MOST_TABLE) {
    const table = new Uint32Array(width * (north - south + 1))
    for (let i = 0; i < size; i++) table[(rows[i]! - south) * width + columns[i]! - west] = 1
    let cells = 0
    for (let place = 0; place < table.length; place++) if (table[place] === 1) table[place] = ++cells
    const [cellColumns, cellRows] = [new Int32Array(cells), new Int32Array(cells)]
    for (let place = 0; place < table.length; place++) {
      const cell = table[place]!
      if (cell === 0) continue
      cellColumns[cell - 1] = (place % width) + west
      cellRows[cell - 1] = Math.floor(place / width) + south
    }
    for (let i = 0; i < size; i++) ids[i] = table[(rows[i]! - south) * width + columns[i]! - west]! - 1
    return { ids, columns: cellColumns, rows: cellRows }
  }
  const keyOf = (i: number) => (rows[i]! - south) * WIDE + columns[i]! - west
  const known = new Map<number, number>()
  for (let i = 0; i < size; i++) known.set(keyOf(i), 0)
  const keys = Float64Array.from(known.keys()).sort()
  for (const [n, key] of keys.entries()) known.set(key, n)
  for (let i = 0; i < size; i++) ids[i] = known.get(keyOf(i))!
  return {
    ids,
    columns: Int32Array.from(keys, (key) => (key % WIDE) + west),
    rows: Int32Array.from(keys, (key) => Math.floor(key / WIDE) + south),
  }
}

/** Places of items in the order of `keys`, equal ones as they came: `before` is the order until now. */
function sortBy(keys: Uint32Array, size: number, buckets: number, before: Uint32Array | null): Uint32Array {
  const next = new Uint32Array(buckets + 1)
  for (let i = 0; i < size; i++) next[keys[i]! + 1]!++
  for (let n = 0; n < buckets; n++) next[n + 1]! += next[n]!
  const order = new Uint32Array(size)
  for (let n = 0; n < size; n++) {
    const i = before ? before[n]! : n
    order[next[keys[i]!]!++] = i
  }
  return order
}

/** Cells by row and column, entries by step; items of the same cell and step become one entry. Columns and rows stay as they count. */
export function gatherCells(items: CellItems, stepCount: number): CubeCells {
  const { size, steps, counts, weights } = items
  const { ids, columns, rows } = rank(items)
  const order = sortBy(ids, size, columns.length, sortBy(steps, size, stepCount, null))
  const starts = new Uint32Array(columns.length + 1)
  const [entrySteps, entryCounts] = [new Uint32Array(size), new Uint32Array(size)]
  const entryWeights = weights ? new Uint32Array(size) : null
  let [entry, cell, step] = [-1, -1, -1]
  for (const i of order) {
    if (ids[i] !== cell || steps[i] !== step) {
      entry++
      if (ids[i] !== cell) starts[ids[i]!] = entry
      cell = ids[i]!
      step = steps[i]!
      entrySteps[entry] = step
    }
    entryCounts[entry]! += counts ? counts[i]! : 1
    if (entryWeights) entryWeights[entry]! += weights![i]!
  }
  starts[columns.length] = entry + 1
  return {
    ...{ columns, rows, levels: null, starts },
    steps: entrySteps.slice(0, entry + 1),
    counts: entryCounts.slice(0, entry + 1),
    weights: entryWeights && entryWeights.slice(0, entry + 1),
  }
}

/** Several tallies on one lattice as one; `shifts[n]` is added to the steps of the n-th. */
export function joinCells(parts: readonly CubeCells[], shifts: readonly number[], stepCount: number, weighted: boolean): CubeCells {
  const size = parts.reduce((sum, { steps }) => sum + steps.length, 0)
  const items = {
    size,
    columns: new Int32Array(size),
    rows: new Int32Array(size),
    steps: new Uint32Array(size),
    counts: new Uint32Array(size),
    weights: weighted ? new Uint32Array(size) : null,
  }
  let at = 0
  for (const [n, part] of parts.entries()) {
    const [from, shift] = [at, shifts[n]!]
    items.counts.set(part.counts, from)
    if (items.weights && part.weights) items.weights.set(part.weights, from)
    for (let cell = 0; cell < part.columns.length; cell++) {
      items.columns.fill(part.columns[cell]!, from + part.starts[cell]!, from + part.starts[cell + 1]!)
      items.rows.fill(part.rows[cell]!, from + part.starts[cell]!, from + part.starts[cell + 1]!)
    }
    for (let entry = 0; entry < part.steps.length; entry++) items.steps[at++] = part.steps[entry]! + shift
  }
  return gatherCells(items, stepCount)
}
