/**
 * Units that the change has torn: they lie in more parts than before, and than the land above them did. An error for grids, which
 * somebody walks; a warning for micro-grids and for villages that have no grids. Told of leaves, and of grids that are cut.
 */
import { gridOf, type Leaf } from '../difference.ts'
import { sideOfPolygon } from '../exact.ts'
import type { Finding } from '../finding.ts'
import { areaM2, labelPoint } from '../measure.ts'
import { villageOf } from '../plan-scope.ts'
import type { GridPolygons } from '../rings.ts'
import { allowedParts, type Context, leavesBefore, placeOf, unionBefore } from './context.ts'

export const island = (context: Context): Finding[] => [...leaves(context), ...grids(context)]

function leaves(context: Context): Finding[] {
  const { coverage, sound, before } = context
  return sound.flatMap((leaf) => {
    const { id, level, parentCode } = leaf
    const torn = { now: coverage.polygonsOf(id), before: before(id), above: level === 'village' ? parentCode : villageOf(leaf) }
    return told(context, torn, level === 'grid' ? 'error' : 'warning', () => [id])
  })
}

/** A broken ring among a grid's micro-grids has to be mended first. */
function grids(context: Context): Finding[] {
  const { coverage, sound, difference, leafBefore } = context
  const touched = [...sound, ...sound.flatMap(({ id }) => leafBefore(id) ?? []), ...difference.leaves.removed]
  const gridIds = new Set(touched.map(gridOf).filter((id) => id !== null))
  if (gridIds.size === 0 || sound.length < context.leaves.length) return []
  const were = byGrid(leavesBefore(context), gridIds)
  return [...gridIds].flatMap((grid) => {
    const ids = coverage.leavesOfGrid(grid)
    const [any] = ids
    if (any === undefined) return []
    const inPart = (part: GridPolygons[number]) => [...ids].filter((id) => sideOfPolygon(...labelPoint(coverage.polygonsOf(id)), part) >= 0)
    const before = unionBefore(context, were.get(grid) ?? new Set([grid].filter((id) => leafBefore(id))))
    const torn = { now: coverage.union(ids), before, above: villageOf(coverage.leaves.get(any)!) }
    return told(context, torn, 'error', inPart)
  })
}

interface Torn {
  now: GridPolygons
  before: GridPolygons
  /** Code of the unit above. */
  above: string
}

function told(context: Context, torn: Torn, severity: 'error' | 'warning', unitsIn: (part: GridPolygons[number]) => string[]): Finding[] {
  const allowed = allowedParts(context, torn)
  const parts = torn.now
  if (parts.length <= allowed) return []
  const smallest = parts.reduce((least, part) => (areaM2([part]) < areaM2([least]) ? part : least))
  return [{ code: 'island', severity, units: unitsIn(smallest), ...placeOf([smallest]), value: parts.length, limit: allowed }]
}

function byGrid(all: Iterable<Leaf>, gridIds: ReadonlySet<string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const leaf of all) {
    const grid = gridOf(leaf)
    if (grid === null || !gridIds.has(grid)) continue
    const known = found.get(grid)
    if (known) known.add(leaf.id)
    else found.set(grid, new Set([leaf.id]))
  }
  return found
}
