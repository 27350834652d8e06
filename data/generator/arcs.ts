/**
 * Lines between the parts of a labelled mesh. Within a triangle whose corners carry two labels a line runs from edge
 * middle to edge middle; three labels meet in its centre:
 *
 *        A                A
 *       / \              / \
 *      *---*            *   *       * edge middles, + node
 *     /     \          / \ / \
 *    B-------B        B---+---C     (the third leg goes down to the middle of B–C)
 *
 * So every junction has three lines, a line never touches another, and the border gets a node in the middle of an edge
 * whose ends differ. Each arc is stored once, as integers of 1e-7 degree, with the label on either side.
 */
import type { Mesh, RingVertex } from './mesh.ts'
import { latOf, lngOf, type Point } from './plane.ts'

export interface Arc {
  /** Metres on the plane; first = last when closed. */
  points: [number, number][]
  /** Node numbers; −1 for a closed arc without nodes. */
  from: number
  to: number
  /** Labels beside the line, seen along it; −1 is outside the county. */
  left: number
  right: number
}

/** An arc of the county's border is exact already: integers of 1e-7 degree. */
export interface BorderArc extends Omit<Arc, 'points'> {
  points: Point[]
}

export interface Lines {
  inner: Arc[]
  border: BorderArc[]
}

/** `outline`: the rings the mesh was built from. */
export function traceLines(mesh: Mesh, label: Int32Array, outline: readonly (readonly Point[])[]): Lines {
  const border = traceBorder(mesh, label, outline)
  return { inner: new Tracer(mesh, label).trace(), border }
}

const next = (e: number): number => (e % 3 === 2 ? e - 2 : e + 1)

/** Node numbers: a triangle's number for a junction, −2 − half-edge for an end on the border. */
const borderNode = (halfEdge: number): number => -2 - halfEdge

class Tracer {
  readonly #mesh: Mesh
  readonly #label: Int32Array
  readonly #done: Uint8Array

  constructor(mesh: Mesh, label: Int32Array) {
    this.#mesh = mesh
    this.#label = label
    this.#done = new Uint8Array(mesh.triangles.length)
  }

