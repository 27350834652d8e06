/** How a leaf lies: its area, the length of its border, how round it is. Metres on the WGS 84 ellipsoid. */
import type { FlatRing } from './exact.ts'
import { areaM2, metresPerUnit } from './measure.ts'
import type { GridPolygons } from './rings.ts'

export interface Shape {
  areaM2: number
  perimeterM: number
  /** Polsby–Popper, 4π · area ÷ perimeter²: 1 for a circle, .785 for a square, towards 0 for threads; 0 without land. */
  compactness: number
}

export function shapeOf(polygons: GridPolygons): Shape {
  const area = areaM2(polygons)
  const perimeterM = polygons.reduce((sum, rings) => sum + rings.reduce((part, ring) => part + ringLengthM(ring), 0), 0)
  return { areaM2: area, perimeterM, compactness: perimeterM > 0 ? (4 * Math.PI * area) / perimeterM ** 2 : 0 }
}

/** Holes count as border too. */
function ringLengthM(ring: FlatRing): number {
  const n = ring.length
  let sum = 0
  for (let i = 0; i < n; i += 2) sum += distanceM(ring[i]!, ring[i + 1]!, ring[(i + 2) % n]!, ring[(i + 3) % n]!)
  return sum
}

/** Distance of two grid points a few kilometres apart at most. */
export function distanceM(ax: number, ay: number, bx: number, by: number): number {
  const unit = metresPerUnit((ay + by) / 2)
  return Math.hypot((bx - ax) * unit.x, (by - ay) * unit.y)
}
