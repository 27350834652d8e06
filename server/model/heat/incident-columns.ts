/**
 * All incidents in columns, by month: what answers for heat in milliseconds. Pure data; whoever holds it keeps it equal to the
 * database. Every answer is exact.
 */
import { countyOf } from '../code.ts'
import { sideOfRing } from '../exact.ts'
import { SEVERITIES } from '../incident.ts'
import { countCells, type CountedCells } from './count-cells.ts'
import type { CubeCells } from './cube.ts'
import { DEAD, EVERYTHING, type HeatFilter, traitMask } from './filter.ts'
import { joinCells } from './gather.ts'
import type { Lattice } from './lattice.ts'
import { dialAtLocal } from './dial.ts'
import { clockOf, hourlyFinder } from './local-time.ts'
import { MonthBlock, monthOf, NOWHERE } from './month-block.ts'
import { MonthDays, type ReadRows } from './month-days.ts'
import { MonthTables } from './month-tables.ts'
import { Remembered } from './remembered.ts'
import type { RowRange } from './row-lists.ts'
import { stepOf } from './steps.ts'

/** One incident; x and y on the grid of 1e-7 degree, NOWHERE without a place. */
export interface IncidentEntry {
  seconds: number
  x: number
  y: number
  id: number
  traits: number
  kind: string
  unit: string
}

/** 32 bits of a UUID: its four words, folded. */
export function foldUuid(uuid: string): number {
  const digits = uuid.replaceAll('-', '')
  let folded = 0
  for (let at = 0; at < 32; at += 8) folded ^= Number.parseInt(digits.slice(at, at + 8), 16)
  return folded >>> 0
}

const MOST_KINDS = 256
const MOST_PLACE = 0x7fffffff

/** Words that stand for themselves as small numbers. */
class Dictionary {
  readonly words: string[] = []
  readonly #places = new Map<string, number>()
  place(word: string): number {
    let place = this.#places.get(word)
    if (place === undefined) {
      place = this.words.length
      this.words.push(word)
      this.#places.set(word, place)
    }
    return place
  }
}

/** A filter against the dictionaries as they are. */
export interface Selection {
  filter: HeatFilter
  traits: Uint8Array
  kinds: Uint8Array
  units: Uint8Array
  /** Kinds and severities by `kindSeverityOf`, and units as above, for the lists of a block; null: all of them. */
  listed: { kinds: Uint8Array | null; units: Uint8Array | null }
  /** Box of box and polygon together, its ends inside; null: everywhere, and what has no place too. */
  box: [number, number, number, number] | null
}

export interface Ground {
  /** IANA name. */
  timeZone: string
  /** Of the county's middle. */
  latitude: number
}

/** Whether every row passes, whatever it is and wherever: only the window is left to be looked at. */
const isOpen = ({ filter: { states, sources, dial }, listed, box }: Selection): boolean =>
  !box && !listed.kinds && !listed.units && !states && !sources && !dial

/** Tables of a month take up to so many cells an incident each: small months are read as fast. */
const CELLS_EACH = 5
/** A month that has grown by this much since may be worth more tables. */
const GROWN = 1.25

export class IncidentColumns {
  readonly kinds = new Dictionary()
  readonly units = new Dictionary()
  readonly #blocks = new Map<number, MonthBlock>()
  readonly remembered = new Remembered()
  #scratch = new Uint32Array(0)
  readonly #cellsEach: number
  /** Of the county that all are of: its months are counted by its days. Null: none, or several. */
  ground: Ground | null = null

  /** `cellsEach`: how many cells an incident a table of a month may have; 0 makes none. */
  constructor(cellsEach = CELLS_EACH) {
    this.#cellsEach = cellsEach
  }

