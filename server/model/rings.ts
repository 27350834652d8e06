/**
 * Polygons from files ↔ rings on the integer grid. Inside, an outer ring turns left and a hole right, so that a
 * polygon's land is always on the left of its directed edges; files may have it either way.
 */
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { coordinateFault, fromGrid, GRID, toGrid } from './crs.ts'
import { area2, type FlatRing, orient } from './exact.ts'

/** polygons → rings (outer first) → flat integer coordinates. */
export type GridPolygons = FlatRing[][]

export interface RingFault {
  reason: string
  /** [lng, lat] of the trouble; null when there is no usable coordinate at all. */
  where: [number, number] | null
}

/**
 * Reads a GeoJSON polygon onto the grid. Points that fall together are dropped; everything that leaves the polygon's land
 * in doubt is a fault. Crossings are not looked for here: see `coverage-check.ts`.
 */
export function readPolygons(geometry: Polygon | MultiPolygon): { polygons: GridPolygons; faults: RingFault[] } {
  const faults: RingFault[] = []
  const polygons: GridPolygons = []
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  if (!Array.isArray(parts) || parts.length === 0) return { polygons, faults: [{ reason: 'has no ring', where: null }] }
  for (const part of parts) {
    const rings: FlatRing[] = []
    if (!Array.isArray(part) || part.length === 0) faults.push({ reason: 'has no ring', where: null })
    else {
      for (const [index, positions] of part.entries()) {
        const ring = readRing(positions, index === 0)
        if (ring instanceof Int32Array) rings.push(ring)
        else faults.push(ring)
      }
    }
    if (rings.length > 0) polygons.push(rings)
  }
  return { polygons, faults }
}

function readRing(positions: Position[], outer: boolean): FlatRing | RingFault {
  if (!Array.isArray(positions)) return { reason: 'is no list of points', where: null }
  const flat: number[] = []
  for (const position of positions) {
    const fault = coordinateFault(position?.[0], position?.[1])
    if (fault) return { reason: fault, where: flat.length ? fromGrid(flat.slice(-2)) : null }
    const [x, y] = toGrid(position)
    if (x !== flat.at(-2) || y !== flat.at(-1)) flat.push(x, y)
  }
  const where = flat.length ? fromGrid(flat) : null
  if (positions.length < 4) return { reason: `has ${positions.length} points; a ring needs at least 4`, where }
  if (flat[0] !== flat.at(-2) || flat[1] !== flat.at(-1)) return { reason: 'is not closed: its last point is not its first', where }
  flat.length -= 2
  if (flat.length < 6) return { reason: 'has no area on the grid of 1e-7 degree', where }
  const ring = Int32Array.from(flat)
  const spike = findSpike(ring)
  if (spike) return { reason: 'runs back over itself (spike)', where: spike }
  return area2(ring) > 0 === outer ? ring : reversed(ring)
}

/** The tip of a spike: a point where the ring turns straight back. */
function findSpike(ring: FlatRing): [number, number] | null {
  const n = ring.length
  for (let i = 0; i < n; i += 2) {
    const [ax, ay] = [ring[(i + n - 2) % n]!, ring[(i + n - 1) % n]!]
    const [bx, by] = [ring[i]!, ring[i + 1]!]
    const [cx, cy] = [ring[(i + 2) % n]!, ring[(i + 3) % n]!]
    if (orient(ax, ay, bx, by, cx, cy) === 0 && (bx - ax) * (cx - bx) + (by - ay) * (cy - by) < 0) return fromGrid([bx, by])
  }
  return null
}

export function reversed(ring: FlatRing): FlatRing {
  const n = ring.length
  const back = new Int32Array(n)
  for (let i = 0; i < n; i += 2) {
    back[i] = ring[n - 2 - i]!
    back[i + 1] = ring[n - 1 - i]!
  }
  return back
}

/**
 * One writing for one shape: each ring starts at its lowest vertex (by x, then y), polygons and holes stand in the order of
 * those. Two equal shapes with the same vertices are equal number for number.
 */
export function canonical(polygons: GridPolygons): GridPolygons {
  return polygons
    .map((rings) => {
      const [outer, ...holes] = rings.map(fromLowest)
      return [outer!, ...holes.sort(byStart)]
    })
    .sort((a, b) => byStart(a[0]!, b[0]!))
}

/** The ring from its lowest vertex (by x, then y) on. */
export function fromLowest(ring: FlatRing): FlatRing {
  let lowest = 0
  for (let i = 2; i < ring.length; i += 2) {
    if (ring[i]! < ring[lowest]! || (ring[i] === ring[lowest] && ring[i + 1]! < ring[lowest + 1]!)) lowest = i
  }
  if (lowest === 0) return ring
  const turned = new Int32Array(ring.length)
  turned.set(ring.subarray(lowest))
  turned.set(ring.subarray(0, lowest), ring.length - lowest)
  return turned
}

const byStart = (a: FlatRing, b: FlatRing): number => a[0]! - b[0]! || a[1]! - b[1]! || a.length - b.length

/** Back to GeoJSON in degrees, rings closed, outer rings counter-clockwise as RFC 7946 asks. */
export function toMultiPolygon(polygons: GridPolygons): MultiPolygon {
  return { type: 'MultiPolygon', coordinates: polygons.map((rings) => rings.map(toPositions)) }
}

function toPositions(ring: FlatRing): Position[] {
  const positions: Position[] = []
  for (let i = 0; i < ring.length; i += 2) positions.push([ring[i]! / GRID, ring[i + 1]! / GRID])
  positions.push([ring[0]! / GRID, ring[1]! / GRID])
  return positions
}

/** [minX, minY, maxX, maxY] in grid units. */
export function bboxOf(polygons: GridPolygons): [number, number, number, number] {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [outer] of polygons) {
    for (let i = 0; i < outer!.length; i += 2) {
      minX = Math.min(minX, outer![i]!)
      maxX = Math.max(maxX, outer![i]!)
      minY = Math.min(minY, outer![i + 1]!)
      maxY = Math.max(maxY, outer![i + 1]!)
    }
  }
  return [minX, minY, maxX, maxY]
}
