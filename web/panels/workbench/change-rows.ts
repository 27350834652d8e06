/** What a plan changes for each unit, as rows of the table that is printed. */
import type { PlanDifference } from '#contract/plan.ts'

export type UnitChange = PlanDifference['units'][number]
export const FATES = ['new', 'gone', 'changed', 'renumbered'] as const
export type Fate = (typeof FATES)[number]

export const fateOf = ({ before, after, newCode, code }: UnitChange): Fate =>
  before === null
    ? 'new'
    : after === null
      ? 'gone'
      : newCode !== null && newCode !== code && hasSameFigures(before, after)
        ? 'renumbered'
        : 'changed'

type Side = NonNullable<UnitChange['before']>
const hasSameFigures = (a: Side, b: Side): boolean => a.households === b.households && Math.abs(a.areaM2 - b.areaM2) < 1

/** False for a unit that only got a vertex on its border, because a neighbour's border now ends there. */
export const isChange = (unit: UnitChange): boolean => {
  const { before, after, code, newCode } = unit
  return before === null || after === null || (newCode !== null && newCode !== code) || !hasSameFigures(before, after)
}

export interface ChangeGroup {
  parentCode: string
  rows: UnitChange[]
  households: { before: number; after: number }
}

/** Rows under the unit above, both by code; new ones last. */
export function groupsOf(units: readonly UnitChange[]): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>()
  const keyOf = ({ code, newCode, id }: UnitChange): string => code ?? newCode ?? `~${id}`
  for (const unit of units.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    let group = groups.get(unit.parentCode)
    if (!group) groups.set(unit.parentCode, (group = { parentCode: unit.parentCode, rows: [], households: { before: 0, after: 0 } }))
    group.rows.push(unit)
    group.households.before += unit.before?.households ?? 0
    group.households.after += unit.after?.households ?? 0
  }
  return [...groups.values()].toSorted((a, b) => (a.parentCode < b.parentCode ? -1 : 1))
}
