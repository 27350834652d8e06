/** Counting along several properties at once: what an aggregate is made of. */
import { codeLength, codeAt, countyOf, parentOf } from '../code.ts'
import type { Level } from '../level.ts'
import { LEVELS } from '../level.ts'
import { type HeatFilter, severityOf, sourceOf, stateOf } from './filter.ts'
import type { IncidentColumns } from './incident-columns.ts'
import { hourlyFinder, hourOfDay, weekdayOf } from './local-time.ts'
import type { MonthBlock } from './month-block.ts'
import { NEEDS } from './month-tables.ts'
import type { Group } from './small-numbers.ts'
import { stepFinder, stepOf } from './steps.ts'
import { addByTable, type Coder, windowIn } from './table-counts.ts'

/** What is counted apart. `bin`: the place of a bin of time, by bounds. */
export type Dimension =
  | { by: 'unit'; level: Level }
  | { by: 'class' | 'kind' | 'severity' | 'state' | 'source' | 'weekday' | 'hourOfDay' }
  | { by: 'bin'; bounds: Float64Array }

/** The code's own unit, or the nearest above it, at `level` or coarser: where there is none of that level, what lies above. */
export function unitAt(code: string, level: Level): string {
  for (let rank = LEVELS.indexOf(level); rank > 0; rank--) {
    const name = LEVELS[rank]!
    if (code.length < codeLength(name)) continue
    const found = codeAt(code, name)
    if (found !== null) return found
  }
  return countyOf(code)
}

/** The next value up, for small numbers: a unit's parent, a kind's class; null where all are meant. */
export function valueAbove(dimension: Dimension, value: string | number): string | null {
  if (dimension.by === 'unit') return parentOf(String(value))
  return dimension.by === 'kind' && String(value).length > 2 ? String(value).slice(0, 2) : null
}

/** Whether a dimension tells times apart. */
export const isTime = ({ by }: Dimension): boolean => by === 'bin' || by === 'weekday' || by === 'hourOfDay'

/** Places of what a list of words becomes, equal ones together. */
function fold(words: readonly string[], to: (word: string) => string): { values: string[]; places: Uint32Array } {
  const known = new Map<string, number>()
  const places = Uint32Array.from(words, (word) => {
    const value = to(word)
    if (!known.has(value)) known.set(value, known.size)
    return known.get(value)!
  })
  return { values: [...known.keys()], places }
}

/** Places of words or traits. */
const coded = (of: 'unit' | 'kind' | 'traits', needs: number, { values, places }: { values: string[]; places: Uint32Array }): Coder => ({
  ...{ values, of, isLocal: false, cuts: [] },
  needs: () => needs,
  at: () => (value) => places[value]!,
})

function coderOf(columns: IncidentColumns, { clock }: HeatFilter, dimension: Dimension): Coder {
  const { by } = dimension
  if (by === 'unit')
    return coded(
      'unit',
      NEEDS.unit,
      fold(columns.units.words, (code) => unitAt(code, dimension.level)),
    )
  if (by === 'kind' || by === 'class')
    return coded('kind', NEEDS.kind, fold(columns.kinds.words, (kind) => (by === 'kind' ? kind : kind.slice(0, 2)))) // prettier-ignore
  if (by === 'bin') {
    const { bounds } = dimension
    return {
      ...{ values: Array.from({ length: bounds.length - 1 }, (_, n) => n), of: 'time', isLocal: false, cuts: bounds },
      needs: ({ start, end }) => (stepOf(bounds, start) === stepOf(bounds, end - 1) ? 0 : NEEDS.hour),
      at: (block) => stepFinder(block, bounds),
    }
  }
  if (by === 'weekday' || by === 'hourOfDay') {
    const place = by === 'weekday' ? weekdayOf : hourOfDay
    return {
      values: by === 'weekday' ? [1, 2, 3, 4, 5, 6, 7] : Array.from({ length: 24 }, (_, hour) => hour),
      ...{ of: 'time', isLocal: true, cuts: [] },
      needs: () => NEEDS.hour,
      at: ({ start, end }) => hourlyFinder(clock, start, end, place),
    }
  }
  const wordOf = { severity: severityOf, state: stateOf, source: sourceOf }[by]
  const traits = Array.from({ length: 256 }, (_, each) => wordOf(each) ?? '')
  return coded('traits', NEEDS[by], fold(traits, (word) => word)) // prettier-ignore
}

/** Place in a coder's values of a row of a block. */
const rowCoder = (coder: Coder, block: MonthBlock): ((row: number) => number) => {
  const column = { unit: block.units, kind: block.kinds, traits: block.traits, time: block.times }[coder.of]
  const at = coder.at(block)
  return (row) => at(column[row]!)
}

