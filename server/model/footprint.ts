/** A building's outer ring and the lines about it. */
import { type FlatRing, onSegment, orient, sideOfRing } from './exact.ts'

/** Grid coordinates. */
export type Edge = readonly [ax: number, ay: number, bx: number, by: number]

/** True when the edge has a point strictly inside the ring; running along its wall cuts nothing. Exact. */
export function cuts([ax, ay, bx, by]: Edge, ring: FlatRing): boolean {
  if (sideOfRing(ax, ay, ring) > 0 || sideOfRing(bx, by, ring) > 0) return true
  const corners: [number, number][] = [[ax, ay], [bx, by]] // prettier-ignore
  for (let i = 0; i < ring.length; i += 2) {
    const [cx, cy] = [ring[i]!, ring[i + 1]!]
    const [dx, dy] = [ring[(i + 2) % ring.length]!, ring[(i + 3) % ring.length]!]
    const isApart = orient(ax, ay, bx, by, cx, cy) * orient(ax, ay, bx, by, dx, dy) < 0
    if (isApart && orient(cx, cy, dx, dy, ax, ay) * orient(cx, cy, dx, dy, bx, by) < 0) return true
    if (onSegment(cx, cy, ax, ay, bx, by)) corners.push([cx, cy])
  }
  // It may still run from corner to corner through the middle: twice the coordinates, so that a middle is a grid point.
  const along = ([x, y]: [number, number]) => (x - ax) * (bx - ax) + (y - ay) * (by - ay)
  const doubled = new Float64Array(ring).map((value) => 2 * value) as unknown as FlatRing
  const sorted = corners.sort((p, q) => along(p) - along(q))
  return sorted.some((p, i) => i > 0 && sideOfRing(p[0] + sorted[i - 1]![0], p[1] + sorted[i - 1]![1], doubled) > 0)
}
