/**
 * A month counted by local day and cell, all incidents together: what cubes of days or weeks, of these cells or larger ones, are added up
 * from without reading rows. A day in which something came, moved or went is counted from its rows until the month is counted anew.
 */
import { type CountedCells, countCells } from './count-cells.ts'
import type { CubeCells } from './cube.ts'
import { joinCells, rank, sortBy } from './gather.ts'
import { type CellSize, type Lattice, latticeOf } from './lattice.ts'
import { boundsOf, type Clock } from './local-time.ts'
import { type MonthBlock, NOWHERE } from './month-block.ts'
import { stepFinder, stepOf } from './steps.ts'
import type { Rest } from './table-counts.ts'

const METRES: CellSize = 100
/** With more days than this to be counted from their rows, the month is counted anew. */
const MOST_CHANGED = 4

/** Rows of the seconds [low, high) of the block. */
export type ReadRows = (low: number, high: number) => Uint32Array

export class MonthDays {
  readonly #block: MonthBlock
  readonly #lattice: Lattice
  /** Seconds since 1970: the beginning of the month, its local midnights, its end. */
  readonly #bounds: Float64Array
  readonly #columns: Int32Array
  readonly #rows: Int32Array
  /** Where the entries of each cell begin, and where the last one's end. */
  readonly #starts: Uint32Array
  readonly #days: Uint8Array
  readonly #counts: Uint8Array | Uint16Array | Uint32Array
  /** Incidents without a place, by day. */
  readonly #unplaced: Uint32Array
  /** 1 where something changed since. */
  readonly #changed: Uint8Array
  readonly #dayAt: (time: number) => number

