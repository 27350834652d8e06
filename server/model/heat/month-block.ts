/**
 * The incidents of one month (UTC) as columns, 20 bytes each. The greater part is sorted by squares of 2^16 × 1e-7 degree (about
 * 700 m) with a directory, so that a view reads only its own squares; what came later hangs behind until the next sorting.
 */
import { DEAD } from './filter.ts'

/** x of an incident without a place. */
export const NOWHERE = -0x80000000
const SHIFT = 16
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

const secondsOfMonth = (month: number): number => Date.UTC(1970, month) / 1000
/** Months since January 1970 (UTC) of an instant in seconds. */
export const monthOf = (seconds: number): number => {
  const date = new Date(seconds * 1000)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

const squareOf = (x: number, y: number): number => (x === NOWHERE ? 0 : ((y >> SHIFT) + 0x8000) * 0x10000 + ((x >> SHIFT) + 0x8000))

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
  times = new Uint32Array(0)
  xs = new Int32Array(0)
  ys = new Int32Array(0)
  ids = new Uint32Array(0)
  traits = new Uint8Array(0)
  kinds = new Uint8Array(0)
  units: Uint16Array | Uint32Array = new Uint16Array(0)
  #squares = new Float64Array(0)
  #starts = new Uint32Array(0)
  #sorted = 0

  constructor(month: number) {
    this.month = month
    this.start = secondsOfMonth(month)
    this.end = secondsOfMonth(month + 1)
  }

  get bytes(): number {
    const columns = [this.times, this.xs, this.ys, this.ids, this.traits, this.kinds, this.units, this.#squares, this.#starts]
    return columns.reduce((sum, { byteLength }) => sum + byteLength, 0)
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
    this.traits[row] = DEAD
    this.dead++
    this.revision++
  }

  /** Gives a row other values; one that moved goes behind. */
  replace(row: number, next: BlockRow): void {
    if (this.xs[row] !== next.x || this.ys[row] !== next.y || (next.unit > 0xffff && this.units instanceof Uint16Array)) {
      this.remove(row)
      this.append(next)
      return
    }
    this.traits[row] = next.traits
    this.kinds[row] = next.kind
    this.units[row] = next.unit
    this.revision++
  }

  /** Sorts again when too much hangs behind. */
  tidy(): void {
    const tail = this.size - this.#sorted
    if (tail > MOST_TAIL && tail > this.#sorted * TAIL_SHARE) this.sort()
  }

  /** Drops the dead, sorts all rows by their squares and gives back what memory is not needed. */
  sort(): void {
    const counts = new Map<number, number>()
    let live = 0
    for (let i = 0; i < this.size; i++) {
      if (this.traits[i] === DEAD) continue
      const square = squareOf(this.xs[i]!, this.ys[i]!)
      counts.set(square, (counts.get(square) ?? 0) + 1)
      live++
    }
    this.#squares = Float64Array.from(counts.keys()).sort()
    this.#starts = new Uint32Array(this.#squares.length + 1)
    const next = new Map<number, number>()
    for (const [n, square] of this.#squares.entries()) {
      next.set(square, this.#starts[n]!)
      this.#starts[n + 1] = this.#starts[n]! + counts.get(square)!
    }
    const order = new Uint32Array(live)
    for (let i = 0; i < this.size; i++) {
      if (this.traits[i] === DEAD) continue
      const square = squareOf(this.xs[i]!, this.ys[i]!)
      const at = next.get(square)!
      order[at] = i
      next.set(square, at + 1)
    }
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
  }

  /** Ranges [from, to) of rows that may lie in the box, its ends included; everything without one. */
  ranges(box: readonly [number, number, number, number] | null): [from: number, to: number][] {
    if (!box) return [[0, this.size]]
    const [west, south, east, north] = box.map((each) => each >> SHIFT) as [number, number, number, number]
    const ranges: [number, number][] = []
    for (let n = 0; n < this.#squares.length; n++) {
      const square = this.#squares[n]!
      const [column, row] = [(square % 0x10000) - 0x8000, Math.floor(square / 0x10000) - 0x8000]
      if (column < west || column > east || row < south || row > north) continue
      const before = ranges.at(-1)
      if (before && before[1] === this.#starts[n]) before[1] = this.#starts[n + 1]!
      else ranges.push([this.#starts[n]!, this.#starts[n + 1]!])
    }
    if (this.#sorted < this.size) ranges.push([this.#sorted, this.size])
    return ranges
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
