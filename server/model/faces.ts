/**
 * The planar map that noded rings draw: half-edges, the faces between them, and which leaves cover each face how often.
 * Half-edge 2e runs from the lower vertex id of edge e to the higher, 2e+1 back; a face lies on the left of its half-edges.
 * A bounded face turns left (positive area); each connected component has one outer cycle, which turns right.
 * In a sound coverage every bounded face is covered once. Not at all is a gap, twice is an overlap.
 */
import Flatbush from 'flatbush'
import { area2, compareAngle, type FlatRing, orient } from './exact.ts'
import { keyOf, type Path } from './noding.ts'
import type { Vertices } from './vertices.ts'

/** Leaf index → how many times it covers; flat pairs [leaf, times, …], no zeros, by leaf. */
export type Cover = readonly number[]

export interface Faces {
  /** Tail vertex of each half-edge; the head is `tail[h ^ 1]`. */
  tail: Int32Array
  /** Half-edge that follows on the same face. */
  next: Int32Array
  /** Face on the left of each half-edge. */
  face: Int32Array
  /** By face: one of its half-edges, twice its area, its cover, and its component. */
  start: number[]
  area: number[]
  cover: Cover[]
  component: number[]
  /** By component: its outer cycle. */
  outer: number[]
}

/** Edges whose leaf is the same on both sides (slits) have cancelled and are not drawn. */
export function drawFaces(paths: readonly Path[], vertices: Vertices): Faces {
  const { tail, changes } = edgesOf(paths)
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
  const faces: Faces = { tail, next, face, start, area, cover: [], component: new Array<number>(start.length).fill(-1), outer: [] }
  findComponents(faces)
  spreadCovers(faces, changes, outsideCovers(faces, changes, vertices))
  return faces
}

/** The vertices along a face's cycle as a flat ring. */
export function cycleRing({ next, tail }: Pick<Faces, 'next' | 'tail'>, start: number, { x, y }: Vertices): FlatRing {
  const flat: number[] = []
  let h = start
  do {
    flat.push(x[tail[h]!]!, y[tail[h]!]!)
    h = next[h]!
  } while (h !== start)
  return Int32Array.from(flat)
}

/** `changes[e]`: what crossing edge e from its right to its left adds to the cover, as flat pairs. */
function edgesOf(paths: readonly Path[]): { tail: Int32Array; changes: number[][] } {
  const known = new Map<number, number>()
  const ends: number[] = []
  const changes: number[][] = []
  for (const { leaf, ids } of paths) {
    for (let i = 0; i < ids.length; i++) {
      const a = ids[i]!
      const b = ids[(i + 1) % ids.length]!
      if (a === b) continue
      const key = keyOf(a, b)
      let edge = known.get(key)
      if (edge === undefined) {
        edge = changes.length
        known.set(key, edge)
        ends.push(Math.min(a, b), Math.max(a, b))
        changes.push([])
      }
      changes[edge] = plus(changes[edge]!, [leaf, a < b ? 1 : -1], 1)
    }
  }
  const drawn = changes.flatMap((change, edge) => (change.length > 0 ? [edge] : []))
  const tail = new Int32Array(drawn.length * 2)
  for (const [i, edge] of drawn.entries()) {
    tail[2 * i] = ends[2 * edge]!
    tail[2 * i + 1] = ends[2 * edge + 1]!
  }
  return { tail, changes: drawn.map((edge) => changes[edge]!) }
}

/** Sorts the half-edges round each vertex; what follows h is the first one clockwise from its twin. */
function linkNext(tail: Int32Array, { x, y, size }: Vertices): Int32Array {
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

function findComponents(faces: Faces): void {
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

/**
 * What covers the surroundings of each component: along a ray from its first vertex due east, every edge of another
 * component is crossed from the far end inwards.
 */
function outsideCovers({ face, tail, start, component, outer }: Faces, changes: number[][], { x, y }: Vertices): Cover[] {
  if (outer.length <= 1) return outer.map(() => [])
  const index = new Flatbush(changes.length)
  for (let h = 0; h < tail.length; h += 2) {
    const [a, b] = [tail[h]!, tail[h + 1]!]
    index.add(Math.min(x[a]!, x[b]!), Math.min(y[a]!, y[b]!), Math.max(x[a]!, x[b]!), Math.max(y[a]!, y[b]!))
  }
  index.finish()
  return outer.map((cycle, id) => {
    const vertex = tail[start[cycle]!]!
    const [px, py] = [x[vertex]!, y[vertex]!]
    let cover: Cover = []
    index.search(px, py, Infinity, py, (edge) => {
      const [a, b] = [tail[2 * edge]!, tail[2 * edge + 1]!]
      const upward = y[a]! <= py && py < y[b]!
      const downward = y[b]! <= py && py < y[a]!
      if ((!upward && !downward) || component[face[2 * edge]!] === id) return false
      // East of the point: the point is on the left of an upward edge, on the right of a downward one.
      if (orient(x[a]!, y[a]!, x[b]!, y[b]!, px, py) === (upward ? 1 : -1)) cover = plus(cover, changes[edge]!, upward ? 1 : -1)
      return false
    })
    return cover
  })
}

function spreadCovers({ face, next, start, component, outer, cover }: Faces, changes: number[][], outside: Cover[]): void {
  const known = new Uint8Array(component.length)
  for (const [id, cycle] of outer.entries()) {
    cover[cycle] = outside[id]!
    known[cycle] = 1
    const queue = [cycle]
    for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
      let h = start[f]!
      do {
        const beyond = face[h ^ 1]!
        if (!known[beyond]) {
          // f lies left of h. Stepping over it leaves the left side of the edge when h runs its way.
          cover[beyond] = plus(cover[f]!, changes[h >> 1]!, h % 2 === 0 ? -1 : 1)
          known[beyond] = 1
          queue.push(beyond)
        }
        h = next[h]!
      } while (h !== start[f])
    }
  }
}

function plus(cover: Cover, change: Cover, sign: 1 | -1): number[] {
  const sum: number[] = []
  let i = 0
  let j = 0
  while (i < cover.length || j < change.length) {
    const leaf = Math.min(cover[i] ?? Infinity, change[j] ?? Infinity)
    let times = 0
    if (cover[i] === leaf) times += cover[(i += 2) - 1]!
    if (change[j] === leaf) times += sign * change[(j += 2) - 1]!
    if (times !== 0) sum.push(leaf, times)
  }
  return sum
}
