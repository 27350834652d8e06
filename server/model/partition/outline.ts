/**
 * From units of cells back to polygons. Arcs are the half-edges whose two sides are different units, so nothing is dissolved;
 * where a border runs as it did before, it comes back vertex for vertex. New borders are made simpler.
 */
import type { GridPolygons } from '../rings.ts'
import { joinArcs, mergeBy, type Topology, toGridPolygons } from '../topology.ts'
import { Buckets } from './buckets.ts'
import type { Cells } from './cells.ts'
import { eachWallPoint } from './footprints.ts'
import type { Ground } from './ground.ts'
import { Room } from './room.ts'
import { KIND } from './segments.ts'
import { simplifyArcs } from './simplification.ts'

/** Metres between two points on a wall. */
const POST_M = 4

/** Ids are the units' numbers. */
interface Traced extends Topology {
  /** By vertex the one of the ground that it is. */
  origin: Int32Array
}

export class Outliner {
  private readonly cells: Cells
  private readonly clearance: number
  private readonly posts: Buckets
  /** By vertex of the ground: 1 where it stays. */
  private readonly stays: Uint8Array
  private readonly scratch: Scratch
  private byCell: { offsets: Int32Array; edges: Int32Array } | null = null

  /** `clearance`: metres that new borders keep from buildings where there is room. */
  constructor(cells: Cells, clearance: number) {
    const { vertices, corners, cutOf, edges } = cells.ground
    this.cells = cells
    this.clearance = clearance
    this.posts = postsOf(cells.ground)
    this.stays = new Uint8Array(vertices.size).fill(1, 0, corners)
    for (const v of cutOf.keys()) this.stays[v] = 1
    for (let e = 0; e < edges.kind.length; e++) if (edges.kind[e] === KIND.line) this.stays[edges.a[e]!] = this.stays[edges.b[e]!] = 1
    this.scratch = scratchFor(cells)
  }

  /** Edges with one of the cells beside them. */
  edgesAbout(cells: Int32Array): Int32Array {
    const { left, count } = this.cells
    if (!this.byCell) {
      const offsets = new Int32Array(count + 1)
      for (let h = 0; h < left.length; h++) if (left[h]! >= 0 && left[h] !== left[h ^ 1]) offsets[left[h]! + 1]!++
      for (let c = 0; c < count; c++) offsets[c + 1]! += offsets[c]!
      const filled = offsets.slice()
      const edges = new Int32Array(offsets[count]!)
      for (let h = 0; h < left.length; h++) if (left[h]! >= 0 && left[h] !== left[h ^ 1]) edges[filled[left[h]!]!++] = h >> 1
      this.byCell = { offsets, edges }
    }
    const { offsets, edges } = this.byCell
    const found = new Set<number>()
    for (const c of cells) for (let i = offsets[c]!; i < offsets[c + 1]!; i++) found.add(edges[i]!)
    return Int32Array.from(found).sort()
  }

  /** Polygons by unit. `unitOf`: by cell its unit, counted from 0, or -1; `edges`: those to look at, all when left out. */
  outline(unitOf: Int32Array, count: number, edges?: Int32Array): GridPolygons[] {
    const { scale } = this.cells.ground
    const traced = traceArcs(this.cells, unitOf, count, edges, this.scratch)
    const { x, y, origin } = traced
    const corners = new Buckets(x, y, x.keys())
    const room = new Room(x, y, scale, corners, this.posts, this.clearance)
    const arcs = simplifyArcs(
      traced.arcs.map((arc) => withoutCuts(this.cells, arc, origin)),
      { x, y, room, isLoose: (v) => this.stays[origin[v]!] === 0 },
    )
    const simple = { ...traced, arcs }
    const merged = mergeBy(simple, (id) => id)
    return traced.ids.map((id) => toGridPolygons(simple, merged.get(id) ?? []))
  }
}

/** What no border may pass: buildings, and points along the walls of those whose footprint is known, its corners among them. */
function postsOf({ sites: { x, y, buildings, footprints }, scale }: Ground): Buckets {
  const [px, py] = [[...x.subarray(0, buildings)], [...y.subarray(0, buildings)]]
  for (const ring of footprints.rings) {
    eachWallPoint(ring, scale, POST_M, (wx, wy) => {
      px.push(wx)
      py.push(wy)
    })
  }
  return new Buckets(px, py, px.keys())
}

/** By edge and by vertex of the ground, all -1 between two uses. */
interface Scratch {
  slot: Int32Array
  local: Int32Array
}

const scratchFor = ({ ground: { tail, vertices } }: Cells): Scratch => ({
  slot: new Int32Array(tail.length / 2).fill(-1),
  local: new Int32Array(vertices.size).fill(-1),
})

/** The arcs between different units (-1 is none), every vertex still in them. */
export function traceArcs(
  cells: Cells,
  unitOf: Int32Array,
  count: number,
  edges: Int32Array | null = null,
  { slot, local }: Scratch = scratchFor(cells),
): Traced {
  const { ground, left } = cells
  const { tail, next, vertices } = ground
  const unitAt = (h: number): number => (left[h]! < 0 ? -1 : unitOf[left[h]!]!)
  const kept: number[] = []
  const among = edges ? edges.length : slot.length
  for (let i = 0; i < among; i++) {
    const e = edges ? edges[i]! : i
    if (unitAt(2 * e) === unitAt(2 * e + 1)) continue
    slot[e] = kept.length
    kept.push(e)
  }
  const planar = {
    tail: new Int32Array(2 * kept.length),
    next: new Int32Array(2 * kept.length),
    leafOf: new Int32Array(2 * kept.length),
  }
  const origin: number[] = []
  for (const [i, e] of kept.entries()) {
    for (const side of [0, 1]) {
      const v = tail[2 * e + side]!
      if (local[v]! < 0) {
        local[v] = origin.length
        origin.push(v)
      }
      planar.tail[2 * i + side] = local[v]!
      planar.leafOf[2 * i + side] = unitAt(2 * e + side)
      let h = next[2 * e + side]!
      while (slot[h >> 1]! < 0) h = next[h ^ 1]!
      planar.next[2 * i + side] = 2 * slot[h >> 1]! + (h & 1)
    }
  }
  for (const e of kept) slot[e] = -1
  for (const v of origin) local[v] = -1
  const ids = Array.from({ length: count }, (_, unit) => String(unit))
  const x = origin.map((v) => vertices.x[v]!)
  const y = origin.map((v) => vertices.y[v]!)
  return { ...joinArcs(ids, x, y, planar), origin: Int32Array.from(origin) }
}

/** Drops what cells cut into an edge of old, unless an arc ends there: the edge is what it was. */
function withoutCuts({ ground: { corners, cutOf } }: Cells, arc: Int32Array, origin: Int32Array): Int32Array {
  const isCut = (v: number): boolean => origin[v]! >= corners && cutOf.has(origin[v]!)
  const isClosed = arc[0] === arc.at(-1)
  const from = isClosed ? arc.findIndex((v) => !isCut(v)) : 0
  const line = from > 0 ? [...arc.subarray(from), ...arc.subarray(1, from + 1)] : [...arc]
  const onEdge = (v: number, edge: readonly number[]): boolean =>
    origin[v] === edge[1] || origin[v] === edge[2] || cutOf.get(origin[v]!)?.[0] === edge[0]
  return Int32Array.from(
    line.filter((v, i) => {
      if (i === 0 || i === line.length - 1 || !isCut(v)) return true
      const edge = cutOf.get(origin[v]!)!
      return !onEdge(line[i - 1]!, edge) || !onEdge(line[i + 1]!, edge)
    }),
  )
}
