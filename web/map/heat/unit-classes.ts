/** Units by colour: which value each has in a window, and the fixed bounds of the five classes. */
import type { UnitSummary } from '#contract/unit.ts'
import type { UnitValue } from '../../state/heat-address.ts'
import type { UnitSums } from '../../state/heat-units-at-rest.svelte.ts'
import type { Span } from '../../state/heat-window.ts'
import { bandOf, bandsFor, countBands, quantile } from './bands.ts'

/** Lower bounds of the classes 2…5 of what is a share. */
const OVERDUE_BOUNDS = [0.02, 0.05, 0.1, 0.2]
const CHANGE_BOUNDS = [-0.25, -0.1, 0.1, 0.25]
/** Fewer than this in either window say nothing about a change. */
const LEAST_FOR_CHANGE = 5
/** Where the top class begins: the share of units below it. */
const HOT_SHARE = 0.96

export interface UnitCounts {
  units: UnitSums
  overdue: UnitSums | null
  /** Units of the level, and coarser ones that were never divided so far. */
  coloured: readonly UnitSummary[]
}

/** A unit's value in the window, null where it has none. `before`: the window before. */
export function unitValue(unit: UnitSummary, value: UnitValue, { units, overdue }: UnitCounts, window: Span, before: Span): number | null {
  const count = units.count(unit.code, window)
  if (count === null || value === 'count') return count
  if (value === 'perThousand') return unit.residents ? (count * 1000) / unit.residents : null
  if (value === 'perKm2') return (count * 1e6) / unit.areaM2
  if (value === 'overdue') {
    const late = overdue?.count(unit.code, window) ?? null
    return count > 0 && late !== null ? late / count : null
  }
  const earlier = units.count(unit.code, before) ?? 0
  return Math.max(count, earlier) < LEAST_FOR_CHANGE || earlier === 0 ? null : (count - earlier) / earlier
}

/** Lower bounds of the classes 2…5 for windows with at most this share of the whole range: the same wherever the window stands. */
export function unitBounds(value: UnitValue, counts: UnitCounts, range: Span, share: number): readonly number[] {
  if (value === 'overdue') return OVERDUE_BOUNDS
  if (value === 'change') return CHANGE_BOUNDS
  const values = counts.coloured.map((unit) => (unitValue(unit, value, counts, range, range) ?? 0) * share)
  const peak = quantile(values, HOT_SHARE)
  return value === 'count' ? countBands(peak, 4) : bandsFor(peak, 4)
}

/** Class 1…5 of every unit that has a value. */
export function unitClasses(
  value: UnitValue,
  counts: UnitCounts,
  bounds: readonly number[],
  window: Span,
  before: Span,
): Map<string, number> {
  const classes = new Map<string, number>()
  for (const unit of counts.coloured) {
    const own = unitValue(unit, value, counts, window, before)
    if (own !== null) classes.set(unit.code, 1 + bandOf(own, bounds))
  }
  return classes
}
