/**
 * A triangle mesh that fills the county and holds its border: points denser where more people live, Delaunay edges,
 * triangles outside dropped. Units are grown on its vertices; their lines run between vertices, through the triangles.
 */
import { Delaunay } from 'd3-delaunay'
import { type Point, RingIndex, toPlane } from './plane.ts'
import type { Random } from './random.ts'

export interface Mesh {
  /** Metres on the plane. */
  x: Float64Array
  y: Float64Array
  /** Vertices of triangle t at 3t, 3t + 1, 3t + 2; `twins` as d3-delaunay has halfedges. */
  triangles: Int32Array
  twins: Int32Array
  inside: Uint8Array
  /** Neighbours of vertex v: neighbours[starts[v]] … neighbours[starts[v + 1] − 1], with the length of each edge. */
  starts: Int32Array
  neighbours: Int32Array
  lengths: Float64Array
  /** Area of a vertex: a third of its triangles, m². */
  area: Float64Array
  /** The county's rings as runs of vertices, outer counter-clockwise; interior always left. */
  rings: RingVertex[][]
}

/** A mesh vertex on the county's border: on the source edge from its own `corner` to the next, at part `t` of it. */
export interface RingVertex {
  vertex: number
  corner: number
  t: number
}

const COARSEST = 256
const FINEST = 16

/**
 * `outline`: rings of integers of 1e-7 degree, first point not repeated, interior left.
 * `spacing(x, y)`: wished distance of points there, metres.
 */
export function buildMesh(outline: readonly (readonly Point[])[], spacing: (x: number, y: number) => number, random: Random): Mesh {
  const corners = outline.map((ring) => ring.map(([lng, lat]) => toPlane(lng, lat)))
  const rings = corners.map((ring) => splitRing(ring, spacing))
  const index = new RingIndex(corners)
  const inner = scatter(corners, index, spacing, random)
  for (let round = 0; ; round++) {
    const mesh = triangulate(corners, rings, inner)
    const missing = missingEdges(mesh)
    if (missing.size === 0) return mesh
    if (round === 12) throw new Error('the mesh cannot hold the outline')
    for (const ring of rings) splitAfter(ring, missing)
  }
}

type Part = { corner: number; t: number; vertex: number }

function splitRing(ring: readonly Point[], spacing: (x: number, y: number) => number): Part[] {
  const parts: Part[] = []
  ring.forEach((a, corner) => {
    const b = ring[(corner + 1) % ring.length] as Point
    const length = Math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2)
    const count = Math.max(1, Math.ceil(length / (0.9 * spacing((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))))
    for (let i = 0; i < count; i++) parts.push({ corner, t: i / count, vertex: -1 })
  })
  return parts
}

/** Jittered points of a quadtree whose cells are as fine as the spacing asks. */
function scatter(
  corners: readonly (readonly Point[])[],
  index: RingIndex,
  spacing: (x: number, y: number) => number,
  random: Random,
): number[] {
  const points: number[] = []
  const visit = (x: number, y: number, size: number): void => {
    const half = size / 2
    if (size > FINEST && size > 1.3 * spacing(x + half, y + half)) {
      for (const [dx, dy] of [
        [0, 0],
        [half, 0],
        [0, half],
        [half, half],
      ] as const)
        visit(x + dx, y + dy, half)
      return
    }
    const px = x + size * (0.12 + 0.76 * random.unit())
    const py = y + size * (0.12 + 0.76 * random.unit())
    const clear = 0.5 * spacing(px, py)
    if (index.has(px, py) && index.distance2(px, py, clear) >= clear * clear) points.push(px, py)
  }
  const all = corners.flat()
  const west = Math.min(...all.map((p) => p[0]))
  const east = Math.max(...all.map((p) => p[0]))
  const south = Math.min(...all.map((p) => p[1]))
  const north = Math.max(...all.map((p) => p[1]))
  for (let y = south; y < north; y += COARSEST) for (let x = west; x < east; x += COARSEST) visit(x, y, COARSEST)
  return points
}

function triangulate(corners: readonly (readonly Point[])[], rings: Part[][], inner: readonly number[]): Mesh {
  const coordinates: number[] = []
  rings.forEach((ring, r) => {
    const points = corners[r] as Point[]
    for (const part of ring) {
      const a = points[part.corner] as Point
      const b = points[(part.corner + 1) % points.length] as Point
      part.vertex = coordinates.length / 2
      coordinates.push(a[0] + (b[0] - a[0]) * part.t, a[1] + (b[1] - a[1]) * part.t)
    }
  })
  const borderCount = coordinates.length / 2
  for (const value of inner) coordinates.push(value)
  const flat = Float64Array.from(coordinates)
  const { triangles: raw, halfedges } = new Delaunay(flat)
  const triangles = Int32Array.from(raw)
  const count = flat.length / 2
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  for (let v = 0; v < count; v++) {
    x[v] = flat[2 * v] as number
    y[v] = flat[2 * v + 1] as number
  }
  const inside = flood(triangles, halfedges, rings, borderCount)
  return { x, y, triangles, twins: halfedges, inside, ...adjacency(x, y, triangles, halfedges, inside), rings }
}

