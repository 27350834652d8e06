/**
 * Polygons from arcs. A unit of any level is ringed by the arcs that have it on one side only; every node has at most
 * one such arc in and one out, so rings close without a choice. Outer rings run counter-clockwise, holes clockwise.
 */
import { type Point, RingIndex } from './plane.ts'

/** An arc in its final shape, integers of 1e-7 degree, with the leaves on either side (−1: outside). */
export interface Line {
  points: Point[]
  from: number
  to: number
  left: number
  right: number
}

/** `unitOf[leaf]`: number of the unit of this level that holds the leaf. Answer: per unit, polygons of closed rings. */
export function assemble(lines: readonly Line[], unitOf: Int32Array | readonly number[], unitCount: number): Point[][][][] {
  const unitAt = (leaf: number): number => (leaf < 0 ? -1 : (unitOf[leaf] as number))
  const uses: { points: Point[]; from: number; to: number }[][] = Array.from({ length: unitCount }, () => [])
  for (const { points, from, to, left, right } of lines) {
    const [l, r] = [unitAt(left), unitAt(right)]
    if (l === r) continue
    if (l >= 0) uses[l]?.push({ points, from, to })
    if (r >= 0) uses[r]?.push({ points: points.slice().reverse(), from: to, to: from })
  }
  return uses.map((arcs) => polygonsOf(chain(arcs)))
}

function chain(arcs: readonly { points: Point[]; from: number; to: number }[]): Point[][] {
  const rings: Point[][] = []
  const leaving = new Map(arcs.filter(({ from }) => from !== -1).map((arc) => [arc.from, arc]))
  for (const arc of arcs) {
    if (arc.from === -1) rings.push(arc.points)
    else if (leaving.has(arc.from)) {
      const ring: Point[] = [arc.points[0] as Point]
      for (let current: typeof arc | undefined = arc; current;) {
        leaving.delete(current.from)
        for (let i = 1; i < current.points.length; i++) ring.push(current.points[i] as Point)
        if (current.to === arc.from) break
        current = leaving.get(current.to)
        if (!current) throw new Error('a ring does not close')
      }
      rings.push(ring)
    }
  }
  return rings
}

/** Twice the signed area of a closed ring in square units, relative to its first point so that it stays exact enough. */
export function signedArea(ring: readonly Point[]): number {
  const [ox, oy] = ring[0] as Point
  let sum = 0
  for (let i = 1; i < ring.length; i++) {
    const a = ring[i - 1] as Point
    const b = ring[i] as Point
    sum += (a[0] - ox) * (b[1] - oy) - (b[0] - ox) * (a[1] - oy)
  }
  return sum
}

function polygonsOf(rings: Point[][]): Point[][][] {
  const polygons: Point[][][] = []
  const holes: Point[][] = []
  for (const ring of rings) {
    if (signedArea(ring) > 0) polygons.push([ring])
    else holes.push(ring)
  }
  polygons.sort((a, b) => signedArea(b[0] as Point[]) - signedArea(a[0] as Point[]))
  if (polygons.length === 1) return [[...(polygons[0] as Point[][]), ...holes]]
  for (const hole of holes) {
    const p = hole[0] as Point
    const q = hole[1] as Point
    const home = polygons.findLast(([outer]) => new RingIndex([outer as Point[]]).has((p[0] + q[0]) / 2, (p[1] + q[1]) / 2))
    if (!home) throw new Error('a hole lies in no polygon')
    home.push(hole)
  }
  return polygons
}