/** Up to so many combinations are counted in a table, more in a map. */
const MOST_TABLE = 1 << 20

/** Places of combinations with how many there are; none is empty. */
interface Tally {
  places: Float64Array
  counts: Uint32Array
}

function sparse(table: Uint32Array): Tally {
  let size = 0
  for (let place = 0; place < table.length; place++) if (table[place] !== 0) size++
  const [places, counts] = [new Float64Array(size), new Uint32Array(size)]
  for (let place = 0, n = 0; place < table.length; place++) {
    if (table[place] === 0) continue
    places[n] = place
    counts[n++] = table[place]!
  }
  return { places, counts }
}

function tally(rows: Uint32Array, codes: readonly ((row: number) => number)[], widths: readonly number[]): Tally {
  const combinations = widths.reduce((product, width) => product * width, 1)
  const [first, second] = codes
  const width = widths[1]!
  const placeOf = (row: number): number => {
    let place = 0
    for (let n = 0; n < codes.length; n++) place = place * widths[n]! + codes[n]!(row)
    return place
  }
  if (combinations <= MOST_TABLE) {
    const table = new Uint32Array(combinations)
    if (codes.length === 0) table[0] = rows.length
    else if (codes.length === 1) for (const row of rows) table[first!(row)]!++
    else if (codes.length === 2) for (const row of rows) table[first!(row) * width + second!(row)]!++
    else for (const row of rows) table[placeOf(row)]!++
    return sparse(table)
  }
  const map = new Map<number, number>()
  for (const row of rows) map.set(placeOf(row), (map.get(placeOf(row)) ?? 0) + 1)
  return { places: Float64Array.from(map.keys()), counts: Uint32Array.from(map.values()) }
}

/** Counts what passes along the dimensions; without any, one group with an empty key. Empty groups are not there. */
export function countGroups(columns: IncidentColumns, filter: HeatFilter, dimensions: readonly Dimension[]): Group[] {
  const selection = columns.selection(filter)
  const coders = dimensions.map((dimension) => coderOf(columns, filter, dimension))
  const widths = coders.map(({ values }) => values.length)
  const strides = widths.map((_, n) => widths.slice(n + 1).reduce((product, width) => product * width, 1))
  const combinations = widths.reduce((product, width) => product * width, 1)
  const sums = combinations <= MOST_TABLE ? new Uint32Array(combinations) : null
  const more = new Map<number, number>()
  const add = ({ places, counts }: Tally) => {
    for (let n = 0; n < places.length; n++) {
      if (sums) sums[places[n]!]! += counts[n]!
      else more.set(places[n]!, (more.get(places[n]!) ?? 0) + counts[n]!)
    }
  }
  // Bins hang on the window; all else is the same for a month in every window that holds it.
  const isKept = dimensions.every(({ by }) => by !== 'bin')
  for (const block of columns.touched(filter)) {
    columns.prepare(block)
    const byRows = (low?: number, high?: number) => tally(columns.rows(block, selection, low, high), coders.map((coder) => rowCoder(coder, block)), widths) // prettier-ignore
    const count = (): Tally[] => {
      const own = combinations <= MOST_TABLE ? new Uint32Array(combinations) : null
      const rests = own && addByTable(block, selection, coders, strides, own)
      return rests ? [sparse(own), ...rests.map(([low, high]) => byRows(low, high))] : [byRows()]
    }
    const isWhole = windowIn(block, filter).isWhole
    for (const each of isKept && isWhole ? columns.remembered.get(block, [filter, dimensions, widths], count, bytesOf) : count()) add(each)
  }
  const groups: Group[] = []
  const tell = (count: number, place: number) => {
    if (count > 0) groups.push({ key: coders.map(({ values }, n) => values[Math.floor(place / strides[n]!) % values.length]!), count })
  }
  if (sums) sums.forEach(tell)
  else more.forEach(tell)
  return groups
}

const bytesOf = (tallies: Tally[]): number => tallies.reduce((sum, { places, counts }) => sum + places.byteLength + counts.byteLength, 0)

const compare = (a: string | number | null, b: string | number | null): number => {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  return a < b ? -1 : 1
}
/** In the order of their keys; what stands for all comes last. */
export const sortGroups = (groups: Group[]): Group[] =>
  groups.sort((a, b) => {
    for (let n = 0; n < a.key.length; n++) {
      const order = compare(a.key[n]!, b.key[n]!)
      if (order !== 0) return order
    }
    return 0
  })
