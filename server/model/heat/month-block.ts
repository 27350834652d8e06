/**
 * The incidents of one month (UTC) as columns, 28 bytes each. The greater part is sorted by slices of eight hours, and within them by
 * squares of 2^16 × 1e-7 degree (about 700 m), so that a window reads only its own slices and a view only its own squares; lists of
 * rows by kind and severity, and by unit, so that a few kinds or a village read only their own. What came later hangs behind until the
 * next sorting. Tables beside them answer without reading rows.
 */
import { DEAD } from './filter.ts'
import type { MonthDays } from './month-days.ts'
import { kindSeverityOf, type MonthTables } from './month-tables.ts'
import { RowLists, type RowRange, sizeOf } from './row-lists.ts'

/** x of an incident without a place. */
export const NOWHERE = -0x80000000
const SHIFT = 16
/** Local midnights of a zone of whole eight hours, as China's, begin a slice. */
const SLICE = 8 * 3600
/** A box of more rows of squares than this is read in one piece of each slice. */
const MOST_ROWS = 64
/** Rows of a list are put in order first, and lie apart: reading one takes so many times as long as reading the next of all. */
const LIST_COST = 3
/** Rows behind the sorted part before it is sorted again: this many, or this share of it. */
const MOST_TAIL = 4096
const TAIL_SHARE = 0.125

export interface BlockRow {
  /** Seconds since the block's first. */
  time: number
  x: number
  y: number
  /** 32 bits of the incident's UUID. */
  id: number
  traits: number
  /** Places in the index's dictionaries. */
  kind: number
  unit: number
}

/** West, south, east, north: its ends inside. */
export type Box = readonly [number, number, number, number]

