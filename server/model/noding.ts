/**
 * Makes neighbours hold the same vertices, so that shared lines can be recognised by equality alone.
 *
 *      A │ B            A │ B
 *        ├─────    →      ├─────     a vertex of B or C on A's edge is inserted in A's ring (T-junction);
 *      A │ C            A ┼ C        edges that cross are cut at the grid point nearest to the crossing.
 *
 * Tolerance 0 touches only what lies exactly on an edge, and so never moves a line. Tolerance 1 also takes vertices
 * one grid unit off (rounding noise between neighbours): lines may move by that, about 1 cm, and nothing further.
 */
import Flatbush from 'flatbush'
import { orient, onSegment } from './exact.ts'
import type { GridPolygons } from './rings.ts'
import { Vertices } from './vertices.ts'

/** A ring as vertex ids, not closed, or an open line; `leaf` is the index of its feature. */
export interface Path {
  leaf: number
  ids: number[]
  isOpen?: boolean
}

export interface Crossing {
  leaves: [number, number]
  x: number
  y: number
}

export interface Noded {
  vertices: Vertices
  paths: Path[]
  /** Edges that properly crossed as they came; `leaves` are equal when a feature crosses itself. */
  crossings: Crossing[]
  /** False when cutting at grid points went on making new crossings, or there were more than asked for: the map is not planar then. */
  settled: boolean
}

/** Rounded ends and a rounded vertex, each off by half a unit in x and in y: never further apart than this. */
const NOISE = 1.5
const MAX_PASSES = 8

/** `most`: with more crossings it ends, with those found so far; a scribble has millions. */
export function nodeCoverage(features: readonly GridPolygons[], tolerance: 0 | 1, most = Infinity): Noded {
  const vertices = new Vertices()
  const paths = features.flatMap((polygons, leaf) => polygons.flat().map((ring): Path => ({ leaf, ids: idsOf(ring, vertices) })))
  return nodePaths(tolerance > 0 ? mergeClose(paths, vertices) : paths, vertices, tolerance, { most })
}

/** As `nodeCoverage`, for paths over known vertices. Those in `loose` are taken to lie on an edge when rounding noise parts them. */
export function nodePaths(
  paths: Path[],
  vertices: Vertices,
  tolerance: 0 | 1,
  { loose = new Set(), most = Infinity }: { loose?: ReadonlySet<number>; most?: number } = {},
): Noded {
  const crossings: Crossing[] = []
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const splits = findSplits(paths, vertices, { tolerance, loose, most }, pass === 0 ? crossings : null)
    if (crossings.length > most) break
    if (splits.size === 0) return { vertices, paths, crossings, settled: true }
    paths = paths.map((path) => ({ ...path, ids: withSplits(path, splits, vertices) }))
  }
  return { vertices, paths, crossings, settled: false }
}

/** Ids of a flat line's points, in its order. */
export function idsOf(ring: Int32Array, vertices: Vertices): number[] {
  const ids: number[] = []
  for (let i = 0; i < ring.length; i += 2) ids.push(vertices.add(ring[i]!, ring[i + 1]!))
  return ids
}

/** Vertices one unit apart, in x, y or both, become the first of them. */
function mergeClose(paths: Path[], vertices: Vertices): Path[] {
  const kept = new Int32Array(vertices.size)
  for (let id = 0; id < kept.length; id++) {
    kept[id] = id
    for (let dx = -1; dx <= 1 && kept[id] === id; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        const near = vertices.find(vertices.x[id]! + dx, vertices.y[id]! + dy)
        if (near < 0 || near >= id || kept[near] !== near) continue
        kept[id] = near
        break
      }
    }
  }
  return paths.map(({ leaf, ids }) => ({ leaf, ids: ids.map((id) => kept[id]!).filter((id, i, all) => id !== all[(i + 1) % all.length]) }))
}

