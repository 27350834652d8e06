/**
 * What an action does: the arcs and leaves that go and those that come. It is all that undo, the server's replay, the checks,
 * the map's source and the other screens need; nothing outside it has changed.
 */
import type { UnitKind, Level } from './level.ts'
import { levelOf } from './code.ts'
import type { FlatRing } from './exact.ts'

/** A line between two nodes (or a closed one), once; `left` and `right` are leaf ids, null outside. */
export interface Arc {
  id: number
  /** Flat [x0, y0, …] on the grid of 1e-7 degree, both ends included; a closed arc repeats its first point. */
  points: FlatRing
  left: string | null
  right: string | null
}

export interface Leaf {
  id: string
  /** Code in force; null until the plan that makes the unit is. */
  code: string | null
  parentCode: string
  level: Level
  unitKind: UnitKind
  name: string
  nameEn: string | null
  /** True when the plan gives it a new code although it has one. */
  renumber: boolean
  /** Of a micro-grid whose grid has no code yet or gets another one: that grid's id; `parentCode` is then the unit above the grid. */
  grid?: string | undefined
}

/** Facts of a grid that is cut into micro-grids: its land is theirs. */
export type CutGrid = Leaf

export interface Swap<T> {
  removed: readonly T[]
  added: readonly T[]
}

/** A leaf, arc or cut grid that changed stands in both lists. */
export interface Difference {
  arcs: Swap<Arc>
  leaves: Swap<Leaf>
  /** Grids that are cut into micro-grids; left out where none comes, goes or changes. */
  grids?: Swap<CutGrid> | undefined
}

export const reverse = ({ arcs, leaves, grids }: Difference): Difference => ({
  arcs: { removed: arcs.added, added: arcs.removed },
  leaves: { removed: leaves.added, added: leaves.removed },
  ...(grids && { grids: { removed: grids.added, added: grids.removed } }),
})

/** Id of the grid that a micro-grid is part of; null for other leaves, and for one that hangs directly below a village. */
export const gridOf = ({ level, grid, parentCode }: Leaf): string | null =>
  level !== 'microgrid' ? null : (grid ?? (levelOf(parentCode) === 'grid' ? parentCode : null))

/** Ids of all leaves whose polygon or facts a difference changes, on either side of it. */
export function touched({ arcs, leaves }: Difference): Set<string> {
  const ids = new Set<string>()
  for (const { left, right } of [...arcs.removed, ...arcs.added]) {
    if (left !== null) ids.add(left)
    if (right !== null) ids.add(right)
  }
  for (const { id } of [...leaves.removed, ...leaves.added]) ids.add(id)
  return ids
}

/**
 * One difference that does what a sequence of them does, first to last. What was added and removed again on the way, or taken
 * away and put back as it was, is not in it.
 */
export function netDifference(differences: readonly Difference[]): Difference {
  const grids = squash(differences.flatMap((each) => each.grids ?? []), isSameLeaf) // prettier-ignore
  return {
    arcs: squash(differences.map(({ arcs }) => arcs), isSameArc), // prettier-ignore
    leaves: squash(differences.map(({ leaves }) => leaves), isSameLeaf), // prettier-ignore
    ...(grids.removed.length + grids.added.length > 0 && { grids }),
  }
}

function squash<T extends { id: number | string }>(swaps: readonly Swap<T>[], isSame: (a: T, b: T) => boolean): Swap<T> {
  const known = new Map<T['id'], { before: T | null; after: T | null }>()
  for (const { removed, added } of swaps) {
    for (const one of removed) {
      const entry = known.get(one.id)
      if (entry) entry.after = null
      else known.set(one.id, { before: one, after: null })
    }
    for (const one of added) {
      const entry = known.get(one.id)
      if (entry) entry.after = one
      else known.set(one.id, { before: null, after: one })
    }
  }
  const changed = [...known.values()].filter(({ before, after }) => !(before && after && isSame(before, after)))
  return { removed: changed.flatMap(({ before }) => before ?? []), added: changed.flatMap(({ after }) => after ?? []) }
}

const isSameArc = (a: Arc, b: Arc): boolean =>
  a.left === b.left && a.right === b.right && a.points.length === b.points.length && a.points.every((value, i) => value === b.points[i])

const isSameLeaf = (a: Leaf, b: Leaf): boolean => (Object.keys({ ...a, ...b }) as (keyof Leaf)[]).every((key) => a[key] === b[key])
