/** What a plan changes for each unit, as rows of the table that is printed. */
import type { PlanDifference } from '#contract/plan.ts'

export type UnitChange = PlanDifference['units'][number]
export const FATES = ['new', 'gone', 'cut', 'joined', 'changed', 'renumbered', 'kind', 'renamed'] as const
/** cut, joined: a unit that stays has more, or fewer, units below it; what it holds is said by the figures. */
export type Fate = (typeof FATES)[number]

type Side = NonNullable<UnitChange['before']>
const hasSameFigures = (a: Side, b: Side): boolean => a.households === b.households && Math.abs(a.areaM2 - b.areaM2) < 1
const hasSameName = (a: Side, b: Side): boolean => a.name === b.name && a.nameEn === b.nameEn

/** The weightiest thing that happens to a unit; null for one that only got a vertex on its border, because a neighbour's now ends there. */
export function fateOf({ before, after, newCode, code }: UnitChange): Fate | null {
  if (before === null) return 'new'
  if (after === null) return 'gone'
  if (before.parts !== after.parts) return before.parts < after.parts ? 'cut' : 'joined'
  if (!hasSameFigures(before, after)) return 'changed'
  if (newCode !== null && newCode !== code) return 'renumbered'
  if (before.unitKind !== after.unitKind) return 'kind'
  return hasSameName(before, after) ? null : 'renamed'
}

const MOVES: ReadonlySet<Fate | null> = new Set(['new', 'gone', 'cut', 'joined', 'changed'])
/** True where land goes from one unit to another, not only words and codes change. */
export const isMoved = (unit: UnitChange): boolean => MOVES.has(fateOf(unit))

export const isChange = (unit: UnitChange): boolean => fateOf(unit) !== null

/** The side that a unit is called after: what it will be, or was. */
export const sideOf = ({ before, after }: UnitChange): Side => (after ?? before)!

export interface ChangeGroup {
  /** Code of the unit above; id of the grid for micro-grids. */
  key: string
  /** The cut grid whose micro-grids these are, where it has a row itself. */
  grid: UnitChange | null
  parentCode: string
  rows: UnitChange[]
  households: { before: number; after: number }
}

const keyOf = ({ code, newCode, id }: UnitChange): string => code ?? newCode ?? `~${id}`

/** Rows under the unit above, both by code; new ones last. The micro-grids of a grid are a group of their own, after that of the grid. */
export function groupsOf(units: readonly UnitChange[]): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>()
  const byId = new Map(units.filter(({ level }) => level === 'grid').map((unit) => [unit.id, unit]))
  for (const unit of units.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    const { parentCode } = unit
    const key = unit.grid ?? parentCode
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { key, grid: byId.get(unit.grid ?? '') ?? null, parentCode, rows: [], households: { before: 0, after: 0 } })) // prettier-ignore
    group.rows.push(unit)
    group.households.before += unit.before?.households ?? 0
    group.households.after += unit.after?.households ?? 0
  }
  const place = ({ key, grid, parentCode }: ChangeGroup): string => (grid ? `${grid.parentCode} ${keyOf(grid)}` : key === parentCode ? key : `${parentCode} ~${key}`) // prettier-ignore
  return [...groups.values()].toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}
