/**
 * A unit as the verbs see it: a leaf, or a grid that is cut into micro-grids. What such a grid holds is what its micro-grids hold, so
 * its borders are theirs, and whatever is done to it is done to them.
 */
import { levelOf, parentOf } from '../code.ts'
import type { Coverage } from '../coverage.ts'
import { type CutGrid, type Difference, gridOf, type Leaf } from '../difference.ts'
import type { Level } from '../level.ts'
import type { LeafId, Refusal } from './action.ts'

export interface Land {
  id: LeafId
  facts: Leaf
  /** The leaf itself, or the micro-grids. */
  leafIds: ReadonlySet<LeafId>
  isCut: boolean
}

/** The units by id, or the refusal that names the first one that is not there. */
export function findLands(coverage: Coverage, ids: readonly LeafId[]): Land[] | Refusal {
  const lands: Land[] = []
  for (const id of ids) {
    const land = findLand(coverage, id)
    if (!land) return { reason: 'no-unit', units: [id] }
    lands.push(land)
  }
  return lands
}

/** A leaf, or a grid with its micro-grids; null where there is none of the id. */
export function findLand(coverage: Coverage, id: LeafId): Land | null {
  const leaf = coverage.leaves.get(id)
  if (leaf) return { id, facts: leaf, leafIds: new Set([id]), isCut: false }
  const grid = coverage.grids.get(id)
  return grid ? { id, facts: grid, leafIds: coverage.leavesOfGrid(id), isCut: true } : null
}

export const isTaken = (coverage: Coverage, id: LeafId): boolean => coverage.leaves.has(id) || coverage.grids.has(id)

/** Ids that no unit has, `n1-1`, `n1-2` … beside `n1`: what an action makes besides the units that it names. */
export function idsBeside(coverage: Coverage, id: LeafId): () => LeafId {
  let n = 0
  return () => {
    do n++
    while (isTaken(coverage, `${id}-${n}`))
    return `${id}-${n}`
  }
}

/** How a micro-grid says what grid it is part of: by the grid's code as long as that stays. */
export const below = ({ id, code, parentCode, renumber }: CutGrid): Pick<Leaf, 'parentCode' | 'grid'> =>
  code !== null && !renumber && parentOf(code) === parentCode ? { parentCode: code, grid: undefined } : { parentCode, grid: id }

/** What a unit below `parentCode` says of where it belongs; `others` may hold grids that are only being cut. */
export function hangs(coverage: Coverage, parentCode: string, others: readonly Leaf[] = []): Pick<Leaf, 'parentCode' | 'grid'> {
  const grid = coverage.grids.get(parentCode) ?? others.find(({ id, level }) => id === parentCode && level === 'grid')
  return grid ? below(grid) : { parentCode, grid: undefined }
}

/** Level of a new unit below `parentCode`: that of the units beside it which belong there, otherwise the one below its parent's. */
export function levelUnder(parentCode: string, beside: readonly Leaf[]): Level {
  const sibling = beside.find((leaf) => leaf.parentCode === parentCode && leaf.grid === undefined)
  if (sibling) return sibling.level
  const above = levelOf(parentCode)
  if (above === 'grid') return 'microgrid'
  const isOver = beside.some(({ id }) => id === parentCode)
  if (above === 'town' && (isOver || beside.some(({ level }) => level === 'village'))) return 'village'
  if (above === 'county' && beside.some(({ level }) => level === 'town')) return 'town'
  return 'grid'
}

/**
 * The difference with what it means for the grids that are cut: one that has lost its last micro-grid goes, one that has got its first
 * comes. Refuses a unit below one that has land of its own.
 */
export function settled(coverage: Coverage, { arcs, leaves, grids = { removed: [], added: [] } }: Difference): Difference | Refusal {
  const shift = new Map<string, number>()
  const count = (leaf: Leaf, by: number) => {
    const grid = gridOf(leaf)
    if (grid !== null) shift.set(grid, (shift.get(grid) ?? 0) + by)
  }
  for (const leaf of leaves.removed) count(leaf, -1)
  for (const leaf of leaves.added) count(leaf, 1)
  const removed = new Map(grids.removed.map((grid) => [grid.id, grid]))
  const added = new Map(grids.added.map((grid) => [grid.id, grid]))
  for (const [id, by] of shift) {
    const known = coverage.grids.get(id)
    const isEmpty = coverage.leavesOfGrid(id).size + by === 0
    if (isEmpty) added.delete(id)
    if (isEmpty && known) removed.set(id, known)
    if (!isEmpty && !known && !added.has(id)) added.set(id, factsOf(id, leaves.removed))
  }
  const gone = new Set(leaves.removed.map((leaf) => leaf.id))
  const come = new Set(leaves.added.map((leaf) => leaf.id))
  const isLand = (id: string) => come.has(id) || (coverage.leaves.has(id) && !gone.has(id))
  const lost = leaves.added.find(({ grid, parentCode }) => isLand(grid ?? parentCode))
  if (lost) return { reason: 'not-below-parent', units: [lost.id] }
  if (removed.size + added.size === 0) return { arcs, leaves }
  return { arcs, leaves, grids: { removed: [...removed.values()], added: [...added.values()] } }
}

/** A grid that is cut now was a leaf before, or has stood empty. */
function factsOf(id: string, removed: readonly Leaf[]): CutGrid {
  const leaf = removed.find((each) => each.id === id)
  if (leaf) return leaf
  const code = levelOf(id) === 'grid' ? id : null
  return {
    id,
    code,
    parentCode: (code && parentOf(code)) ?? '',
    level: 'grid',
    unitKind: 'general',
    name: id,
    nameEn: null,
    renumber: false,
  }
}
