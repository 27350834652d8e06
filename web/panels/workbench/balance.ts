/** Households of the scope's units against the target, before and after, as the balance panel writes them. */
import type { Targets } from '#model/targets.ts'
import type { BalanceRow } from '../../state/workbench.svelte.ts'

export type Target = Pick<Targets, 'minHouseholds' | 'maxHouseholds'>

/** How many households a unit is short of, or above, the target; 0 within, and where the target is not asked of it. */
export const distanceFrom = ({ households, target }: BalanceRow, { minHouseholds, maxHouseholds }: Target): number =>
  target === 'below' ? minHouseholds - households : target === 'above' ? households - maxHouseholds : 0

/** Households gained or lost against today; null for a unit that is new. */
export const changeOf = ({ before, households }: BalanceRow): number | null => (before === null ? null : households - before)

export interface BalanceSum {
  inRange: number
  /** Units of which the target is asked. */
  counted: number
  households: number
}

export function sumOf(rows: readonly BalanceRow[]): BalanceSum {
  const sum: BalanceSum = { inRange: 0, counted: 0, households: 0 }
  for (const { target, households } of rows) {
    if (target !== 'exempt') sum.counted++
    if (target === 'within') sum.inRange++
    sum.households += households
  }
  return sum
}

export const SORTS = ['unit', 'households', 'change'] as const
/** unit: by name, in a long list chosen and touched ones first; households: farthest from the target; change: the largest. */
export type Sort = (typeof SORTS)[number]

/** Up to here a list is in sight at once, and a click must not make its rows jump. */
const SHORT_LIST = 16
const byName = new Intl.Collator('zh-CN', { numeric: true }).compare

/** The list in the order asked for. */
export function inOrder(rows: readonly BalanceRow[], sort: Sort, chosen: ReadonlySet<string>, target: Target): BalanceRow[] {
  const rank = (row: BalanceRow): number => (rows.length <= SHORT_LIST ? 0 : chosen.has(row.id) ? 0 : row.isTouched ? 1 : 2)
  const change = (row: BalanceRow): number => Math.abs(changeOf(row) ?? row.households)
  const order: Record<Sort, (a: BalanceRow, b: BalanceRow) => number> = {
    unit: (a, b) => rank(a) - rank(b),
    households: (a, b) => distanceFrom(b, target) - distanceFrom(a, target) || b.households - a.households,
    change: (a, b) => change(b) - change(a),
  }
  return rows.toSorted((a, b) => order[sort](a, b) || byName(a.name, b.name) || (a.id < b.id ? -1 : 1))
}

/** Place of a number of households on the row's line, 0…1: from none to a fifth above the target, where the line ends. */
export const placeOf = (households: number, { maxHouseholds }: Target): number =>
  Math.min(1, Math.max(0, households / (maxHouseholds * 1.2)))