/** Vertices to insert, by edge key (`keyOf`). */
function findSplits(
  paths: Path[],
  vertices: Vertices,
  { tolerance, loose, most }: { tolerance: number; loose: ReadonlySet<number>; most: number },
  crossings: Crossing[] | null,
): Map<number, number[]> {
  const { x, y } = vertices
  const { from, to, leaves } = uniqueEdges(paths)
  const splits = new Map<number, number[]>()
  if (from.length === 0) return splits
  const split = (edge: number, vertex: number) => {
    const key = keyOf(from[edge]!, to[edge]!)
    const known = splits.get(key)
    if (!known) splits.set(key, [vertex])
    else if (!known.includes(vertex)) known.push(vertex)
  }
  const touches = (vertex: number, edge: number): boolean => {
    const [a, b] = [from[edge]!, to[edge]!]
    if (vertex === a || vertex === b) return false
    const [px, py, ax, ay, bx, by] = [x[vertex]!, y[vertex]!, x[a]!, y[a]!, x[b]!, y[b]!]
    return tolerance === 0 && !loose.has(vertex) ? onSegment(px, py, ax, ay, bx, by) : isNear(px, py, ax, ay, bx, by)
  }
  const meet = (e: number, f: number) => {
    let touched = false
    for (const [vertex, edge] of [
      [from[f]!, e],
      [to[f]!, e],
      [from[e]!, f],
      [to[e]!, f],
    ] as const) {
      if (!touches(vertex, edge)) continue
      split(edge, vertex)
      touched = true
    }
    if (touched) return
    const [a, b, c, d] = [from[e]!, to[e]!, from[f]!, to[f]!]
    if (a === c || a === d || b === c || b === d) return
    const sideC = orient(x[a]!, y[a]!, x[b]!, y[b]!, x[c]!, y[c]!)
    const sideD = orient(x[a]!, y[a]!, x[b]!, y[b]!, x[d]!, y[d]!)
    if (sideC === sideD) return
    if (orient(x[c]!, y[c]!, x[d]!, y[d]!, x[a]!, y[a]!) === orient(x[c]!, y[c]!, x[d]!, y[d]!, x[b]!, y[b]!)) return
    const [px, py] = crossingPoint(x[a]!, y[a]!, x[b]!, y[b]!, x[c]!, y[c]!, x[d]!, y[d]!)
    const vertex = vertices.add(px, py)
    if (vertex !== a && vertex !== b) split(e, vertex)
    if (vertex !== c && vertex !== d) split(f, vertex)
    if (crossings) for (const one of leaves[e]!) for (const other of leaves[f]!) crossings.push({ leaves: [one, other], x: px, y: py })
  }
  const index = new Flatbush(from.length)
  const box = (e: number, pad: number): [number, number, number, number] => {
    const [a, b] = [from[e]!, to[e]!]
    return [Math.min(x[a]!, x[b]!) - pad, Math.min(y[a]!, y[b]!) - pad, Math.max(x[a]!, x[b]!) + pad, Math.max(y[a]!, y[b]!) + pad]
  }
  for (let e = 0; e < from.length; e++) index.add(...box(e, 0))
  index.finish()
  const pad = tolerance === 0 && loose.size === 0 ? 0 : 2
  for (let e = 0; e < from.length; e++) {
    index.search(...box(e, pad), (f) => {
      if (f > e) meet(e, f)
      return false
    })
    if (crossings && crossings.length > most) break
  }
  return splits
}

/** Undirected edges, each once, with the leaves that have it in a ring. */
function uniqueEdges(paths: Path[]): { from: number[]; to: number[]; leaves: number[][] } {
  const [from, to, leaves]: [number[], number[], number[][]] = [[], [], []]
  const known = new Map<number, number>()
  for (const { leaf, ids, isOpen } of paths) {
    for (let i = 0; i < ids.length - (isOpen ? 1 : 0); i++) {
      const a = ids[i]!
      const b = ids[(i + 1) % ids.length]!
      if (a === b) continue
      const key = keyOf(a, b)
      const edge = known.get(key)
      if (edge !== undefined) {
        if (!leaves[edge]!.includes(leaf)) leaves[edge]!.push(leaf)
        continue
      }
      known.set(key, from.length)
      from.push(a)
      to.push(b)
      leaves.push([leaf])
    }
  }
  return { from, to, leaves }
}

/** Key of an undirected edge; ids stay below 2^26, so that two fit the 53 bits of a number. */
export const keyOf = (a: number, b: number): number => (a < b ? a * 2 ** 26 + b : b * 2 ** 26 + a)

function withSplits({ ids, isOpen }: Path, splits: Map<number, number[]>, { x, y }: Vertices): number[] {
  const out: number[] = []
  for (let i = 0; i < ids.length; i++) {
    const a = ids[i]!
    const b = ids[(i + 1) % ids.length]!
    out.push(a)
    const between = isOpen && i === ids.length - 1 ? undefined : splits.get(keyOf(a, b))
    if (!between) continue
    const along = (v: number) => (x[v]! - x[a]!) * (x[b]! - x[a]!) + (y[v]! - y[a]!) * (y[b]! - y[a]!)
    out.push(...[...between].sort((v, w) => along(v) - along(w)))
  }
  return out
}

/** True when p is no further than rounding noise from the open segment a–b. */
export function isNear(px: number, py: number, ax: number, ay: number, bx: number, by: number): boolean {
  const [dx, dy] = [bx - ax, by - ay]
  const length2 = dx * dx + dy * dy
  const along = (px - ax) * dx + (py - ay) * dy
  if (along <= 0 || along >= length2) return false
  const across = dx * (py - ay) - dy * (px - ax)
  return across * across <= NOISE * NOISE * length2
}

/** The grid point nearest to where the lines a–b and c–d meet; they must cross. */
export function crossingPoint(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
): [number, number] {
  const denominator = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
  const t = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / denominator
  return [Math.round(ax + t * (bx - ax)), Math.round(ay + t * (by - ay))]
}