/**
 * Inside is what is reached from inner points without crossing the border. No geometry is asked, so the needles between
 * points of one straight border edge fall on the right side.
 */
function flood(triangles: Int32Array, twins: Int32Array, rings: readonly Part[][], borderCount: number): Uint8Array {
  const following = new Int32Array(borderCount)
  for (const ring of rings) ring.forEach(({ vertex }, i) => (following[vertex] = (ring[(i + 1) % ring.length] as Part).vertex))
  const inside = new Uint8Array(triangles.length / 3)
  const queue: number[] = []
  const reach = (t: number): void => {
    if (inside[t]) return
    inside[t] = 1
    queue.push(t)
  }
  for (let e = 0; e < triangles.length; e++) if ((triangles[e] as number) >= borderCount) reach(Math.floor(e / 3))
  for (let t = queue.pop(); t !== undefined; t = queue.pop()) {
    for (let e = 3 * t; e < 3 * t + 3; e++) {
      const a = triangles[e] as number
      const b = triangles[e % 3 === 2 ? e - 2 : e + 1] as number
      const twin = twins[e] as number
      const onBorder = a < borderCount && b < borderCount && (following[a] === b || following[b] === a)
      if (twin >= 0 && !onBorder) reach(Math.floor(twin / 3))
    }
  }
  return inside
}

function adjacency(
  x: Float64Array,
  y: Float64Array,
  triangles: Int32Array,
  twins: Int32Array,
  inside: Uint8Array,
): Pick<Mesh, 'starts' | 'neighbours' | 'lengths' | 'area'> {
  const count = x.length
  const area = new Float64Array(count)
  const starts = new Int32Array(count + 1)
  const ends: number[] = []
  for (let e = 0; e < triangles.length; e++) {
    const t = Math.floor(e / 3)
    if (!inside[t]) continue
    const a = triangles[e] as number
    const b = triangles[e % 3 === 2 ? e - 2 : e + 1] as number
    const c = triangles[e % 3 === 0 ? e + 2 : e - 1] as number
    const cross = (at(x, b) - at(x, a)) * (at(y, c) - at(y, a)) - (at(y, b) - at(y, a)) * (at(x, c) - at(x, a))
    area[a] = at(area, a) + Math.abs(cross) / 6
    const twin = twins[e] as number
    if (twin > e && inside[Math.floor(twin / 3)]) continue
    ends.push(a, b)
    starts[a + 1] = at(starts, a + 1) + 1
    starts[b + 1] = at(starts, b + 1) + 1
  }
  for (let v = 0; v < count; v++) starts[v + 1] = at(starts, v + 1) + at(starts, v)
  const next = starts.slice(0, count)
  const neighbours = new Int32Array(ends.length)
  const lengths = new Float64Array(ends.length)
  for (let i = 0; i < ends.length; i += 2) {
    const a = ends[i] as number
    const b = ends[i + 1] as number
    const length = Math.sqrt((at(x, a) - at(x, b)) ** 2 + (at(y, a) - at(y, b)) ** 2)
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const slot = at(next, from)
      next[from] = slot + 1
      neighbours[slot] = to
      lengths[slot] = length
    }
  }
  return { starts, neighbours, lengths, area }
}

const at = (values: Float64Array | Int32Array, i: number): number => values[i] as number

/** Border vertices whose edge to the next border vertex is no edge of the mesh. */
function missingEdges(mesh: Mesh): Set<number> {
  const missing = new Set<number>()
  for (const ring of mesh.rings) {
    ring.forEach(({ vertex }, i) => {
      const next = (ring[(i + 1) % ring.length] as RingVertex).vertex
      let found = false
      for (let k = at(mesh.starts, vertex); k < at(mesh.starts, vertex + 1); k++) found ||= mesh.neighbours[k] === next
      if (!found) missing.add(vertex)
    })
  }
  return missing
}

function splitAfter(ring: Part[], missing: ReadonlySet<number>): void {
  for (let i = ring.length - 1; i >= 0; i--) {
    const part = ring[i] as Part
    if (!missing.has(part.vertex)) continue
    const next = ring[i + 1]
    const end = next && next.corner === part.corner ? next.t : 1
    ring.splice(i + 1, 0, { corner: part.corner, t: (part.t + end) / 2, vertex: -1 })
  }
}
