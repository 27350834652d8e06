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

export interface Ranked {
  /** Of each item the place of its cell. */
  ids: Uint32Array
  /** Of each cell. */
  columns: Int32Array
  rows: Int32Array
}

/** Numbers the cells of items by row, then column. */
export function rank({ size, columns, rows }: Pick<CellItems, 'size' | 'columns' | 'rows'>): Ranked {
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
export function sortBy(keys: Uint32Array, size: number, buckets: number, before: Uint32Array | null): Uint32Array {
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

/**
 * Several tallies on one lattice as one; `shifts[n]` is added to the steps of the n-th. They follow each other: no step of one lies before
 * the last of the one before, and where they meet in a step its entries become one.
 */
export function joinCells(parts: readonly CubeCells[], shifts: readonly number[], weighted: boolean): CubeCells {
  const size = parts.reduce((sum, { columns }) => sum + columns.length, 0)
  const all = { size, columns: new Int32Array(size), rows: new Int32Array(size) }
  let at = 0
  for (const part of parts) {
    all.columns.set(part.columns, at)
    all.rows.set(part.rows, at)
    at += part.columns.length
  }
  const { ids, columns, rows } = rank(all)
  const places: Places = { ids, starts: new Uint32Array(columns.length + 1), last: new Int32Array(columns.length).fill(-1) }
  let cell = 0
  for (const [n, part] of parts.entries()) cell = makeRoom(places, cell, part, shifts[n]!)
  const { starts } = places
  for (let n = 0; n < columns.length; n++) starts[n + 1]! += starts[n]!
  const entries = starts[columns.length]!
  const [steps, counts] = [new Uint32Array(entries), new Uint32Array(entries)]
  const weights = weighted ? new Uint32Array(entries) : null
  const into: Joined = { ids, starts, next: starts.slice(0, -1), steps, counts, weights }
  cell = 0
  for (const [n, part] of parts.entries()) cell = takeIn(into, cell, part, shifts[n]!)
  return { columns, rows, levels: null, starts, steps, counts, weights }
}

interface Places {
  /** Of the cells of all parts, one after the other, the place of each in the whole. */
  ids: Uint32Array
  /** Behind each place, how many entries it needs. */
  starts: Uint32Array
  /** The last step of each place so far. */
  last: Int32Array
}

/** Counts the entries that a part needs, `cell` being its first in `ids`; where the next part begins. */
function makeRoom({ ids, starts, last }: Places, cell: number, part: CubeCells, shift: number): number {
  const { starts: own, steps } = part
  for (let n = 0; n + 1 < own.length; n++, cell++) {
    const [id, from, to] = [ids[cell]!, own[n]!, own[n + 1]!]
    starts[id + 1]! += to - from - (steps[from]! + shift === last[id] ? 1 : 0)
    last[id] = steps[to - 1]! + shift
  }
  return cell
}

interface Joined extends Pick<CubeCells, 'starts' | 'steps' | 'counts' | 'weights'> {
  ids: Uint32Array
  /** Where each place's next entry goes. */
  next: Uint32Array
}

/** Adds the entries of a part, as above. */
function takeIn({ ids, starts, next, steps, counts, weights }: Joined, cell: number, part: CubeCells, shift: number): number {
  const { starts: own, steps: ownSteps, counts: ownCounts, weights: ownWeights } = part
  for (let n = 0; n + 1 < own.length; n++, cell++) {
    const [id, from, to] = [ids[cell]!, own[n]!, own[n + 1]!]
    let place = next[id]!
    if (place > starts[id]! && steps[place - 1] === ownSteps[from]! + shift) place--
    if (weights) for (let entry = from; entry < to; entry++) weights[place + entry - from]! += ownWeights![entry]!
    for (let entry = from; entry < to; entry++, place++) {
      steps[place] = ownSteps[entry]! + shift
      counts[place]! += ownCounts[entry]!
    }
    next[id] = place
  }
  return cell
}
