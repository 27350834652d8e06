/** Which unit a place on the map means: the micro-grid there, or the grid that is cut into it. */
import type { LeafId } from '#model/actions/action.ts'
import { findLand } from '#model/actions/land.ts'
import type { Coverage } from '#model/coverage.ts'
import { type Arc, gridOf, type Leaf } from '#model/difference.ts'
import type { GridPolygons } from '#model/rings.ts'

export const UNIT_LEVELS = ['grid', 'microgrid'] as const
/** grid: a grid that is cut into micro-grids is one unit; microgrid: each of them is. Other leaves are units at either. */
export type UnitLevel = (typeof UNIT_LEVELS)[number]

/** The unit that a leaf is, or is part of, at a level. */
export function unitOver(coverage: Coverage, leafId: LeafId, level: UnitLevel): LeafId {
  const leaf = level === 'grid' ? coverage.leaves.get(leafId) : undefined
  return (leaf && gridOf(leaf)) ?? leafId
}

/** A border between two units of the level, not one inside of a unit. */
export const isBorderAt = (coverage: Coverage, { left, right }: Arc, level: UnitLevel): boolean =>
  left === null || right === null || unitOver(coverage, left, level) !== unitOver(coverage, right, level)

/** Facts of a leaf or a cut grid; undefined where there is none of the id. */
export const factsOf = (coverage: Coverage, id: LeafId): Leaf | undefined => coverage.leaves.get(id) ?? coverage.grids.get(id)

/** Ids of the leaves that make up a unit; none where there is no such unit. */
export const leavesOf = (coverage: Coverage, id: LeafId): ReadonlySet<LeafId> => findLand(coverage, id)?.leafIds ?? new Set()

/** The unit's land. */
export const landOf = (coverage: Coverage, id: LeafId): GridPolygons =>
  coverage.leaves.has(id) ? coverage.polygonsOf(id) : coverage.union(leavesOf(coverage, id))

/** What was chosen at one level as units of another: the grid around micro-grids, all micro-grids of a grid. */
export function atLevel(coverage: Coverage, ids: readonly LeafId[], level: UnitLevel): LeafId[] {
  const units = ids.flatMap((id) =>
    level === 'grid' ? [unitOver(coverage, id, level)] : coverage.grids.has(id) ? [...leavesOf(coverage, id)].sort() : [id],
  )
  return [...new Set(units)]
}
