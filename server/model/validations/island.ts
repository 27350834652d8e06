/**
 * Units that lie in more parts than before; several parts are lawful, but nobody should make them unawares. Told of leaves, and of
 * grids that are cut into micro-grids.
 */
import type { Leaf } from '../difference.ts'
import { sideOfPolygon } from '../exact.ts'
import type { Finding } from '../finding.ts'
import { areaM2, labelPoint } from '../measure.ts'
import type { GridPolygons } from '../rings.ts'
import { type Context, leavesBefore, placeOf, unionBefore } from './context.ts'

export const island = (context: Context): Finding[] => [...leaves(context), ...grids(context)]

function leaves({ coverage, sound, before }: Context): Finding[] {
  return sound.flatMap(({ id }) => told(coverage.polygonsOf(id), before(id), () => [id]))
}

/** A broken ring among a grid's micro-grids has to be mended first. */
function grids(context: Context): Finding[] {
  const { coverage, sound, difference, leafBefore } = context
  const touched = [...sound, ...sound.flatMap(({ id }) => leafBefore(id) ?? []), ...difference.leaves.removed]
  const codes = new Set(touched.filter(isMicrogrid).map(({ parentCode }) => parentCode))
  if (codes.size === 0 || sound.length < context.leaves.length) return []
  const [now, were] = [byGrid(coverage.leaves.values(), codes), byGrid(leavesBefore(context), codes)]
  return [...now].flatMap(([code, ids]) => {
    const inPart = (part: GridPolygons[number]) => [...ids].filter((id) => sideOfPolygon(...labelPoint(coverage.polygonsOf(id)), part) >= 0)
    return told(coverage.union(ids), unionBefore(context, were.get(code) ?? new Set()), inPart)
  })
}

function told(parts: GridPolygons, before: GridPolygons, unitsIn: (part: GridPolygons[number]) => string[]): Finding[] {
  const allowed = Math.max(1, before.length)
  if (parts.length <= allowed) return []
  const smallest = parts.reduce((least, part) => (areaM2([part]) < areaM2([least]) ? part : least))
  const units = unitsIn(smallest)
  return [{ code: 'island', severity: 'warning', units, ...placeOf([smallest]), value: parts.length, limit: allowed }]
}

const isMicrogrid = ({ level }: Leaf): boolean => level === 'microgrid'

function byGrid(all: Iterable<Leaf>, codes: ReadonlySet<string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const leaf of all) {
    if (!isMicrogrid(leaf) || !codes.has(leaf.parentCode)) continue
    const known = found.get(leaf.parentCode)
    if (known) known.add(leaf.id)
    else found.set(leaf.parentCode, new Set([leaf.id]))
  }
  return found
}
