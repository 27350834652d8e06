/**
 * A shared border with fewer corners: Douglas and Peucker (1973), by distance in metres. Its junctions stay where they are.
 * Where the simpler line would cross something, the tolerance is halved for as long as it still drops a corner.
 */
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import type { FlatRing } from '../exact.ts'
import { metresPerUnit } from '../measure.ts'
import { soundness } from '../soundness.ts'
import type { Refusal, Straighten } from './action.ts'
import { gridPoint, isOutline, isRefused, reshape } from './place.ts'

const HALVINGS = 6

export function straighten(coverage: Coverage, { edge: [a, b], tolerance }: Straighten): Difference | Refusal {
  const [from, to] = [gridPoint(a), gridPoint(b)]
  if (isRefused(from)) return from
  if (isRefused(to)) return to
  const found = coverage.edgeAt(...from, ...to)
  if (!found) return { reason: 'no-border-here', where: a }
  const { arc } = found
  if (isOutline(arc)) return { reason: 'is-outline', where: a }
  let refusal: Refusal = { reason: 'nothing-to-drop', where: a }
  for (let round = 0, metres = tolerance; round < HALVINGS; round++, metres /= 2) {
    const points = simplify(arc.points, metres)
    if (points.length === arc.points.length) return refusal
    const difference = reshape(coverage, new Map([[arc, points]]))
    const fault = soundness(coverage, difference)
    if (!fault) return difference
    refusal = fault
  }
  return refusal
}

/** The first and last point stay; a closed line is cut at the point furthest from its first. */
function simplify(points: FlatRing, metres: number): FlatRing {
  const { x: kx, y: ky } = metresPerUnit(points[1]!)
  const last = points.length / 2 - 1
  const kept = new Uint8Array(last + 1)
  kept[0] = kept[last] = 1
  const distance2 = (i: number, a: number, b: number): number => {
    const [ax, ay] = [points[2 * a]! * kx, points[2 * a + 1]! * ky]
    const [dx, dy] = [points[2 * b]! * kx - ax, points[2 * b + 1]! * ky - ay]
    const [px, py] = [points[2 * i]! * kx - ax, points[2 * i + 1]! * ky - ay]
    const length2 = dx * dx + dy * dy
    const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length2))
    return (px - t * dx) ** 2 + (py - t * dy) ** 2
  }
  const isClosed = points[0] === points[2 * last] && points[1] === points[2 * last + 1]
  const stack: [number, number][] = [[0, last]]
  for (let range = stack.pop(); range; range = stack.pop()) {
    const [a, b] = range
    let [furthest, most] = [-1, isClosed && a === 0 && b === last ? 0 : metres * metres]
    for (let i = a + 1; i < b; i++) {
      const distance = distance2(i, a, b)
      if (distance > most) [furthest, most] = [i, distance]
    }
    if (furthest < 0) continue
    kept[furthest] = 1
    stack.push([a, furthest], [furthest, b])
  }
  const flat: number[] = []
  for (let i = 0; i <= last; i++) if (kept[i]) flat.push(points[2 * i]!, points[2 * i + 1]!)
  return Int32Array.from(flat)
}
