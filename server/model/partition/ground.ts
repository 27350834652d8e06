/**
 * The planar map under a re-division: today's borders, the given lines and the borders of the buildings' Voronoi cells, cut
 * where they meet. Faces between them are what `cells.ts` makes cells of.
 */
import { area2, sideOfRing } from '../exact.ts'
import { keyOf } from '../noding.ts'
import { cycleRing, linkNext } from '../planar.ts'
import { bboxOf } from '../rings.ts'
import { Vertices } from '../vertices.ts'
import { withOpenLand } from './open-land.ts'
import { withWalls } from './walls.ts'
import type { LeafInput, RedivisionInput } from './redivision.ts'
import { type Scale, scaleAt } from './scale.ts'
import { addSegment, cutSegments, KIND, noSegments, type Segments } from './segments.ts'
import { addVoronoi, type Box, type Sites, sitesIn } from './sites.ts'

export interface GroundLeaf extends LeafInput {
  /** Index of the village. */
  village: number
}

export interface Ground {
  leaves: readonly GroundLeaf[]
  sites: Sites
  scale: Scale
  vertices: Vertices
  /** Vertices below this are corners of leaves. */
  corners: number
  edges: Segments
  /** By vertex that was cut into a leaf's edge: that edge's number, and its two ends. */
  cutOf: ReadonlyMap<number, readonly [edge: number, from: number, to: number]>
  /** Tail of each half-edge, 2e along edge e and 2e + 1 back; the half-edge that follows it round its face. */
  tail: Int32Array
  next: Int32Array
  /** Face on the left of each half-edge; by face its leaf (-1 outside) and twice its area. */
  face: Int32Array
  leafOf: Int32Array
  area2: Float64Array
  /** By face: a half-edge of its outer cycle; and of its inner ones, where it has any. */
  start: readonly number[]
  holes: ReadonlyMap<number, readonly number[]>
}

/** Throws a RangeError when there is no leaf, or when the lines cannot be cut. */
export function layGround({ villages, buildings, lines = [] }: RedivisionInput): Ground {
  const leaves = villages.flatMap(({ leaves }, village) => leaves.map((leaf) => ({ ...leaf, village })))
  if (leaves.length === 0) throw new RangeError('there is no unit to divide')
  const box = boxOf(leaves)
  const scale = scaleAt((box[1] + box[3]) / 2)
  const vertices = new Vertices()
  const segments = noSegments()
  addLeaves(leaves, vertices, segments)
  const corners = vertices.size
  const originals = segments.a.flatMap((a, e) => [a, segments.b[e]!])
  for (const line of lines) addLine(line, box, vertices, segments)
  const sites = withOpenLand(withWalls(sitesIn(box, buildings), box, scale), leaves, scale)
  addVoronoi(sites, box, scale, vertices, segments)
  const edges = cutSegments(segments, vertices, originals)
  const tail = new Int32Array(2 * edges.a.length)
  for (let e = 0; e < edges.a.length; e++) {
    tail[2 * e] = edges.a[e]!
    tail[2 * e + 1] = edges.b[e]!
  }
  const next = linkNext(tail, vertices)
  const cutOf = cutsOf(edges, corners, originals)
  return { leaves, sites, scale, vertices, corners, edges, cutOf, tail, next, ...drawFaces(tail, next, edges, vertices) }
}

function cutsOf({ a, b, kind, origin }: Segments, corners: number, originals: readonly number[]): Ground['cutOf'] {
  const found = new Map<number, readonly [number, number, number]>()
  for (let e = 0; e < a.length; e++) {
    if (kind[e] !== KIND.leaf) continue
    for (const v of [a[e]!, b[e]!]) if (v >= corners) found.set(v, [origin[e]!, originals[2 * origin[e]!]!, originals[2 * origin[e]! + 1]!])
  }
  return found
}

function boxOf(leaves: readonly GroundLeaf[]): Box {
  const boxes = leaves.map(({ polygons }) => bboxOf(polygons))
  const least = (i: 0 | 1): number => boxes.reduce((low, box) => Math.min(low, box[i]), Infinity)
  const most = (i: 2 | 3): number => boxes.reduce((high, box) => Math.max(high, box[i]), -Infinity)
  return [least(0), least(1), most(2), most(3)]
}

function addLeaves(leaves: readonly GroundLeaf[], vertices: Vertices, segments: Segments): void {
  const known = new Map<number, number>()
  for (const [leaf, { polygons }] of leaves.entries()) {
    for (const ring of polygons.flat()) {
      let from = vertices.add(ring.at(-2)!, ring.at(-1)!)
      for (let i = 0; i < ring.length; i += 2) {
        const to = vertices.add(ring[i]!, ring[i + 1]!)
        const edge = known.get(keyOf(from, to))
        if (edge === undefined) {
          known.set(keyOf(from, to), segments.a.length)
          addSegment(segments, from, to, KIND.leaf, leaf, -1, segments.a.length)
        } else if (segments.a[edge] === from) segments.left[edge] = leaf
        else segments.right[edge] = leaf
        from = to
      }
    }
  }
}

