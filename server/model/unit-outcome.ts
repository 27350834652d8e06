/**
 * What changes, told by the units that people know: leaves, and the grids that are cut into micro-grids with the land and people of
 * these. A grid that was a leaf and is cut now, or the other way round, is one unit that stays; so is a village that gets its first grids.
 */
import { findLand } from './actions/land.ts'
import type { Coverage } from './coverage.ts'
import { gridOf } from './difference.ts'
import { isSameLeaf, isSameShape, type LeafChange, type LeafState } from './plan-outcome.ts'

export interface UnitState extends LeafState {
  /** Ids of the leaves that make it up, in its own coverage. */
  leafIds: ReadonlySet<string>
}

export interface UnitChange {
  /** The id after; before, for a unit that ends. */
  id: string
  before: UnitState | null
  after: UnitState | null
}

/** The changes of leaves with those of cut grids; each unit stands once, grids first. `changes` as of `changesOf`. */
export function unitChangesOf(before: Coverage, after: Coverage, changes: readonly LeafChange[]): UnitChange[] {
  const grids = changesOfGrids(before, after, changes)
  // What is a leaf on one side and a cut grid on the other is no leaf that came or went.
  const then = new Set(grids.map((change) => change.before?.leaf.code))
  const now = new Set(grids.map((change) => change.after?.leaf.id))
  const leaves = changes.flatMap((change): UnitChange[] => {
    if (change.before && !change.after && then.has(change.before.leaf.code)) return []
    if (change.after && !change.before && now.has(change.id)) return []
    const old = change.before && { ...change.before, leafIds: new Set([change.before.leaf.id]) }
    const fresh = change.after && { ...change.after, leafIds: new Set([change.id]) }
    return [{ id: change.id, before: old, after: fresh ?? (old && stateOfVillage(after, old)) }]
  })
  return [...grids, ...leaves]
}

/** Cut grids, on either side, that are not what they were: their facts, their land or how many micro-grids they have. */
function changesOfGrids(before: Coverage, after: Coverage, changes: readonly LeafChange[]): UnitChange[] {
  const reached = new Set(changes.flatMap(({ before: old, after: now }) => [old && gridOf(old.leaf), now && gridOf(now.leaf)]))
  const found: UnitChange[] = []
  const stayed = new Set<string | null>()
  for (const grid of after.grids.values()) {
    stayed.add(grid.code)
    const known = grid.code === null ? undefined : before.grids.get(grid.code)
    if (known && isSameLeaf(known, grid) && !reached.has(grid.id)) continue
    const [old, now] = [grid.code === null ? null : stateIn(before, grid.code), stateIn(after, grid.id)]
    if (!isSame(old, now)) found.push({ id: grid.id, before: old, after: now })
  }
  for (const code of before.grids.keys()) {
    if (stayed.has(code)) continue
    const leaf = changes.find((change) => change.after?.leaf.code === code)
    const now = leaf?.after ? { ...leaf.after, leafIds: new Set([leaf.id]) } : null
    found.push({ id: leaf?.id ?? code, before: stateIn(before, code), after: now })
  }
  return found
}

const isSame = (a: UnitState | null, b: UnitState | null): boolean =>
  a !== null && b !== null && isSameLeaf(a.leaf, b.leaf) && a.leafIds.size === b.leafIds.size && isSameShape(a.polygons, b.polygons)

function stateIn(coverage: Coverage, id: string): UnitState | null {
  const land = findLand(coverage, id)
  if (!land) return null
  const { facts, leafIds, isCut } = land
  return { leaf: facts, polygons: isCut ? coverage.union(leafIds) : coverage.polygonsOf(id), leafIds }
}

/** A village that was a leaf and has grids now; null where it is gone. */
function stateOfVillage(after: Coverage, { leaf }: UnitState): UnitState | null {
  if (leaf.level !== 'village') return null
  const leafIds = new Set([...after.leaves.values()].filter(({ parentCode }) => parentCode === leaf.code).map(({ id }) => id))
  return leafIds.size > 0 ? { leaf, polygons: after.union(leafIds), leafIds } : null
}

/**
 * The changes together with the leaves that stay as they are in a unit that does not: what a cut grid holds is what all its micro-grids
 * hold.
 */
export function withParts(before: Coverage, after: Coverage, changes: readonly LeafChange[]): LeafChange[] {
  const old = new Set(changes.flatMap((change) => change.before?.leaf.code ?? []))
  const fresh = new Set(changes.flatMap((change) => (change.after ? [change.id] : [])))
  const parts = new Map<string, LeafChange>()
  for (const unit of unitChangesOf(before, after, changes)) {
    for (const id of [...(unit.before?.leafIds ?? [])].filter((each) => !old.has(each))) parts.set(id, partOf(before, after, id))
    for (const id of [...(unit.after?.leafIds ?? [])].filter((each) => !fresh.has(each))) parts.set(id, partOf(before, after, id))
  }
  return [...changes, ...parts.values()]
}

/** A leaf that nothing happened to has the same id on both sides. */
const partOf = (before: Coverage, after: Coverage, id: string): LeafChange => ({
  id,
  before: { leaf: before.leaves.get(id)!, polygons: before.polygonsOf(id) },
  after: { leaf: after.leaves.get(id)!, polygons: after.polygonsOf(id) },
  moved: false,
})
