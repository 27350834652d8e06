/**
 * Changed lines that cross or touch another line but in a node. Where both bound one unit, its border crosses itself; otherwise
 * the units beside them overlap. Exact.
 */
import { fromGrid } from '../crs.ts'
import type { Arc } from '../difference.ts'
import type { Finding } from '../finding.ts'
import { meeting, SegmentIndex } from '../soundness.ts'
import { eachEdge } from '../swept.ts'
import { type Context, extentOf } from './context.ts'

export function crossing({ coverage, swept }: Context): Finding[] {
  const found = new Map<string, Finding>()
  const indices = new Map<Arc, SegmentIndex>()
  const indexOf = (arc: Arc): SegmentIndex | undefined => {
    if (arc.points.length < LONG) return undefined
    const known = indices.get(arc) ?? new SegmentIndex(arc)
    indices.set(arc, known)
    return known
  }
  eachEdge(swept.added, (arc, ax, ay, bx, by) => {
    const box = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)] as const
    for (const other of coverage.search([...box])) {
      const key = arc.id < other.id ? `${arc.id},${other.id}` : `${other.id},${arc.id}`
      if (found.has(key)) continue
      const met = meeting([ax, ay, bx, by], arc, other, indexOf(other))
      if (met) found.set(key, finding(arc, other, met.at, extentOf([...box])))
    }
  })
  return [...found.values()]
}

/** Numbers in an arc's points from which on it is worth an index. */
const LONG = 200

function finding(arc: Arc, other: Arc, at: [number, number], extent: Finding['extent']): Finding {
  const sides = [arc.left, arc.right].filter((id) => id !== null)
  const others = [other.left, other.right].filter((id) => id !== null)
  const common = arc === other ? sides : sides.filter((id) => others.includes(id))
  return {
    code: common.length > 0 ? 'self-crossing' : 'overlap',
    severity: 'error',
    units: common.length > 0 ? common : [...new Set([...sides, ...others])],
    where: fromGrid(at),
    extent,
    value: null,
    limit: null,
  }
}
