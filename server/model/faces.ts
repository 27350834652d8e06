/**
 * The faces between noded rings, and which leaves cover each how often. Half-edge 2e runs from the lower vertex id of edge e
 * to the higher, 2e+1 back. In a sound coverage every bounded face is covered once. Not at all is a gap, twice is an overlap.
 */
import Flatbush from 'flatbush'
import { orient } from './exact.ts'
import { keyOf, type Path } from './noding.ts'
import { drawPlanar, type PlanarGraph } from './planar.ts'
import type { Vertices } from './vertices.ts'

/** Leaf index → how many times it covers; flat pairs [leaf, times, …], no zeros, by leaf. */
export type Cover = readonly number[]

export interface Faces extends PlanarGraph {
  cover: Cover[]
}

/** Edges whose leaf is the same on both sides (slits) have cancelled and are not drawn. */
export function drawFaces(paths: readonly Path[], vertices: Vertices): Faces {
  const { tail, changes } = edgesOf(paths)
  const faces: Faces = { ...drawPlanar(tail, vertices), cover: [] }
  spreadCovers(faces, changes, outsideCovers(faces, changes, vertices))
  return faces
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