  trace(): Arc[] {
    const { triangles, twins, inside } = this.#mesh
    const arcs: Arc[] = []
    for (let t = 0; t < inside.length; t++) {
      if (!inside[t]) continue
      const junction = this.#isJunction(t)
      for (let e = 3 * t; e < 3 * t + 3; e++) {
        if (this.#done[e] || !this.#isCrossed(e)) continue
        if (junction) arcs.push(this.#follow(e, twins[e] as number, t))
        else if (!this.#isInside(twins[e] as number)) arcs.push(this.#follow(e, e, borderNode(e)))
      }
    }
    for (let e = 0; e < triangles.length; e++) {
      if (this.#isInside(e) && !this.#done[e] && this.#isCrossed(e)) arcs.push(this.#follow(e, e, -1))
    }
    return arcs
  }

  /** From the node `from` (or none) over the edge `first` into the triangle of half-edge `entry`, on to the next node. */
  #follow(first: number, entry: number, from: number): Arc {
    const points: [number, number][] = from >= 0 ? [this.#centre(from), this.#middle(first)] : [this.#middle(first)]
    this.#mark(first)
    let to = -1
    let stood = first
    for (let e = entry; ;) {
      if (!this.#isInside(e)) {
        to = borderNode(stood)
        break
      }
      const t = Math.floor(e / 3)
      if (this.#isJunction(t)) {
        points.push(this.#centre(t))
        to = t
        break
      }
      stood = this.#isCrossed(next(e)) ? next(e) : next(next(e))
      this.#mark(stood)
      points.push(this.#middle(stood))
      if (from === -1 && (stood === first || this.#mesh.twins[stood] === first)) break
      e = this.#mesh.twins[stood] as number
    }
    return { points, from, to, ...this.#sides(first, points) }
  }

  #mark(e: number): void {
    this.#done[e] = 1
    const twin = this.#mesh.twins[e] as number
    if (twin >= 0) this.#done[twin] = 1
  }

  #sides(first: number, points: readonly Point[]): { left: number; right: number } {
    const u = this.#mesh.triangles[first] as number
    const [a, b] = [points[0] as Point, points[1] as Point]
    const cross = (b[0] - a[0]) * ((this.#mesh.y[u] as number) - a[1]) - (b[1] - a[1]) * ((this.#mesh.x[u] as number) - a[0])
    const labels = [this.#labelAt(first), this.#labelAt(next(first))] as const
    return cross > 0 ? { left: labels[0], right: labels[1] } : { left: labels[1], right: labels[0] }
  }

  #isInside(e: number): boolean {
    return e >= 0 && this.#mesh.inside[Math.floor(e / 3)] === 1
  }

  #labelAt(e: number): number {
    return this.#label[this.#mesh.triangles[e] as number] as number
  }

  #isCrossed(e: number): boolean {
    return this.#labelAt(e) !== this.#labelAt(next(e))
  }

  #isJunction(t: number): boolean {
    return this.#isCrossed(3 * t) && this.#isCrossed(3 * t + 1) && this.#isCrossed(3 * t + 2)
  }

  #middle(e: number): [number, number] {
    const { x, y, triangles } = this.#mesh
    const u = triangles[e] as number
    const v = triangles[next(e)] as number
    return [((x[u] as number) + (x[v] as number)) / 2, ((y[u] as number) + (y[v] as number)) / 2]
  }

  #centre(t: number): [number, number] {
    const { x, y, triangles } = this.#mesh
    const sum = (values: Float64Array): number =>
      (values[triangles[3 * t] as number] as number) +
      (values[triangles[3 * t + 1] as number] as number) +
      (values[triangles[3 * t + 2] as number] as number)
    return [sum(x) / 3, sum(y) / 3]
  }
}

/** The border's runs from node to node; a ring that one label holds alone is one closed run. */
function traceBorder(mesh: Mesh, label: Int32Array, outline: readonly (readonly Point[])[]): BorderArc[] {
  const halfEdges = new Map<number, number>()
  mesh.inside.forEach((is, t) => {
    for (let e = 3 * t; is && e < 3 * t + 3; e++) {
      const twin = mesh.twins[e] as number
      if (twin < 0 || !mesh.inside[Math.floor(twin / 3)]) {
        const [a, b] = [mesh.triangles[e] as number, mesh.triangles[next(e)] as number]
        halfEdges.set(a, e)
        halfEdges.set(-1 - b, e)
      }
    }
  })
  const arcs: BorderArc[] = []
  mesh.rings.forEach((ring, r) => {
    const corners = outline[r] as Point[]
    const labelOf = (part: RingVertex): number => label[part.vertex] as number
    const cuts = ring.flatMap((part, i) => (labelOf(part) !== labelOf(ring[(i + 1) % ring.length] as RingVertex) ? [i] : []))
    if (cuts.length === 0) {
      arcs.push({ points: [...corners, corners[0] as Point], from: -1, to: -1, left: labelOf(ring[0] as RingVertex), right: -1 })
      return
    }
    const nodeAt = (i: number): { node: number; point: Point } => {
      const part = ring[i] as RingVertex
      const following = ring[(i + 1) % ring.length] as RingVertex
      const end = following.corner === part.corner && following.t > part.t ? following.t : 1
      const e = edgeBetween(mesh, halfEdges, part.vertex, following.vertex)
      return { node: borderNode(e), point: pointAt(corners, part.corner, (part.t + end) / 2) }
    }
    cuts.forEach((cut, k) => {
      const start = nodeAt(cut)
      const stop = cuts[(k + 1) % cuts.length] as number
      const end = nodeAt(stop)
      const points: Point[] = [start.point]
      for (let i = (cut + 1) % ring.length; ; i = (i + 1) % ring.length) {
        const part = ring[i] as RingVertex
        if (part.t === 0) points.push(corners[part.corner] as Point)
        if (i === stop) break
      }
      points.push(end.point)
      arcs.push({ points, from: start.node, to: end.node, left: labelOf(ring[(cut + 1) % ring.length] as RingVertex), right: -1 })
    })
  })
  return arcs
}

/** The inner half-edge between two neighbours on the border, in whichever direction the mesh has it. */
function edgeBetween(mesh: Mesh, halfEdges: ReadonlyMap<number, number>, a: number, b: number): number {
  for (const key of [a, -1 - a]) {
    const e = halfEdges.get(key)
    if (e === undefined) continue
    const [u, v] = [mesh.triangles[e] as number, mesh.triangles[next(e)] as number]
    if ((u === a && v === b) || (u === b && v === a)) return e
  }
  throw new Error('the border has an edge that the mesh lacks')
}

/** A point on a source edge, rounded once from the edge itself: off the old line by half a unit at most. */
function pointAt(corners: readonly Point[], corner: number, t: number): Point {
  const a = corners[corner] as Point
  const b = corners[(corner + 1) % corners.length] as Point
  return [Math.round(a[0] + (b[0] - a[0]) * t), Math.round(a[1] + (b[1] - a[1]) * t)]
}

/** Metres → integers of 1e-7 degree, without repeated points. */
export function toUnits(points: readonly Point[]): Point[] {
  const out: Point[] = []
  for (const [x, y] of points) {
    const point: Point = [lngOf(x), latOf(y)]
    const last = out.at(-1)
    if (!last || last[0] !== point[0] || last[1] !== point[1]) out.push(point)
  }
  return out
}