  /** The blocks, oldest first. */
  get blocks(): MonthBlock[] {
    return [...this.#blocks.values()].sort((a, b) => a.month - b.month)
  }
  get size(): number {
    return this.blocks.reduce((sum, { size, dead }) => sum + size - dead, 0)
  }
  /** Of columns and tables; what was answered already is not counted. */
  get bytes(): number {
    return this.blocks.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Places of words; throws a RangeError where there are more kinds than a byte can tell. */
  kindPlace(kind: string): number {
    const place = this.kinds.place(kind)
    if (place >= MOST_KINDS) throw new RangeError(`more than ${MOST_KINDS} kinds of incident`)
    return place
  }

  block(month: number): MonthBlock {
    let block = this.#blocks.get(month)
    if (!block) this.#blocks.set(month, (block = new MonthBlock(month)))
    return block
  }

  /** The days of a block, counted anew where too many have changed; null without a ground. */
  daysOf(block: MonthBlock): MonthDays | null {
    if (!this.ground || (block.days && !block.days.isOld)) return block.days
    const clock = clockOf(this.ground.timeZone, block.start, block.end)
    const all = this.selection({ ...EVERYTHING, clock })
    return (block.days = new MonthDays(block, { ...this.ground, clock }, (low, high) => this.rows(block, all, low, high)))
  }

  /** Makes the tables of a block, where there are none or it has outgrown them. */
  prepare(block: MonthBlock): void {
    const { tables, size, dead } = block
    if (tables && !(tables.isPartial && size - dead >= GROWN * tables.madeFor)) return
    block.tables = new MonthTables(block, { units: this.units.words.length, kinds: this.kinds.words.length }, this.#cellsEach)
  }

  /** Adds an incident, or gives a known one other values. False when it cannot be told which one it is: fill anew. */
  put({ seconds, x, y, id, traits, kind, unit }: IncidentEntry): boolean {
    const block = this.block(monthOf(seconds))
    const time = seconds - block.start
    const row = { time, x, y, id, traits, kind: this.kindPlace(kind), unit: this.units.place(unit) }
    const found = block.find(id, time)
    if (found.length > 1) return false
    if (found.length === 1) block.replace(found[0]!, row)
    else block.append(row)
    block.tidy()
    return true
  }

  /** Takes an incident away, if it is there. False as `put`. */
  remove({ seconds, id }: Pick<IncidentEntry, 'seconds' | 'id'>): boolean {
    const block = this.block(monthOf(seconds))
    const found = block.find(id, seconds - block.start)
    if (found.length === 1) block.remove(found[0]!)
    return found.length <= 1
  }

  selection(filter: HeatFilter): Selection {
    const { units, kinds, polygon, inside = false } = filter
    const mask = (words: readonly string[], prefixes: readonly string[] | null) =>
      Uint8Array.from(words, (word) => (prefixes === null || prefixes.some((prefix) => word.startsWith(prefix)) ? 1 : 0))
    // Every place fits into 32 bits; a box may reach beyond.
    const inReach = (value: number) => Math.max(-MOST_PLACE, Math.min(MOST_PLACE, value))
    let box: Selection['box'] = filter.box
      ? [inReach(filter.box[0]), inReach(filter.box[1]), inReach(filter.box[2] - 1), inReach(filter.box[3] - 1)]
      : null
    if (polygon) {
      box ??= [-Infinity, -Infinity, Infinity, Infinity]
      const [xs, ys] = [polygon.filter((_, i) => i % 2 === 0), polygon.filter((_, i) => i % 2 === 1)]
      box = [Math.max(box[0], min(xs)), Math.max(box[1], min(ys)), Math.min(box[2], max(xs)), Math.min(box[3], max(ys))]
    }
    const words = this.units.words
    const held = mask(words, units).map((passes, n) => (inside && words[n] === countyOf(words[n]!) ? 0 : passes))
    const [ownTraits, ownKinds] = [traitMask(filter), mask(this.kinds.words, kinds)]
    const isSeverityIn = SEVERITIES.map((severity) => filter.severities?.includes(severity) ?? true)
    const pairs = Uint8Array.from({ length: ownKinds.length * SEVERITIES.length }, (_, pair) =>
      isSeverityIn[pair % SEVERITIES.length] ? ownKinds[Math.floor(pair / SEVERITIES.length)]! : 0,
    )
    const listed = { kinds: pairs.includes(0) ? pairs : null, units: held.includes(0) ? held : null }
    return { filter, box, traits: ownTraits, kinds: ownKinds, units: held, listed }
  }

  /** Blocks that a window touches, oldest first. */
  touched({ from, to }: Pick<HeatFilter, 'from' | 'to'>): MonthBlock[] {
    return this.blocks.filter(({ start, end, size }) => size > 0 && (from === null || end > from) && (to === null || start < to))
  }

  /** Rows of a block that a selection lets pass, of the seconds [least, most) of the block; good until the next call. */
  rows(block: MonthBlock, { filter, traits, kinds, units, listed, box }: Selection, least = 0, most = Infinity): Uint32Array {
    if (this.#scratch.length < block.size) this.#scratch = new Uint32Array(block.size)
    const out = this.#scratch
    const { polygon, dial, clock } = filter
    const low = Math.max(least, filter.from === null ? 0 : filter.from - block.start)
    const high = Math.min(most, filter.to === null ? Infinity : filter.to - block.start)
    const isOnDial = dial && hourlyFinder(clock, block.start, block.end, (local) => dialAtLocal(dial, local))
    // What rows were chosen by need not be looked at again.
    const isBare = !box && !dial && !filter.states && !filter.sources
    const isTold = { place: !listed.kinds && !listed.units, kind: !listed.units, unit: !listed.kinds }
    let found = 0
    for (const range of block.rowsFor(box, listed.kinds, listed.units, low, high))
      found = isBare && isTold[range.by] ? takeThen(block, range, low, high, out, found) : takePassing(range)
    return out.subarray(0, found)

    function takePassing({ list, from, to }: RowRange): number {
      // Held by name: these lines are read millions of times.
      const { times, xs, ys, traits: ownTraits, kinds: ownKinds, units: ownUnits } = block
      let next = found
      for (let n = from; n < to; n++) {
        const i = list ? list[n]! : n
        if (traits[ownTraits[i]!] === 0 || kinds[ownKinds[i]!] === 0 || units[ownUnits[i]!] === 0) continue
        const time = times[i]!
        if (time < low || time >= high) continue
        if (box) {
          const [x, y] = [xs[i]!, ys[i]!]
          if (x === NOWHERE || x < box[0] || x > box[2] || y < box[1] || y > box[3]) continue
          if (polygon && sideOfRing(x, y, polygon) < 0) continue
        }
        if (isOnDial && isOnDial(time) === 0) continue
        out[next++] = i
      }
      return next
    }
  }

  /** First and last second of what passes; null when nothing does. */
  extent(filter: HeatFilter): [first: number, last: number] | null {
    const selection = this.selection(filter)
    const blocks = this.touched(filter)
    let [first, last] = [Infinity, -Infinity]
    for (const block of blocks) {
      if (first < Infinity) break
      for (let low = 0; low < block.end - block.start && first === Infinity; low += DAY)
        for (const row of this.rows(block, selection, low, low + DAY)) first = Math.min(first, block.start + block.times[row]!)
    }
    for (const block of blocks.reverse()) {
      if (last > -Infinity) break
      for (let high = block.end - block.start; high > 0 && last === -Infinity; high -= DAY)
        for (const row of this.rows(block, selection, high - DAY, high)) last = Math.max(last, block.start + block.times[row]!)
    }
    return first > last ? null : [first, last]
  }

  /** Counts by cell and step of `bounds`, and how many have no place. Columns and rows count from the lattice's origin. */
  cells(filter: HeatFilter, lattice: Lattice, bounds: Float64Array, weighted: boolean): CountedCells {
    const selection = this.selection(filter)
    const parts: CubeCells[] = []
    const shifts: number[] = []
    let unplaced = 0
    for (const block of this.touched(filter)) {
      const [from, to] = [Math.max(bounds[0]!, block.start), Math.min(bounds.at(-1)!, block.end)]
      const own = Float64Array.from([from, ...bounds.filter((at) => at > from && at < to), to])
      const shift = stepOf(bounds, from)
      const read: ReadRows = (low, high) => this.rows(block, selection, low, high)
      const byDays = () => (weighted || !isOpen(selection) ? null : (this.daysOf(block)?.count(lattice, own, read) ?? null))
      const count = () => byDays() ?? countCells(block, read(0, Infinity), lattice, own, weighted)
      const { cells, unplaced: none } = this.remembered.get(block, [filter, lattice, own, weighted], count, bytesOf)
      parts.push(cells)
      shifts.push(shift)
      unplaced += none
    }
    return { cells: joinCells(parts, shifts, weighted), unplaced }
  }
}

/** Writes the rows of a range that live and are of the seconds [low, high) to `out`, from `found` on; where they end. */
function takeThen({ times, traits }: MonthBlock, { list, from, to }: RowRange, low: number, high: number, out: Uint32Array, found: number) {
  for (let n = from; n < to; n++) {
    const i = list ? list[n]! : n
    if (traits[i] !== DEAD && times[i]! >= low && times[i]! < high) out[found++] = i
  }
  return found
}

const bytesOf = ({ cells }: CountedCells): number => 12 * cells.steps.length + 12 * cells.columns.length

const DAY = 86_400
const min = (values: Int32Array): number => values.reduce((a, b) => Math.min(a, b), Infinity)
const max = (values: Int32Array): number => values.reduce((a, b) => Math.max(a, b), -Infinity)