  /** Of all rows that live; `latitude` is that of the county's middle, `clock` its clock over the month. */
  constructor(block: MonthBlock, { latitude, clock }: { latitude: number; clock: Clock }, read: ReadRows) {
    this.#block = block
    this.#lattice = latticeOf(latitude, METRES)
    this.#bounds = boundsOf('day', block.start, block.end, clock, 40)!
    this.#dayAt = stepFinder(block, this.#bounds)
    const rows = read(0, Infinity)
    const { cells } = countCells(block, rows, this.#lattice, this.#bounds, false)
    this.#columns = cells.columns
    this.#rows = cells.rows
    this.#starts = cells.starts
    this.#days = Uint8Array.from(cells.steps)
    const most = cells.counts.reduce((a, b) => Math.max(a, b), 0)
    this.#counts = most > 0xffff ? cells.counts : most > 0xff ? Uint16Array.from(cells.counts) : Uint8Array.from(cells.counts)
    this.#changed = new Uint8Array(this.#bounds.length - 1)
    this.#unplaced = new Uint32Array(this.#changed.length)
    for (const row of rows) if (block.xs[row] === NOWHERE) this.#unplaced[this.#dayAt(block.times[row]!)]!++
  }

  get bytes(): number {
    const columns = [this.#columns, this.#rows, this.#starts, this.#days, this.#counts, this.#unplaced]
    return columns.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** Whether so many days changed that it should be made anew. */
  get isOld(): boolean {
    return this.#changed.reduce((sum, each) => sum + each, 0) > MOST_CHANGED
  }

  /** Something came or went at this second of the block. */
  change(time: number): void {
    this.#changed[this.#dayAt(time)] = 1
  }

  /** Counts by cell and step of `bounds`, which lie within the month. Null when these days cannot tell. */
  count(lattice: Lattice, bounds: Float64Array, read: ReadRows): CountedCells | null {
    const times = lattice.metres / METRES
    if (times < 1 || this.#lattice.cellX * times !== lattice.cellX) return null
    if (!bounds.subarray(1, -1).every((at) => this.#bounds.includes(at))) return null
    const parts: CubeCells[] = []
    const shifts: number[] = []
    let unplaced = 0
    for (const { from, to, rest } of this.#runs(bounds)) {
      if (rest) {
        const [low, high] = rest
        const [start, end] = [low + this.#block.start, high + this.#block.start]
        const own = Float64Array.from([start, ...bounds.filter((at) => at > start && at < end), end])
        const counted = countCells(this.#block, read(low, high), lattice, own, false)
        parts.push(counted.cells)
        shifts.push(stepOf(bounds, start))
        unplaced += counted.unplaced
      } else {
        parts.push(this.#addUp(times, from, to, bounds))
        shifts.push(0)
        for (let day = from; day < to; day++) unplaced += this.#unplaced[day]!
      }
    }
    return { cells: parts.length === 1 && shifts[0] === 0 ? parts[0]! : joinCells(parts, shifts, false), unplaced }
  }

  /** The days [from, to) that `bounds` hold, in runs of those that can tell and of those whose rows must be read. */
  #runs(bounds: Float64Array): { from: number; to: number; rest: Rest | null }[] {
    const [low, high] = [bounds[0]!, bounds.at(-1)!]
    const runs: { from: number; to: number; rest: Rest | null }[] = []
    for (let day = 0; day < this.#changed.length; day++) {
      const [start, end] = [Math.max(low, this.#bounds[day]!), Math.min(high, this.#bounds[day + 1]!)]
      if (start >= end) continue
      const isTold = this.#changed[day] === 0 && start === this.#bounds[day] && end === this.#bounds[day + 1]
      const rest: Rest | null = isTold ? null : [start - this.#block.start, end - this.#block.start]
      const last = runs.at(-1)
      if (last && isTold === (last.rest === null)) {
        last.to = day + 1
        if (rest) last.rest = [last.rest![0], rest[1]]
      } else runs.push({ from: day, to: day + 1, rest })
    }
    return runs
  }

  /** The days [from, to) in cells so many times as wide, by step of `bounds`. */
  #addUp(times: number, from: number, to: number, bounds: Float64Array): CubeCells {
    const size = this.#columns.length
    const wide = (places: Int32Array) => (times === 1 ? places : places.map((place) => Math.floor(place / times)))
    const { ids, columns, rows } = rank({ size, columns: wide(this.#columns), rows: wide(this.#rows) })
    const order = sortBy(ids, size, columns.length, null)
    const stepOfDay = Uint32Array.from(this.#changed, (_, day) => (day < from || day >= to ? 0 : stepOf(bounds, this.#bounds[day]!)))
    const sums = new Uint32Array(bounds.length - 1)
    const most = Math.min(this.#days.length, columns.length * sums.length)
    const cells = {
      columns: new Int32Array(columns.length),
      rows: new Int32Array(columns.length),
      starts: new Uint32Array(columns.length + 1),
    }
    const [steps, counts] = [new Uint32Array(most), new Uint32Array(most)]
    const [ownStarts, ownDays, ownCounts] = [this.#starts, this.#days, this.#counts]
    let [found, entries] = [0, 0]
    for (let n = 0; n < size;) {
      const id = ids[order[n]!]!
      for (; n < size && ids[order[n]!] === id; n++) {
        const cell = order[n]!
        for (let entry = ownStarts[cell]!; entry < ownStarts[cell + 1]!; entry++) {
          const day = ownDays[entry]!
          if (day >= from && day < to) sums[stepOfDay[day]!]! += ownCounts[entry]!
        }
      }
      const before = entries
      for (let step = 0; step < sums.length; step++) {
        if (sums[step] === 0) continue
        steps[entries] = step
        counts[entries++] = sums[step]!
        sums[step] = 0
      }
      if (entries === before) continue
      cells.columns[found] = columns[id]!
      cells.rows[found] = rows[id]!
      cells.starts[++found] = entries
    }
    return {
      ...{
        columns: cells.columns.slice(0, found),
        rows: cells.rows.slice(0, found),
        levels: null,
        starts: cells.starts.slice(0, found + 1),
      },
      ...{ steps: steps.slice(0, entries), counts: counts.slice(0, entries), weights: null },
    }
  }
}
