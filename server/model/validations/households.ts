/**
 * Grids with fewer or more households than the targets ask for. A grid that is cut into micro-grids is asked as a whole, villages
 * that have no grids are not asked. Kinds that the targets exempt are never asked.
 */
import { gridOf, type Leaf } from '../difference.ts'
import type { Finding } from '../finding.ts'
import { areaM2 } from '../measure.ts'
import type { GridPolygons } from '../rings.ts'
import { type Context, placeOf } from './context.ts'

export function households(context: Context): Finding[] {
  const { coverage, balance, targets } = context
  if (!balance) return []
  return gridsOf(context).flatMap((leaves) => {
    const cut = coverage.grids.get(unitOf(leaves[0]!))
    const kinds =
      cut && leaves[0]!.level === 'microgrid' && cut.unitKind !== 'general' ? [cut.unitKind] : leaves.map(({ unitKind }) => unitKind)
    if (kinds.every((unitKind) => targets.exempt.includes(unitKind))) return []
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
function gridsOf(context: Context): Leaf[][] {
  const { coverage, difference, leaves, sound, leafBefore } = context
  const grids = sound.filter((leaf) => leaf.level === 'grid' && !onlyGainedVertices(context, leaf)).map((leaf) => [leaf])
  // A grid that lost a micro-grid to another one is touched as well.
  const touched = [...sound, ...sound.flatMap(({ id }) => leafBefore(id) ?? []), ...difference.leaves.removed]
  const cut = new Set(touched.filter(({ level }) => level === 'microgrid').map(unitOf))
  if (cut.size === 0) return grids
  const isSound = new Set(sound)
  for (const leaf of leaves) if (!isSound.has(leaf)) cut.delete(unitOf(leaf))
  const below = new Map<string, Leaf[]>([...cut].map((code) => [code, []]))
  for (const leaf of coverage.leaves.values()) if (leaf.level === 'microgrid') below.get(unitOf(leaf))?.push(leaf)
  return [...grids, ...[...below.values()].filter((leaves) => leaves.length > 0)]
}

/** The grid of a micro-grid, or what it hangs below directly. */
const unitOf = (leaf: Leaf): string => gridOf(leaf) ?? leaf.parentCode

/** A neighbour whose border was cut at a new junction has all its corners and all its land: nothing about it is new. */
function onlyGainedVertices({ coverage, before, leafBefore }: Context, leaf: Leaf): boolean {
  const was = leafBefore(leaf.id)
  if (!was || was.unitKind !== leaf.unitKind) return false
  const [old, now] = [before(leaf.id), coverage.polygonsOf(leaf.id)]
  const corners = new Set(cornersOf(now))
  return Math.abs(areaM2(old) - areaM2(now)) < ROUNDING_M2 && cornersOf(old).every((corner) => corners.has(corner))
}

const ROUNDING_M2 = 5
const cornersOf = (polygons: GridPolygons): string[] =>
  polygons.flat().flatMap((ring) => Array.from({ length: ring.length / 2 }, (_, i) => `${ring[2 * i]} ${ring[2 * i + 1]}`))