const secondsOfMonth = (month: number): number => Date.UTC(1970, month) / 1000
/** Months since January 1970 (UTC) of an instant in seconds. */
export const monthOf = (seconds: number): number => {
  const date = new Date(seconds * 1000)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

/** By row, then column, of squares; rows without a place come first. */
const squareAt = (column: number, row: number): number => (row + 0x8000) * 0x10000 + column + 0x8000
const squareOf = (x: number, y: number): number => (x === NOWHERE ? -1 : squareAt(x >> SHIFT, y >> SHIFT))

export class MonthBlock {
  readonly month: number
  /** Seconds since 1970: the block holds [start, end). */
  readonly start: number
  readonly end: number
  /** Rows, dead ones too. */
  size = 0
  dead = 0
  /** Grows with every change. */
  revision = 0
  /** No row lies before `first` or behind `last`, in seconds of the block. */
  first = Infinity
  last = -Infinity
  /** Null until somebody makes them. */
  tables: MonthTables | null = null
  days: MonthDays | null = null
  times = new Uint32Array(0)
  xs = new Int32Array(0)
  ys = new Int32Array(0)
  ids = new Uint32Array(0)
  traits = new Uint8Array(0)
  kinds = new Uint8Array(0)
  units: Uint16Array | Uint32Array = new Uint16Array(0)
  /** Where each slice of the sorted part begins, and where the last one ends. */
  #slices = new Uint32Array(1)
  #sorted = 0
  /** Of the sorted part, by `kindSeverityOf` and by unit. */
  #byKind = new RowLists(0, () => 0)
  #byUnit = new RowLists(0, () => 0)

  constructor(month: number) {
    this.month = month
    this.start = secondsOfMonth(month)
    this.end = secondsOfMonth(month + 1)
  }

  get bytes(): number {
    const columns = [this.times, this.xs, this.ys, this.ids, this.traits, this.kinds, this.units, this.#slices]
    const besides = [this.#byKind, this.#byUnit, this.tables, this.days].reduce((sum, each) => sum + (each?.bytes ?? 0), 0)
    return columns.reduce((sum, { byteLength }) => sum + byteLength, besides)
  }

  append({ time, x, y, id, traits, kind, unit }: BlockRow): void {
    if (this.size === this.times.length) this.#resize(Math.max(1024, this.size + Math.ceil(this.size / 4)))
    if (unit > 0xffff && this.units instanceof Uint16Array) this.units = Uint32Array.from(this.units)
    const i = this.size++
    this.times[i] = time
    this.xs[i] = x
    this.ys[i] = y
    this.ids[i] = id
    this.traits[i] = traits
    this.kinds[i] = kind
    this.units[i] = unit
    this.first = Math.min(this.first, time)
    this.last = Math.max(this.last, time)
    this.#tally(i, 1)
    this.days?.change(time)
    this.revision++
  }

  /** Rows with this id and second that live. */
  find(id: number, time: number): number[] {
    const found: number[] = []
    for (let i = this.ids.indexOf(id); i >= 0 && i < this.size; i = this.ids.indexOf(id, i + 1)) {
      if (this.times[i] === time && this.traits[i] !== DEAD) found.push(i)
    }
    return found
  }

  remove(row: number): void {
    this.#tally(row, -1)
    this.days?.change(this.times[row]!)
    this.traits[row] = DEAD
    this.dead++
    this.revision++
  }

  /** Gives a row other values; one that moved, or belongs to another list, goes behind. */
  replace(row: number, next: BlockRow): void {
    const isMoved = this.xs[row] !== next.x || this.ys[row] !== next.y
    const isRelisted =
      this.units[row] !== next.unit || kindSeverityOf(this.kinds[row]!, this.traits[row]!) !== kindSeverityOf(next.kind, next.traits)
    if (isMoved || isRelisted) {
      this.remove(row)
      this.append(next)
      return
    }
    this.#tally(row, -1)
    this.traits[row] = next.traits
    this.#tally(row, 1)
    this.revision++
  }

  #tally(row: number, by: 1 | -1): void {
    // A word that the tables have no room for: they are made anew when they are next asked.
    if (this.tables && !this.tables.add(this, row, by)) this.tables = null
  }

  /** Sorts again when too much hangs behind. */
  tidy(): void {
    const tail = this.size - this.#sorted
    if (tail > MOST_TAIL && tail > this.#sorted * TAIL_SHARE) this.sort()
  }

  /** Drops the dead, sorts all rows by slice and square and gives back what memory is not needed. */
  sort(): void {
    const slices = Math.ceil((this.end - this.start) / SLICE)
    const sliceOf = (row: number) => Math.floor(this.times[row]! / SLICE)
    const bySquare = this.#orderBySquare()
    const live = bySquare.length
    this.#slices = new Uint32Array(slices + 1)
    for (const row of bySquare) this.#slices[sliceOf(row) + 1]!++
    for (let n = 0; n < slices; n++) this.#slices[n + 1]! += this.#slices[n]!
    const next = this.#slices.slice()
    const order = new Uint32Array(live)
    for (const row of bySquare) order[next[sliceOf(row)]!++] = row
    this.times = pick(this.times, order, new Uint32Array(live))
    this.xs = pick(this.xs, order, new Int32Array(live))
    this.ys = pick(this.ys, order, new Int32Array(live))
    this.ids = pick(this.ids, order, new Uint32Array(live))
    this.traits = pick(this.traits, order, new Uint8Array(live))
    this.kinds = pick(this.kinds, order, new Uint8Array(live))
    this.units = pick(this.units, order, this.units instanceof Uint16Array ? new Uint16Array(live) : new Uint32Array(live))
    this.size = live
    this.#sorted = live
    this.dead = 0
    this.#byKind = new RowLists(live, (row) => kindSeverityOf(this.kinds[row]!, this.traits[row]!))
    this.#byUnit = new RowLists(live, (row) => this.units[row]!)
  }

  /** Rows that live, by their squares. */
  #orderBySquare(): Uint32Array {
    const counts = new Map<number, number>()
    let live = 0
    for (let i = 0; i < this.size; i++) {
      if (this.traits[i] === DEAD) continue
      const square = squareOf(this.xs[i]!, this.ys[i]!)
      counts.set(square, (counts.get(square) ?? 0) + 1)
      live++
    }
    let start = 0
    for (const square of Float64Array.from(counts.keys()).sort()) {
      const count = counts.get(square)!
      counts.set(square, start)
      start += count
    }
    const order = new Uint32Array(live)
    for (let i = 0; i < this.size; i++) {
      if (this.traits[i] === DEAD) continue
      const square = squareOf(this.xs[i]!, this.ys[i]!)
      const at = counts.get(square)!
      order[at] = i
      counts.set(square, at + 1)
    }
    return order
  }

  /**
   * Rows that may lie in the box, its ends included, in the seconds [low, high) of the block, and may be of these kinds and severities
   * (1 at their `kindSeverityOf`) and of these units (1 at theirs): by place or by a list, whichever is fewer. Null: all of them.
   */
  rowsFor(box: Box | null, kinds: Uint8Array | null, units: Uint8Array | null, low = 0, high = Infinity): RowRange[] {
    const slices = this.#slices.length - 1
    const first = Math.min(slices, Math.max(0, Math.floor(low / SLICE)))
    const end = Math.max(first, Math.min(slices, Math.ceil(high / SLICE)))
    const [from, to] = [this.#slices[first]!, this.#slices[end]!]
    let ranges = box ? this.#inBox(box, first, end) : [{ by: 'place', list: null, from, to } as const]
    const lists = [
      { by: 'kind', listed: kinds && this.#byKind.of(kinds, from, to) },
      { by: 'unit', listed: units && this.#byUnit.of(units, from, to) },
    ] as const
    const [best] = lists.filter(({ listed }) => listed).sort((a, b) => a.listed!.size - b.listed!.size)
    if (best && LIST_COST * best.listed!.size < sizeOf(ranges)) ranges = [{ by: best.by, list: best.listed!.rows(), from: 0, to: best.listed!.size }] // prettier-ignore
    return [...ranges, { by: 'place', list: null, from: this.#sorted, to: this.size }]
  }

  #inBox(box: Box, first: number, end: number): RowRange[] {
    const ranges: RowRange[] = []
    const add = (from: number, to: number) => {
      const before = ranges.at(-1)
      if (from >= to) return
      if (before?.to === from) before.to = to
      else ranges.push({ by: 'place', list: null, from, to })
    }
    const [west, south, east, north] = box.map((each) => each >> SHIFT) as [number, number, number, number]
    const isTall = north - south >= MOST_ROWS
    for (let slice = first; slice < end; slice++) {
      const at = (column: number, row: number) => this.#rowOf(slice, squareAt(column, row))
      if (isTall) add(at(west, south), at(east + 1, north))
      else for (let row = south; row <= north; row++) add(at(west, row), at(east + 1, row))
    }
    return ranges
  }

  /** The first row of a slice that lies in this square or behind it. */
  #rowOf(slice: number, square: number): number {
    let [low, high] = [this.#slices[slice]!, this.#slices[slice + 1]!]
    while (low < high) {
      const middle = (low + high) >> 1
      if (squareOf(this.xs[middle]!, this.ys[middle]!) < square) low = middle + 1
      else high = middle
    }
    return low
  }

  #resize(capacity: number): void {
    const grow = <T extends { set(from: T): void }>(larger: T, column: T): T => {
      larger.set(column)
      return larger
    }
    this.times = grow(new Uint32Array(capacity), this.times)
    this.xs = grow(new Int32Array(capacity), this.xs)
    this.ys = grow(new Int32Array(capacity), this.ys)
    this.ids = grow(new Uint32Array(capacity), this.ids)
    this.traits = grow(new Uint8Array(capacity), this.traits)
    this.kinds = grow(new Uint8Array(capacity), this.kinds)
    const units = this.units instanceof Uint16Array ? new Uint16Array(capacity) : new Uint32Array(capacity)
    units.set(this.units)
    this.units = units
  }
}

function pick<T extends { [index: number]: number }>(column: T, order: Uint32Array, into: T): T {
  for (let i = 0; i < order.length; i++) into[i] = column[order[i]!]!
  return into
}
