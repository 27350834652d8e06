/** Takes a corner out of a shared border; its neighbours are joined by a straight line. */
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import { soundness } from '../soundness.ts'
import type { RemoveVertex, Refusal } from './action.ts'
import { findVertex, gridPoint, isEnd, isOutline, isRefused, reshape } from './place.ts'

export function removeVertex(coverage: Coverage, { at }: RemoveVertex): Difference | Refusal {
  const point = gridPoint(at)
  if (isRefused(point)) return point
  const found = findVertex(coverage, point)
  if (isRefused(found)) return found
  const { arc, index } = found
  if (isOutline(arc)) return { reason: 'is-outline', where: at }
  const { points: p } = arc
  // A closed border begins at its next corner when it loses its first.
  const points = isEnd(found)
    ? Int32Array.from([...p.subarray(2, p.length - 2), ...p.subarray(2, 4)])
    : Int32Array.from([...p.subarray(0, 2 * index), ...p.subarray(2 * index + 2)])
  if (points.length < (isClosedLine(p) ? 8 : 4)) return { reason: 'would-collapse', where: at }
  const difference = reshape(coverage, new Map([[arc, points]]))
  return soundness(coverage, difference) ?? difference
}

const isClosedLine = (p: Int32Array): boolean => p[0] === p.at(-2) && p[1] === p.at(-1)
