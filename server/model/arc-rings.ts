/** From the arcs round some leaves to polygons: the same walk as over a whole topology (`mergeBy`), on a small one. */
import type { Arc } from './difference.ts'
import { type FlatRing, sideOfPolygon } from './exact.ts'
import type { GridPolygons } from './rings.ts'
import { mergeBy, nest, ringPoints, ringsBy, type Topology, toGridPolygons } from './topology.ts'
import { Vertices } from './vertices.ts'

/** Polygons of the land for which `isIn` holds, canonical. `arcs` must hold every arc that has it on just one side. */
export function closeRings(arcs: readonly Arc[], isIn: (leafId: string) => boolean): GridPolygons {
  const topology = smallTopology(arcs, isIn)
  const merged = mergeBy(topology, (id) => id).get(INSIDE)
  return merged ? toGridPolygons(topology, merged) : []
}

/**
 * True when the rings bound land: every hole lies in an outer ring, and no outer ring in another one's land. The lines must
 * not cross. A border that was moved across an island or over its own far side crosses nothing, and is found only so.
 */
export function boundsLand(arcs: readonly Arc[], isIn: (leafId: string) => boolean): boolean {
  const topology = smallTopology(arcs, isIn)
  const rings = ringsBy(topology, (id) => id).get(INSIDE) ?? []
  const polygons = nest(topology, rings)
  if (polygons.length === 0 || polygons.flat().length !== rings.length) return false
  const shapes = polygons.map((polygon) => polygon.map((ring) => ringPoints(topology, ring)))
  if (!shapes.every(([outer, ...holes]) => holes.every((hole) => liesIn(hole, [outer!])))) return false
  return shapes.every(([outer], index) => shapes.every((other, place) => place === index || !liesIn(outer!, other)))
}

/** By the first of the ring's points that is not on the other's border. */
function liesIn(ring: FlatRing, rings: readonly FlatRing[]): boolean {
  for (let i = 0; i < ring.length; i += 2) {
    const side = sideOfPolygon(ring[i]!, ring[i + 1]!, rings)
    if (side !== 0) return side > 0
  }
  return true
}

const INSIDE = 'inside'

/** Only the ends of arcs are looked up: what lies between them is no other arc's, and gets ids of its own behind theirs. */
function smallTopology(arcs: readonly Arc[], isIn: (leafId: string) => boolean): Topology {
  const sideOf = (id: string | null) => (id !== null && isIn(id) ? 0 : -1)
  const bordering = arcs.filter(({ left, right }) => sideOf(left) !== sideOf(right))
  const ends = new Vertices()
  for (const { points: p } of bordering) {
    ends.add(p[0]!, p[1]!)
    ends.add(p.at(-2)!, p.at(-1)!)
  }
  const between = bordering.reduce((sum, { points }) => sum + points.length / 2 - 2, 0)
  const [x, y] = [new Int32Array(ends.x.length + between), new Int32Array(ends.y.length + between)]
  x.set(ends.x)
  y.set(ends.y)
  let next = ends.x.length
  const lines = bordering.map(({ points: p }) => {
    const line = new Int32Array(p.length / 2)
    const last = line.length - 1
    line[0] = ends.find(p[0]!, p[1]!)
    line[last] = ends.find(p[2 * last]!, p[2 * last + 1]!)
    for (let i = 1; i < last; i++) {
      x[next] = p[2 * i]!
      y[next] = p[2 * i + 1]!
      line[i] = next++
    }
    return line
  })
  return {
    ids: [INSIDE],
    x,
    y,
    arcs: lines,
    left: Int32Array.from(bordering, ({ left }) => sideOf(left)),
    right: Int32Array.from(bordering, ({ right }) => sideOf(right)),
  }
}
