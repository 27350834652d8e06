/** A point well inside a polygon, for its label: the best of a lattice of candidates, refined around it. */
import { type Point, RingIndex, toPlane } from './plane.ts'
import { latOf, lngOf } from './plane.ts'

const LATTICE = 14

/** Rings of integers of 1e-7 degree; the answer is one such point, farther from the border than any other tried. */
export function labelPoint(rings: readonly (readonly Point[])[]): Point {
  const plane = rings.map((ring) => ring.slice(1).map(([x, y]) => toPlane(x, y)))
  const outer = plane[0] as Point[]
  const index = new RingIndex(plane, 32)
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of outer) {
    west = Math.min(west, x)
    east = Math.max(east, x)
    south = Math.min(south, y)
    north = Math.max(north, y)
  }
  const reach = Math.max(east - west, north - south)
  let best: [x: number, y: number] = [outer[0]?.[0] as number, outer[0]?.[1] as number]
  let clear = -1
  const middle: Point = [(west + east) / 2, (south + north) / 2]
  for (let round = 0, width = east - west, height = north - south, centre: Point = middle; round < 3; round++) {
    for (let i = 0; i <= LATTICE; i++) {
      for (let j = 0; j <= LATTICE; j++) {
        const x = centre[0] + (i / LATTICE - 0.5) * width
        const y = centre[1] + (j / LATTICE - 0.5) * height
        if (!index.has(x, y) || (clear > 0 && index.distance2(x, y, Math.sqrt(clear)) < 0.999 * clear)) continue
        const d = index.distance2(x, y, reach)
        if (d > clear) [clear, best] = [d, [x, y]]
      }
    }
    centre = best
    width /= LATTICE / 2
    height /= LATTICE / 2
  }
  return [lngOf(best[0]), latOf(best[1])]
}
