/** Counting a month by its tables: what they cannot tell, the hours that something cuts in two, is left to the rows. */
import { SEVERITIES } from '../incident.ts'
import type { HeatFilter } from './filter.ts'
import type { Selection } from './incident-columns.ts'
import { dialAtLocal } from './dial.ts'
import { hourlyFinder, isOnWholeHours } from './local-time.ts'
import type { MonthBlock } from './month-block.ts'
import { type Axis, HOUR, NEEDS, TRAITS_EACH } from './month-tables.ts'

/** One property that is counted apart, as places of its values. */
export interface Coder {
  values: readonly (string | number)[]
  /** What its place hangs on. */
  of: 'unit' | 'kind' | 'traits' | 'time'
  /** Bits of NEEDS, of a block. */
  needs(block: MonthBlock): number
  /** Whether it reads the local clock. */
  isLocal: boolean
  /** Seconds since 1970 at which it may change, apart from those of the clock. */
  cuts: ArrayLike<number>
  /** The place of a unit, a kind, traits, or a second of the block. */
  at(block: MonthBlock): (value: number) => number
}

/** Seconds [low, high) of a block that are still to be counted by rows. */
export type Rest = readonly [low: number, high: number]

/** With more hours cut in two, all rows are read. */
const MOST_RESTS = 24

/**
 * Adds the block's counts to `sums`, by the coders' places with these strides; what it could not add is left to the rows. Null, with
 * nothing added, when no table tells this.
 */
export function addByTable(
  block: MonthBlock,
  { filter, traits, kinds, units, box }: Selection,
  coders: readonly Coder[],
  strides: readonly number[],
  sums: Uint32Array,
): Rest[] | null {
  if (box || !block.tables) return null
  const { dial, clock } = filter
  const window = windowIn(block, filter)
  const needs =
    (units.includes(0) ? NEEDS.unit : 0) |
    (kinds.includes(0) ? NEEDS.kind : 0) |
    (filter.severities ? NEEDS.severity : 0) |
    (filter.states ? NEEDS.state : 0) |
    (filter.sources ? NEEDS.source : 0) |
    (dial || !window.isWhole ? NEEDS.hour : 0) |
    coders.reduce((all, coder) => all | coder.needs(block), 0)
  const table = block.tables.find(needs)
  if (!table) return null
  const isLocal = dial !== null || coders.some((coder) => coder.isLocal)
  if (isLocal && !isOnWholeHours(clock, block.start, block.end)) return null
  const rests = table.axes.includes('hour')
    ? cutHours(
        block,
        window,
        coders.flatMap(({ cuts }) => [...between(cuts, block)]),
      )
    : []
  if (rests.length > MOST_RESTS) return null

  const isOnDial = dial && hourlyFinder(clock, block.start, block.end, (local) => dialAtLocal(dial, local))
  const isCut = new Set(rests.map(([low]) => Math.floor(low / HOUR)))
  const isHourIn = (hour: number) =>
    hour * HOUR >= window.low && (hour + 1) * HOUR <= window.high && !isCut.has(hour) && (!isOnDial || isOnDial(hour * HOUR) === 1)
  const isSeverityIn = SEVERITIES.map((severity) => filter.severities?.includes(severity) ?? true)
  const passes: Record<Axis, (place: number) => boolean> = {
    all: () => true,
    hour: isHourIn,
    unit: (unit) => units[unit] === 1,
    kind: (kind) => kinds[kind] === 1,
    kindSeverity: (place) => kinds[Math.floor(place / SEVERITIES.length)] === 1 && isSeverityIn[place % SEVERITIES.length]!,
    traits: (each) => traits[each] === 1,
  }
  const [rows, columns] = table.axes.map((axis, n) => {
    const places = Array.from({ length: table.widths[n]! }, (_, place) => place).filter(passes[axis])
    const own = coders.flatMap((coder, c) => {
      const value = VALUES[axis][coder.of]
      const at = value && coder.at(block)
      return at ? [(place: number) => at(value(place)) * strides[c]!] : []
    })
    return { places, offsets: places.map((place) => own.reduce((sum, offset) => sum + offset(place), 0)) }
  }) as [Passing, Passing]
  // A coder that no axis tells has one place in all of the block.
  const base = coders.reduce((sum, coder, c) => (table.axes.some((axis) => VALUES[axis][coder.of]) ? sum : sum + coder.at(block)(0) * strides[c]!), 0) // prettier-ignore
  const { counts } = table
  const width = table.widths[1]
  for (const [n, row] of rows.places.entries()) {
    const from = row * width
    const offset = base + rows.offsets[n]!
    for (let m = 0; m < columns.places.length; m++) sums[offset + columns.offsets[m]!]! += counts[from + columns.places[m]!]!
  }
  return rests
}

interface Passing {
  /** Places of an axis that pass the filter, and what they add to the place of a sum. */
  places: number[]
  offsets: number[]
}

/** What a place of an axis stands for. */
const VALUES: Record<Axis, Partial<Record<Coder['of'], (place: number) => number>>> = {
  all: {},
  hour: { time: (hour) => hour * HOUR },
  unit: { unit: (unit) => unit },
  kind: { kind: (kind) => kind },
  kindSeverity: {
    kind: (place) => Math.floor(place / SEVERITIES.length),
    traits: (place) => (place % SEVERITIES.length) * TRAITS_EACH,
  },
  traits: { traits: (traits) => traits },
}

/** The seconds of a block that a window holds; `isWhole` when it holds all that the block has. */
export const windowIn = (
  { start, end, first, last }: Pick<MonthBlock, 'start' | 'end' | 'first' | 'last'>,
  { from, to }: Pick<HeatFilter, 'from' | 'to'>,
) => {
  const [low, high] = [Math.max(0, (from ?? start) - start), Math.min(end - start, (to ?? end) - start)]
  return { low, high, isWhole: low <= first && high > last }
}

function* between(cuts: ArrayLike<number>, { start, end }: Pick<MonthBlock, 'start' | 'end'>): Iterable<number> {
  for (let n = 0; n < cuts.length; n++) if (cuts[n]! > start && cuts[n]! < end) yield cuts[n]! - start
}

/** The hours that a window or one of these seconds cuts in two, as far as they lie in the window. */
function cutHours(block: MonthBlock, { low, high }: { low: number; high: number }, cuts: readonly number[]): Rest[] {
  const hours = new Set([low, high, ...cuts].filter((at) => at % HOUR !== 0).map((at) => Math.floor(at / HOUR)))
  return [...hours]
    .map((hour): Rest => [Math.max(low, hour * HOUR), Math.min(high, (hour + 1) * HOUR)])
    .filter(([from, to]) => from < to && from <= block.last && to > block.first)
}