function addLine(line: Int32Array, [minX, minY, maxX, maxY]: Box, vertices: Vertices, segments: Segments): void {
  for (let i = 0; i + 3 < line.length; i += 2) {
    const [ax, ay, bx, by] = [line[i]!, line[i + 1]!, line[i + 2]!, line[i + 3]!]
    if (Math.max(ax, bx) < minX || Math.min(ax, bx) > maxX || Math.max(ay, by) < minY || Math.min(ay, by) > maxY) continue
    const [from, to] = [vertices.add(ax, ay), vertices.add(bx, by)]
    if (from !== to) addSegment(segments, from, to, KIND.line, -1, -1, -1)
  }
}

function drawFaces(
  tail: Int32Array,
  next: Int32Array,
  edges: Segments,
  vertices: Vertices,
): Pick<Ground, 'face' | 'leafOf' | 'area2' | 'start' | 'holes'> {
  const face = new Int32Array(tail.length).fill(-1)
  const starts: number[] = []
  for (let h = 0; h < tail.length; h++) {
    if (face[h]! >= 0) continue
    for (let g = h; face[g]! < 0; g = next[g]!) face[g] = starts.length
    starts.push(h)
  }
  const area = Float64Array.from(starts, (h) => cycleArea2(h, tail, next, vertices))
  const leafOf = spreadLeaves(face, starts.length, edges)
  const holder = holdersOf(starts, area, leafOf, tail, next, vertices)
  const holes = new Map<number, number[]>()
  for (const [cycle, into] of holder) {
    area[into] = area[into]! + area[cycle]!
    area[cycle] = 0
    holes.set(into, [...(holes.get(into) ?? []), starts[cycle]!])
  }
  for (let h = 0; h < face.length; h++) face[h] = holder.get(face[h]!) ?? face[h]!
  return { face, leafOf, area2: area, start: starts, holes }
}

function cycleArea2(start: number, tail: Int32Array, next: Int32Array, { x, y }: Vertices): number {
  const [ox, oy] = [x[tail[start]!]!, y[tail[start]!]!]
  let sum = 0
  let h = start
  do {
    const [v, w] = [tail[h]!, tail[h ^ 1]!]
    sum += (x[v]! - ox) * (y[w]! - oy) - (x[w]! - ox) * (y[v]! - oy)
    h = next[h]!
  } while (h !== start)
  return sum
}

/** A leaf's border knows the leaf on its sides, every other edge lets it through; what no leaf reaches is outside. */
function spreadLeaves(face: Int32Array, count: number, { kind, left, right }: Segments): Int32Array {
  const leafOf = new Int32Array(count).fill(-1)
  const known = new Uint8Array(count)
  const queue: number[] = []
  const reach = (f: number, leaf: number): void => {
    if (known[f]) return
    known[f] = 1
    leafOf[f] = leaf
    queue.push(f)
  }
  for (let e = 0; e < kind.length; e++) {
    if (kind[e] !== KIND.leaf) continue
    reach(face[2 * e]!, left[e]!)
    reach(face[2 * e + 1]!, right[e]!)
  }
  const across: number[] = []
  const offsets = new Int32Array(count + 1)
  for (let e = 0; e < kind.length; e++) {
    if (kind[e] === KIND.leaf || face[2 * e] === face[2 * e + 1]) continue
    across.push(e)
    offsets[face[2 * e]! + 1]!++
    offsets[face[2 * e + 1]! + 1]!++
  }
  for (let f = 0; f < count; f++) offsets[f + 1]! += offsets[f]!
  const filled = offsets.slice()
  const beyond = new Int32Array(offsets[count]!)
  for (const e of across) {
    beyond[filled[face[2 * e]!]!++] = face[2 * e + 1]!
    beyond[filled[face[2 * e + 1]!]!++] = face[2 * e]!
  }
  for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
    for (let i = offsets[f]!; i < offsets[f + 1]!; i++) reach(beyond[i]!, leafOf[f]!)
  }
  return leafOf
}

/** Cycles that turn right inside a leaf are the insides' other borders: each belongs to the smallest face that holds it. */
function holdersOf(
  starts: number[],
  area: Float64Array,
  leafOf: Int32Array,
  tail: Int32Array,
  next: Int32Array,
  vertices: Vertices,
): Map<number, number> {
  const holders = new Map<number, number>()
  for (let cycle = 0; cycle < starts.length; cycle++) {
    if (leafOf[cycle]! < 0 || area[cycle]! > 0) continue
    const corner = tail[starts[cycle]!]!
    let best = -1
    for (let f = 0; f < starts.length; f++) {
      if (leafOf[f] !== leafOf[cycle] || area[f]! <= -area[cycle]! || (best >= 0 && area[f]! >= area[best]!)) continue
      const ring = cycleRing({ tail, next }, starts[f]!, vertices)
      if (area2(ring) > 0 && sideOfRing(vertices.x[corner]!, vertices.y[corner]!, ring) > 0) best = f
    }
    if (best >= 0) holders.set(cycle, best)
  }
  return holders
}
