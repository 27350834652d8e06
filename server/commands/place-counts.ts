/** Counts behind hot spots, trends and reports, asked of whoever counts: the heat index where it is ready, otherwise the database. */
import type { HeatFilter } from '#model/heat/filter.ts'
import type { Lattice } from '#model/heat/lattice.ts'
import type { Span } from '#model/hot-spots/periods.ts'
import type { What } from '../store/analysis.ts'
import type { Counting } from '../store/heat-counts.ts'

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000)
const secondsOf = (bounds: readonly Date[]): Float64Array => Float64Array.from(bounds, seconds)

/** Days and hours of the local clock are not asked for, so any clock will do. */
const filterOf = ({ unitCode, kinds, severities, sources }: What, { from, to }: Span, inside: boolean): HeatFilter => ({
  ...{ units: [unitCode], from: seconds(from), to: seconds(to), inside },
  ...{ kinds: kinds ?? null, severities: severities ?? null, sources: sources ?? null },
  ...{ states: null, box: null, polygon: null, dial: null, clock: { starts: [-Infinity], offsets: [0] } },
})
const spanOf = (bounds: readonly Date[]): Span => ({ from: bounds[0]!, to: bounds.at(-1)! })

export interface SquareCount {
  column: number
  row: number
  step: number
  count: number
}

/** Incidents inside of leaves, by square and step: step n is [bounds[n], bounds[n + 1]), to the whole second, here and below. */
export async function countSquares(counting: Counting, what: What, lattice: Lattice, bounds: readonly Date[]): Promise<SquareCount[]> {
  const { cells } = (await counting.cells(filterOf(what, spanOf(bounds), true), lattice, secondsOf(bounds))).answer
  const found: SquareCount[] = []
  for (let cell = 0; cell < cells.columns.length; cell++) {
    const [column, row] = [cells.columns[cell]!, cells.rows[cell]!]
    for (let entry = cells.starts[cell]!; entry < cells.starts[cell + 1]!; entry++)
      found.push({ column, row, step: cells.steps[entry]!, count: cells.counts[entry]! })
  }
  return found
}

export interface UnitCount {
  unitCode: string
  step: number
  count: number
}

async function countUnits(counting: Counting, what: What, bounds: readonly Date[], inside: boolean): Promise<UnitCount[]> {
  const { answer } = await counting.groups(filterOf(what, spanOf(bounds), inside), [
    { by: 'unit', level: 'microgrid' },
    { by: 'bin', bounds: secondsOf(bounds) },
  ])
  return answer.map(({ key: [unitCode, step], count }) => ({ unitCode: String(unitCode), step: Number(step), count }))
}

/** Incidents inside of leaves, by leaf and step. */
export const countLeaves = (counting: Counting, what: What, bounds: readonly Date[]): Promise<UnitCount[]> =>
  countUnits(counting, what, bounds, true)

/** Incidents of a window that lie in no leaf, or came without a place. */
export async function countElsewhere(counting: Counting, what: What, span: Span): Promise<number> {
  const count = async (inside: boolean) => (await counting.groups(filterOf(what, span, inside), [])).answer[0]?.count ?? 0
  const [all, within] = await Promise.all([count(false), count(true)])
  return all - within
}

export interface TrendCount {
  key: string
  step: number
  count: number
}

/** Incidents by step, and by the first `digits` of the kind or of the unit's code. */
export async function countTrend(
  counting: Counting,
  what: What,
  bounds: readonly Date[],
  { noun, digits }: { noun: 'kind' | 'unit'; digits: number },
): Promise<TrendCount[]> {
  const filter = filterOf(what, spanOf(bounds), false)
  const by = noun === 'kind' ? ({ by: 'kind' } as const) : ({ by: 'unit', level: 'microgrid' } as const)
  const { answer } = await counting.groups(filter, [by, { by: 'bin', bounds: secondsOf(bounds) }])
  const sums = new Map<string, TrendCount>()
  for (const {
    key: [word, bin],
    count,
  } of answer) {
    const [key, step] = [String(word).slice(0, digits), Number(bin)]
    const sum = sums.get(`${key} ${step}`) ?? { key, step, count: 0 }
    sum.count += count
    sums.set(`${key} ${step}`, sum)
  }
  return [...sums.values()]
}
