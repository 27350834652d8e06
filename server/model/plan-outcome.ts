/** What changes from one state of a coverage to another, unit by unit. A unit is the same as long as it has its code of before. */
import type { Coverage } from './coverage.ts'
import type { CutGrid, Leaf } from './difference.ts'
import type { GridPolygons } from './rings.ts'

export interface LeafState {
  leaf: Leaf
  polygons: GridPolygons
}

export interface LeafChange {
  /** The id after; before, for a unit that ends. */
  id: string
  /** Null for a new unit. */
  before: LeafState | null
  /** Null for one that ends. */
  after: LeafState | null
  /** True when its land is not what it was. */
  moved: boolean
}

/**
 * Changes of the leaves among `touched` ids; a leaf that is in the end as it was is not among them. Ids of `before` are codes.
 * Those that end come first, then in the order of their ids. `continued`: codes that leaves without one go on under, by id.
 */
export function changesOf(
  before: Coverage,
  after: Coverage,
  touched: Iterable<string>,
  continued: ReadonlyMap<string, string> = new Map(),
): LeafChange[] {
  const ids = [...touched].sort()
  const stateIn = (coverage: Coverage, id: string): LeafState => ({ leaf: coverage.leaves.get(id)!, polygons: coverage.polygonsOf(id) })
  const changes: LeafChange[] = []
  const stayed = new Set<string>()
  for (const id of ids) {
    const found = after.leaves.get(id)
    if (!found) continue
    const leaf = { ...found, code: found.code ?? continued.get(id) ?? null }
    const known = leaf.code !== null && before.leaves.has(leaf.code) ? stateIn(before, leaf.code) : null
    const now = { leaf, polygons: after.polygonsOf(id) }
    if (known) stayed.add(leaf.code!)
    const moved = !known || !isSameShape(known.polygons, now.polygons)
    if (moved || !isSameLeaf(known.leaf, leaf)) changes.push({ id, before: known, after: now, moved })
  }
  const ended = ids.filter((id) => before.leaves.has(id) && !stayed.has(id))
  return [...ended.map((id): LeafChange => ({ id, before: stateIn(before, id), after: null, moved: true })), ...changes]
}

/** Cut grids of which something else is said than before, or that were none; grids that have ended are not among them. */
export function changedGrids(before: Coverage, after: Coverage): CutGrid[] {
  return [...after.grids.values()].filter((grid) => {
    const known = grid.code === null ? undefined : before.grids.get(grid.code)
    return !known || !isSameLeaf(known, grid)
  })
}

const FACTS = ['parentCode', 'level', 'unitKind', 'name', 'nameEn', 'renumber', 'grid'] as const
export const isSameLeaf = (a: Leaf, b: Leaf): boolean => FACTS.every((fact) => a[fact] === b[fact])

/** Polygons are canonical, so the same land is the same numbers. */
export const isSameShape = (a: GridPolygons, b: GridPolygons): boolean =>
  a.length === b.length && a.every((rings, i) => rings.length === b[i]!.length && rings.every((ring, j) => isSameRing(ring, b[i]![j]!)))
const isSameRing = (a: Int32Array, b: Int32Array): boolean => a.length === b.length && a.every((value, i) => value === b[i])
