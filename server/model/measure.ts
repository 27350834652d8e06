/** Area on the ellipsoid, and a point well inside a polygon for its name. */
import { GRID } from './crs.ts'
import { area2, type FlatRing, sideOfPolygon } from './exact.ts'
import type { GridPolygons } from './rings.ts'

const WGS84_A = 6378137
const E2 = 0.00669437999014
const E = Math.sqrt(E2)
const RAD = Math.PI / 180

/** Snyder's q (Map Projections, 3-12): equal-area latitude, so that area is a plain integral of q over longitude. */
function q(latitude: number): number {
  const s = Math.sin(latitude)
  return (1 - E2) * (s / (1 - E2 * s * s) - Math.log((1 - E * s) / (1 + E * s)) / (2 * E))
}

/** Metres in one grid unit east and north at a latitude given in grid units, on the ellipsoid; good for a few kilometres around. */
export function metresPerUnit(y: number): { x: number; y: number } {
  const latitude = (y / GRID) * RAD
  const w = 1 - E2 * Math.sin(latitude) ** 2
  const unit = (RAD * WGS84_A) / GRID / Math.sqrt(w)
  return { x: unit * Math.cos(latitude), y: (unit * (1 - E2)) / w }
}

/** Signed area of a ring in m², positive counter-clockwise. */
export function ringAreaM2(ring: FlatRing): number {
  const n = ring.length
  const origin = ring[0]!
  let lng = ring[n - 2]! - origin
  let height = q((ring[n - 1]! / GRID) * RAD)
  let sum = 0
  for (let i = 0; i < n; i += 2) {
    const nextLng = ring[i]! - origin
    const nextHeight = q((ring[i + 1]! / GRID) * RAD)
    sum += (lng - nextLng) * (height + nextHeight)
    lng = nextLng
    height = nextHeight
  }
  return (sum / GRID) * RAD * ((WGS84_A * WGS84_A) / 4)
}

/** Area in m² on the WGS 84 ellipsoid; agrees with PostGIS' ST_Area(geography) to about 1e-5. */
export const areaM2 = (polygons: GridPolygons): number =>
  polygons.reduce((sum, rings) => sum + rings.reduce((part, ring) => part + ringAreaM2(ring), 0), 0)

/**
 * A grid point inside the largest part, far from its border: the pole of inaccessibility to 2 % of the part's size
 * (quadrant search as in mapbox/polylabel, the longitude axis shortened by the cosine of the latitude).
 */
export function labelPoint(polygons: GridPolygons): [x: number, y: number] {
  const rings = polygons.reduce((largest, part) => (area2(part[0]!) > area2(largest[0]!) ? part : largest))
  const outer = rings[0]!
  const ox = outer[0]!
  const oy = outer[1]!
  const shrink = Math.max(0.01, Math.cos((oy / GRID) * RAD))
  const plane = rings.map((ring) => Float64Array.from(ring, (value, i) => (i % 2 === 0 ? (value - ox) * shrink : value - oy)))
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity]
  const [first] = plane
  for (let i = 0; i < first!.length; i += 2) {
    minX = Math.min(minX, first![i]!)
    maxX = Math.max(maxX, first![i]!)
    minY = Math.min(minY, first![i + 1]!)
    maxY = Math.max(maxY, first![i + 1]!)
  }
  // Slivers would start with thousands of squares: at most forty along the longer side.
  const size = Math.max(1, Math.min(maxX - minX, maxY - minY), Math.max(maxX - minX, maxY - minY) / 40)
  const cell = (x: number, y: number, half: number): Square => {
    const distance = distanceInside(x, y, plane)
    return { x, y, half, distance, most: distance + half * Math.SQRT2 }
  }
  let best = cell((minX + maxX) / 2, (minY + maxY) / 2, 0)
  const queue: Square[] = []
  for (let x = minX; x < maxX; x += size) for (let y = minY; y < maxY; y += size) queue.push(cell(x + size / 2, y + size / 2, size / 2))
  for (let round = 0; round < 2000 && queue.length > 0; round++) {
    let top = 0
    for (let i = 1; i < queue.length; i++) if (queue[i]!.most > queue[top]!.most) top = i
    const widest = queue[top]!
    queue[top] = queue.at(-1)!
    queue.pop()
    if (widest.distance > best.distance) best = widest
    if (widest.most - best.distance <= size * 0.02) continue
    const half = widest.half / 2
    for (const [dx, dy] of [
      [-half, -half],
      [half, -half],
      [-half, half],
      [half, half],
    ] as const)
      queue.push(cell(widest.x + dx, widest.y + dy, half))
  }
  const x = Math.round(best.x / shrink + ox)
  const y = Math.round(best.y + oy)
  return sideOfPolygon(x, y, rings) >= 0 ? [x, y] : [ox, oy]
}

/** How far inside of its part a point lies: to the nearest border, in grid units north; negative outside of all parts. */
export function depthOf(polygons: GridPolygons, [x, y]: readonly [x: number, y: number]): number {
  const shrink = Math.max(0.01, Math.cos((y / GRID) * RAD))
  const aroundPoint = (ring: FlatRing) => Float64Array.from(ring, (value, i) => (i % 2 === 0 ? (value - x) * shrink : value - y))
  return Math.max(...polygons.map((rings) => distanceInside(0, 0, rings.map(aroundPoint))))
}

/** A square of the search: centre, half its side, the centre's distance inside, and the most any of its points can have. */
interface Square {
  x: number
  y: number
  half: number
  distance: number
  most: number
}

/** Distance to the nearest edge, negative outside. */
function distanceInside(px: number, py: number, rings: readonly Float64Array[]): number {
  let inside = false
  let nearest = Infinity
  for (const ring of rings) {
    const n = ring.length
    let ax = ring[n - 2]!
    let ay = ring[n - 1]!
    for (let i = 0; i < n; i += 2) {
      const bx = ring[i]!
      const by = ring[i + 1]!
      if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) inside = !inside
      const dx = bx - ax
      const dy = by - ay
      const t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)))
      const gx = px - ax - t * dx
      const gy = py - ay - t * dy
      nearest = Math.min(nearest, gx * gx + gy * gy)
      ax = bx
      ay = by
    }
  }
  return (inside ? 1 : -1) * Math.sqrt(nearest)
}
