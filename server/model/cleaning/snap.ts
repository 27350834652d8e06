/**
 * Brings lines that were meant to be one onto each other. Distances are metres on a plane at the data's middle latitude.
 *
 *   1. Vertex to vertex: in the order fixed, shared by most rings, west to east, each vertex joins the nearest one that
 *      stands already and lies within the tolerance; otherwise it stands itself.
 *   2. Vertex to edge: an edge takes in the vertices that lie within the tolerance of it, and so bends to them. A fixed edge
 *      does not bend: the vertex moves onto it, to the nearest grid point.
 *
 * Both happen only between lines that each have something that the other lacks: a vertex or edge whose rings all run through
 * the other already is in order, and its own small steps and narrow necks stay as they are. No vertex moves further
 * than twice the tolerance, and none at all where neighbours agree.
 */
import Flatbush from 'flatbush'
import type { FlatRing } from '../exact.ts'
import { keyOf } from '../noding.ts'
import { Vertices } from '../vertices.ts'

export interface Snapped {
  /** In the order given; a ring that has collapsed is empty. */
  rings: FlatRing[]
  /** Distinct vertices, how many of them moved, and how far the furthest did, metres. */
  vertices: number
  moved: number
  largestMove: number
}

/** Metres in a grid unit along x and y. */
export interface Scale {
  x: number
  y: number
}

/** `fixedCount`: as many rings from the first on stay where they are. */
export function snapRings(rings: readonly FlatRing[], fixedCount: number, tolerance: number, scale: Scale): Snapped {
  const vertices = new Vertices()
  const paths = rings.map((ring) => idsIn(ring, vertices))
  const before = vertices.size
  const target = joinVertices(paths, vertices, fixedCount, tolerance, scale)
  const joined = paths.map((ids) => withoutRepeats(ids.map((id) => target[id]!)))
  const after = bendEdges(joined, vertices, fixedCount, tolerance, scale)
  let moved = 0
  let largestMove = 0
  for (let id = 0; id < before; id++) {
    const last = after.target.get(target[id]!) ?? target[id]!
    if (last === id) continue
    moved++
    largestMove = Math.max(largestMove, distance(vertices, scale, id, last))
  }
  const flat = after.paths.map((ids) => Int32Array.from(ids.length < 3 ? [] : ids.flatMap((id) => [vertices.x[id]!, vertices.y[id]!])))
  return { rings: flat, vertices: before, moved, largestMove }
}

function idsIn(ring: FlatRing, vertices: Vertices): number[] {
  const ids: number[] = []
  for (let i = 0; i < ring.length; i += 2) ids.push(vertices.add(ring[i]!, ring[i + 1]!))
  return ids
}

const withoutRepeats = (ids: number[]): number[] => ids.filter((id, i) => id !== ids[(i + 1) % ids.length])

const distance = ({ x, y }: Vertices, scale: Scale, a: number, b: number): number =>
  Math.hypot((x[a]! - x[b]!) * scale.x, (y[a]! - y[b]!) * scale.y)

/** By vertex: the rings through it, ascending. */
function ringsThrough(paths: readonly number[][], size: number): number[][] {
  const through = Array.from({ length: size }, (): number[] => [])
  for (const [ring, ids] of paths.entries()) for (const id of ids) if (through[id]!.at(-1) !== ring) through[id]!.push(ring)
  return through
}

const isWithin = (few: readonly number[], many: readonly number[]): boolean => few.every((each) => many.includes(each))
/** True when each has a ring that the other lacks. */
const areApart = (one: readonly number[], other: readonly number[]): boolean => !isWithin(one, other) && !isWithin(other, one)

function indexOf(ids: readonly number[], { x, y }: Vertices): Flatbush | null {
  if (ids.length === 0) return null
  const index = new Flatbush(ids.length)
  for (const id of ids) index.add(x[id]!, y[id]!, x[id]!, y[id]!)
  index.finish()
  return index
}

