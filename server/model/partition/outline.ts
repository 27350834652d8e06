/**
 * From units of cells back to polygons. Arcs are the half-edges whose two sides are different units, so nothing is dissolved;
 * where a border runs as it did before, it comes back vertex for vertex. New borders are made simpler.
 */
import type { GridPolygons } from '../rings.ts'
import { joinArcs, mergeBy, type Topology, toGridPolygons } from '../topology.ts'
import type { Cells } from './cells.ts'
import { simplifyArcs } from './simplification.ts'

export interface Outline {
  topology: Topology
  /** By unit. */
  polygons: GridPolygons[]
}

/** `unitOf`: by cell its unit, counted from 0. */
export function outlineUnits(cells: Cells, unitOf: Int32Array, count: number): Outline {
  const topology = traceArcs(cells, unitOf, count)
  const arcs = simplifyArcs(
    cells.ground,
    topology.arcs.map((arc) => withoutCuts(cells, arc)),
  )
  const simple = { ...topology, arcs }
  const merged = mergeBy(simple, (id) => id)
  return { topology: simple, polygons: topology.ids.map((id) => toGridPolygons(simple, merged.get(id) ?? [])) }
}

/** The arcs between different units, every vertex still in them. Their ids are the units' numbers. */
export function traceArcs({ ground, left }: Cells, unitOf: Int32Array, count: number): Topology {
  const { tail, next, vertices } = ground
  const unitAt = (h: number): number => (left[h]! < 0 ? -1 : unitOf[left[h]!]!)
  const slot = new Int32Array(tail.length / 2).fill(-1)
  const kept: number[] = []
  for (let e = 0; e < slot.length; e++) {
    if (unitAt(2 * e) === unitAt(2 * e + 1)) continue
    slot[e] = kept.length
    kept.push(e)
  }
  const planar = {
    tail: new Int32Array(2 * kept.length),
    next: new Int32Array(2 * kept.length),
    leafOf: new Int32Array(2 * kept.length),
  }
  for (const [i, e] of kept.entries()) {
    for (const side of [0, 1]) {
      planar.tail[2 * i + side] = tail[2 * e + side]!
      planar.leafOf[2 * i + side] = unitAt(2 * e + side)
      let h = next[2 * e + side]!
      while (slot[h >> 1]! < 0) h = next[h ^ 1]!
      planar.next[2 * i + side] = 2 * slot[h >> 1]! + (h & 1)
    }
  }
  const ids = Array.from({ length: count }, (_, unit) => String(unit))
  return joinArcs(ids, vertices.x, vertices.y, planar)
}

/** Drops what cells cut into an edge of old, unless an arc ends there: the edge is what it was. */
function withoutCuts({ ground: { corners, cutOf } }: Cells, arc: Int32Array): Int32Array {
  const isCut = (v: number): boolean => v >= corners && cutOf.has(v)
  const isClosed = arc[0] === arc.at(-1)
  const from = isClosed ? arc.findIndex((v) => !isCut(v)) : 0
  const line = from > 0 ? [...arc.subarray(from), ...arc.subarray(1, from + 1)] : [...arc]
  const onEdge = (v: number, edge: readonly number[]): boolean => v === edge[1] || v === edge[2] || cutOf.get(v)?.[0] === edge[0]
  return Int32Array.from(
    line.filter((v, i) => {
      if (i === 0 || i === line.length - 1 || !isCut(v)) return true
      const edge = cutOf.get(v)!
      return !onEdge(line[i - 1]!, edge) || !onEdge(line[i + 1]!, edge)
    }),
  )
}
