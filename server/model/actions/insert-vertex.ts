/** A new corner on a shared border, and the way back: a corner that goes. */
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import { soundness } from '../soundness.ts'
import type { InsertVertex, Refusal } from './action.ts'
import { gridPoint, isOutline, isRefused, reshape } from './place.ts'

/** `at` may lie beside the edge: the border then bends there. Not on the county's own line, unless the point is on it. */
export function insertVertex(coverage: Coverage, { edge: [a, b], at }: InsertVertex): Difference | Refusal {
  const [from, to, point] = [gridPoint(a), gridPoint(b), gridPoint(at)]
  if (isRefused(from)) return from
  if (isRefused(to)) return to
  if (isRefused(point)) return point
  const found = coverage.edgeAt(...from, ...to)
  if (!found) return { reason: 'no-border-here', where: a }
  const { arc, index } = found
  if (isOutline(arc)) return { reason: 'is-outline', where: at }
  const points = Int32Array.from([...arc.points.subarray(0, 2 * index + 2), ...point, ...arc.points.subarray(2 * index + 2)])
  const difference = reshape(coverage, new Map([[arc, points]]))
  return soundness(coverage, difference) ?? difference
}
