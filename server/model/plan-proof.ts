/**
 * The edge rule over everything that a list of changes has touched: what lies between the leaves must cancel, before against after.
 * What is left on the county's own line is that line's change (moved by right, or a vertex let into it), and no gap or overlap.
 */
import type { Coverage } from './coverage.ts'
import { toGrid } from './crs.ts'
import { edgeRule, type OffendingEdge } from './edge-rule.ts'

/** Edges at which `after` has a gap or an overlap that `before` had not; `touched` holds the ids of all leaves that differ. */
export function brokenEdges(before: Coverage, after: Coverage, touched: Iterable<string>): OffendingEdge[] {
  const ids = [...touched]
  const polygonsIn = (coverage: Coverage) => ids.filter((id) => coverage.leaves.has(id)).map((id) => coverage.polygonsOf(id))
  return edgeRule(polygonsIn(before), polygonsIn(after)).filter((edge) => !isOutline(before, edge) && !isOutline(after, edge))
}

function isOutline(coverage: Coverage, { from, to }: OffendingEdge): boolean {
  const [ax, ay] = toGrid(from)
  const [bx, by] = toGrid(to)
  const found = coverage.edgeAt(ax, ay, bx, by)
  return found !== null && (found.arc.left === null || found.arc.right === null)
}
