/**
 * The arc topology of a coverage: every shared line once. Nodes are where lines end or branch, arcs run between them,
 * rings are closed lists of arc references; `~arc` (a negative number) is the arc run backwards. Land lies on the left of
 * a ring: outer rings turn left, holes right. Coordinates are integers of 1e-7 degree. After mapshaper and TopoJSON.
 */
import { codeLength } from './code.ts'
import { fromGrid } from './crs.ts'
import { area2, compareAngle, type FlatRing, sideOfRing } from './exact.ts'
import { LEVELS, type Level } from './level.ts'
import { canonical, type GridPolygons } from './rings.ts'

export interface Topology {
  /** Leaf ids; everywhere else a leaf is its index here. */
  ids: readonly string[]
  x: Int32Array
  y: Int32Array
  /** Vertex ids along each arc, both ends included; a closed arc repeats its first. */
  arcs: readonly Int32Array[]
  /** Leaf on the left and right of each arc; -1 is outside. */
  left: Int32Array
  right: Int32Array
}

/** Arc references that close a ring. */
export type ArcRing = number[]
/** polygons → rings (outer first) → arc references. */
export type ArcPolygons = ArcRing[][]

/** A planar map in which every half-edge (2e there, 2e+1 back) has one leaf on its left, or -1. */
export interface Planar {
  tail: Int32Array
  next: Int32Array
  leafOf: Int32Array
}

/** Joins the edges of a sound planar map into arcs. `isNode` names vertices where arcs must end although only two edges meet. */
export function joinArcs(
  ids: readonly string[],
  x: readonly number[],
  y: readonly number[],
  planar: Planar,
  isNode: (vertex: number) => boolean = () => false,
): Topology {
  const { tail, next, leafOf } = planar
  const degree = new Int32Array(x.length)
  for (const vertex of tail) degree[vertex]!++
  const ends = (vertex: number) => degree[vertex] !== 2 || isNode(vertex)
  const taken = new Uint8Array(tail.length / 2)
  const arcs: Int32Array[] = []
  const left: number[] = []
  const right: number[] = []
  const follow = (first: number) => {
    const arc = [tail[first]!]
    let h = first
    for (;;) {
      taken[h >> 1] = 1
      const head = tail[h ^ 1]!
      arc.push(head)
      if (ends(head) || taken[next[h]! >> 1]) break
      h = next[h]!
    }
    arcs.push(Int32Array.from(arc))
    left.push(leafOf[first]!)
    right.push(leafOf[first ^ 1]!)
  }
  for (let h = 0; h < tail.length; h++) if (!taken[h >> 1] && ends(tail[h]!)) follow(h)
  // What is left are closed lines without a node: islands and enclaves.
  for (let h = 0; h < tail.length; h += 2) if (!taken[h >> 1]) follow(h)
  return { ids, x: Int32Array.from(x), y: Int32Array.from(y), arcs, left: Int32Array.from(left), right: Int32Array.from(right) }
}

/** Each leaf's own polygons. */
export const leafPolygons = (topology: Topology): Map<string, ArcPolygons> => mergeBy(topology, (id) => id)

/**
 * Exact unions: leaves with the same key become one, and lines between them vanish. A null key leaves the leaf out.
 * Rings never touch themselves, so the polygons are valid in the OGC sense.
 */
export function mergeBy(topology: Topology, keyOf: (id: string) => string | null): Map<string, ArcPolygons> {
  return new Map([...ringsBy(topology, keyOf)].map(([key, rings]) => [key, nest(topology, rings)]))
}

/** The rings of `mergeBy`, not yet put together to polygons: outer ones and holes as they come. */
export function ringsBy(topology: Topology, keyOf: (id: string) => string | null): Map<string, ArcRing[]> {
  const keys = topology.ids.map(keyOf)
  const refs = new Map<string, number[]>()
  const collect = (key: string | null | undefined, ref: number) => {
    if (key === null || key === undefined) return
    const known = refs.get(key)
    if (known) known.push(ref)
    else refs.set(key, [ref])
  }
  for (const [arc, leaf] of topology.left.entries()) {
    const leftKey = keys[leaf] ?? null
    const rightKey = keys[topology.right[arc]!] ?? null
    if (leftKey === rightKey) continue
    collect(leftKey, arc)
    collect(rightKey, ~arc)
  }
  return new Map([...refs].map(([key, list]) => [key, traceRings(topology, list)]))
}

/** Shared lines for drawing: each arc with the coarsest level it separates. `null` codes are outside. */
export interface Border {
  level: Level
  left: string | null
  right: string | null
  line: [lng: number, lat: number][]
}

/** Leaf ids must be unit codes. */
export function borders(topology: Topology): Border[] {
  return topology.arcs.map((_, arc) => {
    const left = topology.ids[topology.left[arc]!] ?? null
    const right = topology.ids[topology.right[arc]!] ?? null
    return { level: separates(left, right), left, right, line: arcPoints(topology, arc).map(fromGrid) }
  })
}

/** The coarsest level at which two codes differ; the county's when one of them is outside. */
export function separates(left: string | null, right: string | null): Level {
  if (left === null || right === null) return 'county'
  return LEVELS.find((level) => left.slice(0, codeLength(level)) !== right.slice(0, codeLength(level))) ?? 'microgrid'
}

