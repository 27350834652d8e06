/** From a coverage with its final codes to the units that change by it: leaves, and the unions above them. */
import { ancestorsOf, levelOf, parentOf } from './code.ts'
import type { Coverage } from './coverage.ts'
import { fromGrid } from './crs.ts'
import type { CutGrid } from './difference.ts'
import type { Level } from './level.ts'
import { areaM2, labelPoint } from './measure.ts'
import type { LeafChange } from './plan-outcome.ts'
import type { GridPolygons } from './rings.ts'
import { separates } from './topology.ts'

/** A unit above the leaves whose leaves changed. */
export interface UnionAbove {
  code: string
  parentCode: string | null
  level: Level
  /** Empty when no leaf is left in it: it ends. */
  polygons: GridPolygons
}

/**
 * Unions of all units above the changed leaves, before and after, the finest last. `codeOf` gives the code after of a leaf or cut grid,
 * by id; `grids` are cut grids of which something else is said.
 */
export function unionsAbove(
  after: Coverage,
  changes: readonly LeafChange[],
  codeOf: (id: string) => string,
  grids: readonly CutGrid[] = [],
): UnionAbove[] {
  const concerned = new Map<string, Set<string>>(grids.map(({ id }) => [codeOf(id), new Set()]))
  for (const change of changes) {
    const codes = [change.before?.leaf.code, change.after && codeOf(change.id)]
    for (const code of codes) if (code) for (const above of ancestorsOf(code)) concerned.set(above, new Set())
  }
  for (const id of after.leaves.keys()) for (const above of ancestorsOf(codeOf(id))) concerned.get(above)?.add(id)
  return [...concerned]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, ids]) => ({ code, parentCode: parentOf(code), level: levelOf(code)!, polygons: ids.size > 0 ? after.union(ids) : [] }))
}

/** What a version says of a polygon besides the polygon: [lng, lat] of its label, and m². */
export const measured = (polygons: GridPolygons): { labelPoint: [number, number]; areaM2: number } => ({
  labelPoint: fromGrid(labelPoint(polygons)),
  areaM2: areaM2(polygons),
})

/** All borders for drawing, with the codes of the leaves on either side. */
export function bordersOf(coverage: Coverage, codeOf: (id: string) => string) {
  return [...coverage.arcs.values()].map(({ points, ...sides }) => {
    const left = sides.left === null ? null : codeOf(sides.left)
    const right = sides.right === null ? null : codeOf(sides.right)
    const line: [lng: number, lat: number][] = []
    for (let i = 0; i < points.length; i += 2) line.push(fromGrid([points[i]!, points[i + 1]!]))
    return { level: separates(left, right), left, right, line }
  })
}
