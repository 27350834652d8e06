/**
 * How wide a place is: the diameter of the largest circle that fits into it, metres. That is what tells a sliver from an
 * overlap that somebody must look at: area over length would call a field with a long thin tail a sliver.
 */
import Flatbush from 'flatbush'
import { metresPerUnit } from '../measure.ts'
import { widest } from '../narrow.ts'
import type { GridPolygons } from '../rings.ts'

/** Squares smaller than this part of the width asked for are not divided further. */
const FINEST = 0.02

/** The width when it is greater than `limit`, otherwise null. A width within 3 % of the limit may fall on either side. */
export function widerThan(polygons: GridPolygons, limit: number): number | null {
  for (const rings of polygons) {
    const found = circleOver(rings, limit)
    if (found !== null) return Math.max(2 * found, ...polygons.map((each) => widest(each).width))
  }
  return null
}

/** Radius of a circle wider than `limit` that fits, or null. Squares that cannot hold the centre of one are left out. */
function circleOver(rings: readonly Int32Array[], limit: number): number | null {
  const outer = rings[0]!
  const [ox, oy] = [outer[0]!, outer[1]!]
  const scale = metresPerUnit(oy)
  const lines = edgesOf(rings, ox, oy, scale)
  const count = lines.length / 4
  const index = new Flatbush(count)
  let [minX, minY, maxX, maxY, perimeter] = [Infinity, Infinity, -Infinity, -Infinity, 0]
  for (let i = 0; i < lines.length; i += 4) {
    const [ax, ay, bx, by] = lines.subarray(i, i + 4) as unknown as [number, number, number, number]
    index.add(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by))
    minX = Math.min(minX, ax)
    minY = Math.min(minY, ay)
    maxX = Math.max(maxX, ax)
    maxY = Math.max(maxY, ay)
    perimeter += Math.hypot(bx - ax, by - ay)
  }
  index.finish()
  const radius = limit / 2
  if (Math.min(maxX - minX, maxY - minY) <= limit) return null
  // A sliver needs squares along its length only. What needs more is no sliver, or is for a person to judge.
  let left = 20_000 + (40 * perimeter) / limit
  const half = Math.max(maxX - minX, maxY - minY) / 2
  const queue: [x: number, y: number, half: number][] = [[(minX + maxX) / 2, (minY + maxY) / 2, half]]
  for (let square = queue.pop(); square; square = queue.pop()) {
    const [x, y, size] = square
    const reach = radius + size * Math.SQRT2
    const far = distanceTo(x, y, reach, lines, index)
    const isIn = isInside(x, y, maxX, lines, index)
    if (isIn && far > radius) return far
    if ((isIn ? far : -far) + size * Math.SQRT2 <= radius || size < limit * FINEST) continue
    if (--left < 0) return radius
    const quarter = size / 2
    queue.push([x - quarter, y - quarter, quarter], [x + quarter, y - quarter, quarter], [x - quarter, y + quarter, quarter], [x + quarter, y + quarter, quarter]) // prettier-ignore
  }
  return null
}

/** Flat [ax, ay, bx, by, …] in metres from the origin. */
function edgesOf(rings: readonly Int32Array[], ox: number, oy: number, scale: { x: number; y: number }): Float64Array {
  const lines = new Float64Array(rings.reduce((sum, ring) => sum + ring.length * 2, 0))
  let at = 0
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const next = (i + 2) % ring.length
      lines[at++] = (ring[i]! - ox) * scale.x
      lines[at++] = (ring[i + 1]! - oy) * scale.y
      lines[at++] = (ring[next]! - ox) * scale.x
      lines[at++] = (ring[next + 1]! - oy) * scale.y
    }
  }
  return lines
}

/** To the nearest line, or `reach` when none is so near. */
function distanceTo(px: number, py: number, reach: number, lines: Float64Array, index: Flatbush): number {
  let nearest = reach * reach
  index.search(px - reach, py - reach, px + reach, py + reach, (edge) => {
    const [ax, ay] = [lines[4 * edge]!, lines[4 * edge + 1]!]
    const [dx, dy] = [lines[4 * edge + 2]! - ax, lines[4 * edge + 3]! - ay]
    const t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)))
    nearest = Math.min(nearest, (px - ax - t * dx) ** 2 + (py - ay - t * dy) ** 2)
    return false
  })
  return Math.sqrt(nearest)
}

function isInside(px: number, py: number, east: number, lines: Float64Array, index: Flatbush): boolean {
  let inside = false
  index.search(px, py, east, py, (edge) => {
    const [ax, ay, bx, by] = [lines[4 * edge]!, lines[4 * edge + 1]!, lines[4 * edge + 2]!, lines[4 * edge + 3]!]
    if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) inside = !inside
    return false
  })
  return inside
}
