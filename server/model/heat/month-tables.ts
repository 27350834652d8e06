/**
 * What a month holds, counted beforehand along two axes at a time: hours, units, kinds, traits. Their size hangs on how many hours, units
 * and kinds there are and not on how many incidents, and so does the time that an answer takes. Each change is a few additions.
 */
import { SEVERITIES, SOURCES, STATES } from '../incident.ts'
import { DEAD, TRAITS } from './filter.ts'
import type { MonthBlock } from './month-block.ts'

export const HOUR = 3600
/** Traits of one severity lie together. */
export const TRAITS_EACH = STATES.length * SOURCES.length

const SEVERITY_PLACES = Uint8Array.from({ length: 256 }, (_, traits) => Math.min(SEVERITIES.length - 1, Math.floor(traits / TRAITS_EACH)))
/** Kind and severity as one small number, of the places of a kind and of traits: kind × severities + severity. */
export const kindSeverityOf = (kind: number, traits: number): number => kind * SEVERITIES.length + SEVERITY_PLACES[traits]!

/** What an answer must tell apart. */
export const NEEDS = { hour: 1, unit: 2, kind: 4, severity: 8, state: 16, source: 32 } as const

/** `all` has one place. */
export type Axis = 'all' | 'hour' | 'unit' | 'kind' | 'kindSeverity' | 'traits'

const TELLS: Record<Axis, number> = {
  all: 0,
  hour: NEEDS.hour,
  unit: NEEDS.unit,
  kind: NEEDS.kind,
  kindSeverity: NEEDS.kind | NEEDS.severity,
  traits: NEEDS.severity | NEEDS.state | NEEDS.source,
}
const PAIRS: readonly (readonly [Axis, Axis])[] = [
  ['hour', 'all'],
  ['unit', 'all'],
  ['kind', 'traits'],
  ['unit', 'kindSeverity'],
  ['unit', 'traits'],
  ['kindSeverity', 'hour'],
  ['traits', 'hour'],
  ['unit', 'hour'],
]

type Counts = Uint8Array | Uint16Array | Uint32Array

export interface MonthTable {
  axes: readonly [Axis, Axis]
  widths: readonly [number, number]
  /** Bits of NEEDS. */
  tells: number
  /** By the first axis, then the second. */
  counts: Counts
}

/** Room for words that come later. */
const SPARE = 8

export class MonthTables {
  /** Those that are worth their room, the smallest first. */
  readonly tables: MonthTable[]
  /** Rows that they were made for, and whether more rows would be worth more tables. */
  readonly madeFor: number
  readonly isPartial: boolean

  /** Of a block, with tables of up to `cellsEach` cells an incident. */
  constructor(block: MonthBlock, words: { units: number; kinds: number }, cellsEach: number) {
    const kinds = words.kinds + SPARE
    const width: Record<Axis, number> = {
      ...{ all: 1, hour: (block.end - block.start) / HOUR, unit: words.units + SPARE },
      ...{ kind: kinds, kindSeverity: kinds * SEVERITIES.length, traits: TRAITS },
    }
    this.madeFor = block.size - block.dead
    const all = PAIRS.map((axes) => ({ axes, widths: [width[axes[0]], width[axes[1]]] as const }))
    const worth = all.filter(({ widths: [rows, columns] }) => rows * columns <= cellsEach * this.madeFor)
    this.isPartial = worth.length < all.length
    const places = worth.length === 0 ? null : placesOf(block)
    this.tables = worth
      .sort((a, b) => a.widths[0] * a.widths[1] - b.widths[0] * b.widths[1])
      .map(({ axes, widths }) => ({
        ...{ axes, widths, tells: TELLS[axes[0]] | TELLS[axes[1]] },
        counts: tally(block, places![axes[0]], places![axes[1]], widths),
      }))
  }

  get bytes(): number {
    return this.tables.reduce((sum, { counts }) => sum + counts.byteLength, 0)
  }

  /** The smallest table that tells all of these apart. */
  find(needs: number): MonthTable | undefined {
    return this.tables.find(({ tells }) => (tells & needs) === needs)
  }

  /** Counts a row of the block in, or out. False when there is no room for its words. */
  add(block: MonthBlock, row: number, by: 1 | -1): boolean {
    const place = placeIn(block)
    for (const table of this.tables) {
      const [first, second] = [place[table.axes[0]](row), place[table.axes[1]](row)]
      if (first >= table.widths[0] || second >= table.widths[1]) return false
      const at = first * table.widths[1] + second
      if (by === 1 && table.counts[at] === largest(table.counts)) table.counts = widen(table.counts)
      table.counts[at]! += by
    }
    return true
  }
}

const placeIn = ({ times, units, kinds, traits }: MonthBlock): Record<Axis, (row: number) => number> => ({
  all: () => 0,
  hour: (row) => Math.floor(times[row]! / HOUR),
  unit: (row) => units[row]!,
  kind: (row) => kinds[row]!,
  kindSeverity: (row) => kindSeverityOf(kinds[row]!, traits[row]!),
  traits: (row) => traits[row]!,
})

/** The same as columns. */
const placesOf = (block: MonthBlock): Record<Axis, ArrayLike<number>> => {
  const place = placeIn(block)
  const column = (axis: Axis) => {
    const of = place[axis]
    const places = new Uint16Array(block.size)
    for (let row = 0; row < block.size; row++) places[row] = of(row)
    return places
  }
  return {
    ...{ all: new Uint8Array(block.size), hour: column('hour'), kindSeverity: column('kindSeverity') },
    ...{ unit: block.units, kind: block.kinds, traits: block.traits },
  }
}

function tally(
  { size, traits }: MonthBlock,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
) {
  const counts = new Uint32Array(rows * columns)
  let most = 0
  for (let row = 0; row < size; row++) {
    if (traits[row] === DEAD) continue
    const count = ++counts[first[row]! * columns + second[row]!]!
    if (count > most) most = count
  }
  return most > 0xffff ? counts : most > 0xff ? Uint16Array.from(counts) : Uint8Array.from(counts)
}

const largest = (counts: Counts): number => 2 ** (8 * counts.BYTES_PER_ELEMENT) - 1
const widen = (counts: Counts): Counts => (counts instanceof Uint8Array ? Uint16Array.from(counts) : Uint32Array.from(counts))
