/**
 * Grids with fewer or more households than the targets ask for. A grid that is cut into micro-grids is asked as a whole, villages
 * that have no grids are not asked. Kinds that the targets exempt are never asked.
 */
import type { Leaf } from '../difference.ts'
import type { Finding } from '../finding.ts'
import { type Context, placeOf } from './context.ts'

export function households(context: Context): Finding[] {
  const { coverage, balance, targets } = context
  if (!balance) return []
  return gridsOf(context).flatMap((leaves) => {
    if (leaves.every(({ unitKind }) => targets.exempt.includes(unitKind))) return []
    const value = leaves.reduce((sum, { id }) => sum + balance.of(id).households, 0)
    if (value >= targets.minHouseholds && value <= targets.maxHouseholds) return []
    const isFew = value < targets.minHouseholds
    const units = leaves.map(({ id }) => id)
    return {
      code: isFew ? 'too-few-households' : 'too-many-households',
      severity: 'warning',
      units,
      ...placeOf(coverage.union(new Set(units))),
      value,
      limit: isFew ? targets.minHouseholds : targets.maxHouseholds,
    } satisfies Finding
  })
}

/** The leaves of each touched grid: itself, or all micro-grids below it. One with a broken ring has worse to be told. */
function gridsOf({ coverage, difference, leaves, sound, leafBefore }: Context): Leaf[][] {
  const grids = sound.filter(({ level }) => level === 'grid').map((leaf) => [leaf])
  // A grid that lost a micro-grid to another one is touched as well.
  const touched = [...sound, ...sound.flatMap(({ id }) => leafBefore(id) ?? []), ...difference.leaves.removed]
  const cut = new Set(touched.filter(({ level }) => level === 'microgrid').map(({ parentCode }) => parentCode))
  if (cut.size === 0) return grids
  const isSound = new Set(sound)
  for (const leaf of leaves) if (!isSound.has(leaf)) cut.delete(leaf.parentCode)
  const below = new Map<string, Leaf[]>([...cut].map((code) => [code, []]))
  for (const leaf of coverage.leaves.values()) if (leaf.level === 'microgrid') below.get(leaf.parentCode)?.push(leaf)
  return [...grids, ...below.values()]
}
