/**
 * A planar graph of straight edges as half-edges: 2e and 2e+1 are one edge in its two directions, and a face lies on the left
 * of its half-edges. A bounded face turns left (positive area); each connected component has one outer cycle, which turns right.
 */
import { area2, compareAngle, type FlatRing } from './exact.ts'
import type { Vertices } from './vertices.ts'

export interface PlanarGraph {
  /** Tail vertex of each half-edge; the head is `tail[h ^ 1]`. */
  tail: Int32Array
  /** Half-edge that follows on the same face. */
  next: Int32Array
  /** Face on the left of each half-edge. */
  face: Int32Array
  /** By face: one of its half-edges, twice its area, and its component. */
  start: number[]
  area: number[]
  component: number[]
  /** By component: its outer cycle. */
  outer: number[]
}

/** Finds faces and components. Edges must not cross, and meet at vertices only. */
export function drawPlanar(tail: Int32Array, vertices: Vertices): PlanarGraph {
  const next = linkNext(tail, vertices)
  const face = new Int32Array(tail.length).fill(-1)
  const start: number[] = []
  const area: number[] = []
  for (let h = 0; h < tail.length; h++) {
    if (face[h]! >= 0) continue
    const id = start.length
    start.push(h)
    for (let g = h; face[g]! < 0; g = next[g]!) face[g] = id
    area.push(area2(cycleRing({ next, tail }, h, vertices)))
  }
  const graph: PlanarGraph = { tail, next, face, start, area, component: new Array<number>(start.length).fill(-1), outer: [] }
  findComponents(graph)
  return graph
}

/** The vertices along a face's cycle as a flat ring. */
export function cycleRing({ next, tail }: Pick<PlanarGraph, 'next' | 'tail'>, start: number, { x, y }: Vertices): FlatRing {
  const flat: number[] = []
  let h = start
  do {
    flat.push(x[tail[h]!]!, y[tail[h]!]!)
    h = next[h]!
  } while (h !== start)
  return Int32Array.from(flat)
}

/** Sorts the half-edges round each vertex; what follows h is the first one clockwise from its twin. */
export function linkNext(tail: Int32Array, { x, y, size }: Vertices): Int32Array {
  const offsets = new Int32Array(size + 1)
  for (const vertex of tail) offsets[vertex + 1]!++
  for (let v = 0; v < size; v++) offsets[v + 1]! += offsets[v]!
  const around = new Int32Array(tail.length)
  const filled = offsets.slice()
  for (let h = 0; h < tail.length; h++) around[filled[tail[h]!]!++] = h
  const next = new Int32Array(tail.length)
  for (let v = 0; v < size; v++) {
    const ring = around.subarray(offsets[v]!, offsets[v + 1]!)
    if (ring.length > 2)
      ring.sort((g, h) => compareAngle(x[v]!, y[v]!, x[tail[g ^ 1]!]!, y[tail[g ^ 1]!]!, x[tail[h ^ 1]!]!, y[tail[h ^ 1]!]!))
    for (let i = 0; i < ring.length; i++) next[ring[i]! ^ 1] = ring[(i + ring.length - 1) % ring.length]!
  }
  return next
}

function findComponents(faces: PlanarGraph): void {
  const { face, next, start, component, area, outer } = faces
  for (let seed = 0; seed < start.length; seed++) {
    if (component[seed]! >= 0) continue
    const id = outer.length
    outer.push(seed)
    component[seed] = id
    const queue = [seed]
    for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
      if (area[f]! < area[outer[id]!]!) outer[id] = f
      let h = start[f]!
      do {
        const beyond = face[h ^ 1]!
        if (component[beyond]! < 0) {
          component[beyond] = id
          queue.push(beyond)
        }
        h = next[h]!
      } while (h !== start[f])
    }
  }
}