function joinVertices(paths: readonly number[][], vertices: Vertices, fixedCount: number, tolerance: number, scale: Scale): number[] {
  const { x, y, size } = vertices
  const through = ringsThrough(paths, size)
  const order = Array.from({ length: size }, (_, id) => id)
  const index = indexOf(order, vertices)
  const isFixed = (id: number) => through[id]!.length > 0 && through[id]![0]! < fixedCount
  order.sort((a, b) => Number(isFixed(b)) - Number(isFixed(a)) || through[b]!.length - through[a]!.length || x[a]! - x[b]! || y[a]! - y[b]!)
  const target = new Array<number>(size).fill(-1)
  const [reachX, reachY] = [tolerance / scale.x, tolerance / scale.y]
  for (const id of order) {
    target[id] = id
    if (isFixed(id)) continue
    let best = tolerance
    index!.search(x[id]! - reachX, y[id]! - reachY, x[id]! + reachX, y[id]! + reachY, (near) => {
      if (near === id || target[near] !== near) return false
      const far = distance(vertices, scale, id, near)
      if (far > best || (far === best && target[id] !== id) || !areApart(through[id]!, through[near]!)) return false
      best = far
      target[id] = near
      return false
    })
    const home = target[id]!
    if (home !== id) through[home] = [...new Set([...through[home]!, ...through[id]!])].sort((a, b) => a - b)
  }
  return target
}

interface Edge {
  a: number
  b: number
  rings: number[]
}

/** Vertices taken into edges. `target` says where a vertex went that a fixed edge drew onto itself. */
function bendEdges(
  paths: number[][],
  vertices: Vertices,
  fixedCount: number,
  tolerance: number,
  scale: Scale,
): { paths: number[][]; target: Map<number, number> } {
  const { x, y } = vertices
  const through = ringsThrough(paths, vertices.size)
  const standing = through.flatMap((rings, id) => (rings.length > 0 ? [id] : []))
  const index = indexOf(standing, vertices)
  const edges = edgesOf(paths)
  const taken = new Map<number, { along: number; id: number }[]>()
  const drawn = new Map<number, { far: number; at: [number, number] }>()
  const [reachX, reachY] = [tolerance / scale.x, tolerance / scale.y]
  for (const [key, { a, b, rings }] of edges) {
    const isFixed = rings[0]! < fixedCount
    const [dx, dy] = [(x[b]! - x[a]!) * scale.x, (y[b]! - y[a]!) * scale.y]
    const length2 = dx * dx + dy * dy
    const box = [Math.min(x[a]!, x[b]!) - reachX, Math.min(y[a]!, y[b]!) - reachY, Math.max(x[a]!, x[b]!) + reachX, Math.max(y[a]!, y[b]!) + reachY] as const // prettier-ignore
    index!.search(...box, (place) => {
      const id = standing[place]!
      if (id === a || id === b) return false
      const [px, py] = [(x[id]! - x[a]!) * scale.x, (y[id]! - y[a]!) * scale.y]
      const along = (px * dx + py * dy) / length2
      if (along <= 0 || along >= 1) return false
      const far = Math.abs(dx * py - dy * px) / Math.sqrt(length2)
      if (far > tolerance || !areApart(rings, through[id]!)) return false
      const known = taken.get(key)
      if (known) known.push({ along, id })
      else taken.set(key, [{ along, id }])
      if (isFixed && through[id]![0]! >= fixedCount && far < (drawn.get(id)?.far ?? Infinity)) {
        const at: [number, number] = [Math.round(x[a]! + along * (x[b]! - x[a]!)), Math.round(y[a]! + along * (y[b]! - y[a]!))]
        drawn.set(id, { far, at })
      }
      return false
    })
  }
  const target = new Map([...drawn].map(([id, { at }]) => [id, vertices.add(...at)]))
  const bent = paths.map((ids) => {
    const out: number[] = []
    for (let i = 0; i < ids.length; i++) {
      const [a, b] = [ids[i]!, ids[(i + 1) % ids.length]!]
      out.push(target.get(a) ?? a)
      const between = taken.get(keyOf(a, b))
      if (!between) continue
      const sign = edges.get(keyOf(a, b))!.a === a ? 1 : -1
      between.sort((one, other) => sign * (one.along - other.along) || one.id - other.id)
      for (const { id } of between) out.push(target.get(id) ?? id)
    }
    return withoutRepeats(out)
  })
  return { paths: bent, target }
}

function edgesOf(paths: readonly number[][]): Map<number, Edge> {
  const edges = new Map<number, Edge>()
  for (const [ring, ids] of paths.entries()) {
    for (let i = 0; i < ids.length; i++) {
      const [a, b] = [ids[i]!, ids[(i + 1) % ids.length]!]
      const known = edges.get(keyOf(a, b))
      if (!known) edges.set(keyOf(a, b), { a, b, rings: [ring] })
      else if (known.rings.at(-1) !== ring) known.rings.push(ring)
    }
  }
  return edges
}
