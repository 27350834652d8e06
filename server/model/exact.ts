/**
 * Exact geometry on integer coordinates (1e-7 degree): signs, never tolerances. Differences reach 3.6e9, so products may
 * leave the 53 bits of a double; there, and only there, BigInt decides.
 */

/** Ring as flat [x0, y0, x1, y1 …] without the repeated last point. */
export type FlatRing = Int32Array

/** Sign of the turn a → b → c: 1 left, -1 right, 0 on one line. */
export function orient(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): -1 | 0 | 1 {
  const left = (bx - ax) * (cy - ay)
  const right = (by - ay) * (cx - ax)
  const det = left - right
  const bound = 4.5e-16 * (Math.abs(left) + Math.abs(right))
  if (det > bound) return 1
  if (det < -bound) return -1
  if (Math.abs(left) < Number.MAX_SAFE_INTEGER && Math.abs(right) < Number.MAX_SAFE_INTEGER) return det > 0 ? 1 : det < 0 ? -1 : 0
  const exact = BigInt(bx - ax) * BigInt(cy - ay) - BigInt(by - ay) * BigInt(cx - ax)
  return exact > 0n ? 1 : exact < 0n ? -1 : 0
}

/** True when p lies on the closed segment a–b. */
export function onSegment(px: number, py: number, ax: number, ay: number, bx: number, by: number): boolean {
  return (
    px >= Math.min(ax, bx) &&
    px <= Math.max(ax, bx) &&
    py >= Math.min(ay, by) &&
    py <= Math.max(ay, by) &&
    orient(ax, ay, bx, by, px, py) === 0
  )
}

/** Where a point lies relative to a ring: 1 inside, 0 on it, -1 outside. The ring's direction does not matter. */
export function sideOfRing(px: number, py: number, ring: FlatRing): -1 | 0 | 1 {
  let inside = false
  const n = ring.length
  let ax = ring[n - 2]!
  let ay = ring[n - 1]!
  for (let i = 0; i < n; i += 2) {
    const bx = ring[i]!
    const by = ring[i + 1]!
    if (ay > py !== by > py) {
      const turn = ay < by ? orient(ax, ay, bx, by, px, py) : orient(bx, by, ax, ay, px, py)
      if (turn === 0) return 0
      if (turn > 0) inside = !inside
    } else if ((ay === py || by === py) && onSegment(px, py, ax, ay, bx, by)) return 0
    ax = bx
    ay = by
  }
  return inside ? 1 : -1
}

/** Where a point lies relative to a polygon with holes (`rings[0]` outer): 1 inside, 0 on a ring, -1 outside. */
export function sideOfPolygon(px: number, py: number, rings: readonly FlatRing[]): -1 | 0 | 1 {
  const outer = sideOfRing(px, py, rings[0]!)
  if (outer <= 0) return outer
  for (let i = 1; i < rings.length; i++) {
    const hole = sideOfRing(px, py, rings[i]!)
    if (hole === 0) return 0
    if (hole > 0) return -1
  }
  return 1
}

/** Twice the signed area in square grid units, positive when the ring turns left (counter-clockwise). */
export function area2(ring: FlatRing): number {
  const n = ring.length
  const ox = ring[0]!
  const oy = ring[1]!
  let sum = 0
  for (let i = 2; i + 3 < n; i += 2) sum += (ring[i]! - ox) * (ring[i + 3]! - oy) - (ring[i + 2]! - ox) * (ring[i + 1]! - oy)
  return sum
}

/** Orders directions from the origin o counter-clockwise, starting due east; exact. */
export function compareAngle(ox: number, oy: number, ax: number, ay: number, bx: number, by: number): number {
  const halfA = ay > oy || (ay === oy && ax > ox) ? 0 : 1
  const halfB = by > oy || (by === oy && bx > ox) ? 0 : 1
  return halfA !== halfB ? halfA - halfB : -orient(ox, oy, ax, ay, bx, by)
}