/** Integer points of an arc reference in the direction it is run. */
export function arcPoints({ arcs, x, y }: Topology, ref: number): [number, number][] {
  const points = Array.from(arcs[ref < 0 ? ~ref : ref]!, (id): [number, number] => [x[id]!, y[id]!])
  return ref < 0 ? points.reverse() : points
}

/** A ring's points as flat integers, not closed. */
export function ringPoints({ arcs, x, y }: Topology, ring: ArcRing): FlatRing {
  const lines = ring.map((ref) => arcs[ref < 0 ? ~ref : ref]!)
  const flat = new Int32Array(lines.reduce((sum, { length }) => sum + 2 * (length - 1), 0))
  let at = 0
  for (const [n, line] of lines.entries()) {
    const last = line.length - 1
    // The last point of each is the first of the next.
    for (let i = 0; i < last; i++) {
      const vertex = line[ring[n]! < 0 ? last - i : i]!
      flat[at++] = x[vertex]!
      flat[at++] = y[vertex]!
    }
  }
  return flat
}

/** Integer rings of arc polygons, in their one canonical writing. */
export const toGridPolygons = (topology: Topology, polygons: ArcPolygons): GridPolygons =>
  canonical(polygons.map((rings) => rings.map((ring) => ringPoints(topology, ring))))

/** Closes directed arcs into rings, and cuts a ring where it would pass through a node twice. */
function traceRings(topology: Topology, refs: number[]): ArcRing[] {
  const firstOf = (ref: number) => endOf(topology, ~ref)
  const leaving = new Map<number, number[]>()
  for (const ref of refs) {
    const node = firstOf(ref)
    const known = leaving.get(node)
    if (known) known.push(ref)
    else leaving.set(node, [ref])
  }
  const rings: ArcRing[] = []
  const used = new Set<number>()
  for (const seed of refs) {
    if (used.has(seed)) continue
    // Each node passed is remembered: coming back to it closes a ring, whatever was walked before it goes on.
    const walk: number[] = []
    const seen = new Map<number, number>([[firstOf(seed), 0]])
    for (let ref: number | undefined = seed; ref !== undefined;) {
      used.add(ref)
      walk.push(ref)
      const node = endOf(topology, ref)
      const since = seen.get(node)
      if (since !== undefined) {
        const ring = walk.splice(since)
        for (const passed of ring) seen.delete(firstOf(passed))
        rings.push(ring)
        if (walk.length === 0) break
      }
      seen.set(node, walk.length)
      ref = turn(
        topology,
        ref,
        leaving.get(node)!.filter((candidate) => !used.has(candidate)),
      )
    }
  }
  return rings
}

/**
 * The way on at a node: the first one clockwise from where we came, so that the walk keeps to the same corner of land.
 *
 *      ╲ A ╱          Two parts that touch in a node stay two rings;
 *   ───  ·  ───       any other choice would tie them into one that crosses the gap.
 *      ╱ B ╲
 */
function turn(topology: Topology, arrived: number, candidates: number[]): number | undefined {
  if (candidates.length < 2) return candidates[0]
  const { x, y } = topology
  const node = endOf(topology, arrived)
  const compare = (a: number, b: number) => {
    const [p, r] = [secondOf(topology, a), secondOf(topology, b)]
    return compareAngle(x[node]!, y[node]!, x[p]!, y[p]!, x[r]!, y[r]!)
  }
  const sorted = candidates.sort(compare)
  return sorted.findLast((candidate) => compare(candidate, ~arrived) < 0) ?? sorted.at(-1)
}

const secondOf = ({ arcs }: Topology, ref: number): number => (ref < 0 ? arcs[~ref]!.at(-2)! : arcs[ref]![1]!)
const endOf = ({ arcs }: Topology, ref: number): number => (ref < 0 ? arcs[~ref]![0]! : arcs[ref]!.at(-1)!)

/** Puts each hole into the smallest outer ring that holds it; one that no ring holds is left out. */
export function nest(topology: Topology, rings: ArcRing[]): ArcPolygons {
  const measured = rings
    .map((ring) => ({ ring, points: ringPoints(topology, ring) }))
    .map((each) => ({ ...each, area: area2(each.points) }))
  const outers = measured.filter(({ area }) => area > 0).sort((a, b) => a.area - b.area)
  const polygons = new Map(outers.map((outer) => [outer, [outer.ring]]))
  for (const hole of measured) {
    if (hole.area > 0) continue
    const home = outers.length === 1 ? outers[0] : outers.find((outer) => outer.area > -hole.area && holds(outer.points, hole.points))
    if (home) polygons.get(home)!.push(hole.ring)
  }
  return [...polygons.values()].reverse()
}

/** True when the inner ring lies inside the outer one; they may touch, but do not cross. */
function holds(outer: FlatRing, inner: FlatRing): boolean {
  for (let i = 0; i < inner.length; i += 2) {
    const side = sideOfRing(inner[i]!, inner[i + 1]!, outer)
    if (side !== 0) return side > 0
  }
  return true
}
