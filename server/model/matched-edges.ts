/**
 * The topology of leaves that fit each other edge by edge, as what is stored does: without looking for crossings, and so in a
 * fraction of the time of a full check.
 *
 * It is a proof all the same: when every directed edge either has its opposite in one other leaf or is an edge of the county's
 * outline, the leaves' boundaries add up to the outline's, so every place inside lies in exactly one leaf (polygons being valid).
 */
import { checkPolygons, type CoverageCheck } from './coverage-check.ts'
import { linkNext } from './planar.ts'
import type { GridPolygons } from './rings.ts'
import { joinArcs, type Topology } from './topology.ts'
import { Vertices } from './vertices.ts'

/** Two vertex ids in one number: there are never 2^26 of them. */
const PAIR = 2 ** 26
const OUTSIDE = -1

/** As `checkPolygons`; `outline` is the polygon of all leaves together. Quick while edges match, otherwise the full check. */
export const checkLeaves = (leaves: readonly { id: string; polygons: GridPolygons }[], outline: GridPolygons): CoverageCheck => {
  const topology = matchEdges(leaves, outline)
  return topology ? { faults: [], topology } : checkPolygons(leaves)
}

/** Null when an edge has no opposite and is no edge of the outline either, or stands twice. Outer rings turn left, holes right. */
export function matchEdges(leaves: readonly { id: string; polygons: GridPolygons }[], outline: GridPolygons): Topology | null {
  const vertices = new Vertices()
  const tail: number[] = []
  const leafOf: number[] = []
  const halfEdges = new Map<number, number>()
  for (const [leaf, { polygons }] of leaves.entries()) {
    for (const [a, b] of edgesOf(polygons, vertices)) {
      if (halfEdges.has(a * PAIR + b)) return null
      const opposite = halfEdges.get(b * PAIR + a)
      const half = opposite === undefined ? tail.length : opposite ^ 1
      halfEdges.set(a * PAIR + b, half)
      if (opposite === undefined) {
        tail.push(a, b)
        leafOf.push(leaf, OUTSIDE)
      } else leafOf[half] = leaf
    }
  }
  let open = tail.length - halfEdges.size
  for (const [a, b] of edgesOf(outline, vertices)) {
    const half = halfEdges.get(a * PAIR + b)
    if (half === undefined || leafOf[half ^ 1] !== OUTSIDE) return null
    open--
  }
  if (open !== 0) return null
  const tails = Int32Array.from(tail)
  const planar = { tail: tails, next: linkNext(tails, vertices), leafOf: Int32Array.from(leafOf) }
  return joinArcs(leaves.map(({ id }) => id), vertices.x, vertices.y, planar) // prettier-ignore
}

function* edgesOf(polygons: GridPolygons, vertices: Vertices): Generator<[number, number]> {
  for (const ring of polygons.flat()) {
    let from = vertices.add(ring.at(-2)!, ring.at(-1)!)
    for (let i = 0; i < ring.length; i += 2) {
      const to = vertices.add(ring[i]!, ring[i + 1]!)
      yield [from, to]
      from = to
    }
  }
}
