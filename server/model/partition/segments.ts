/** Straight edges that are to become a planar map, and the cutting of them where they meet. */
import { onSegment, orient } from '../exact.ts'
import { keyOf } from '../noding.ts'
import type { Vertices } from '../vertices.ts'

/** Where an edge comes from; of two edges that fall together the lower kind is kept. */
export const KIND = { leaf: 0, line: 1, cell: 2 } as const

/** Columns; edge e runs from vertex `a[e]` to `b[e]`. */
export interface Segments {
  a: number[]
  b: number[]
  kind: number[]
  /** Of a leaf's border the leaves on both sides, of a cell's border the sites, otherwise -1. -1 is outside, too. */
  left: number[]
  right: number[]
  /** Of a leaf's border: the edge that it was before any cut. Otherwise -1. */
  origin: number[]
}

export const noSegments = (): Segments => ({ a: [], b: [], kind: [], left: [], right: [], origin: [] })

export function addSegment(to: Segments, a: number, b: number, kind: number, left: number, right: number, origin: number): void {
  to.a.push(a)
  to.b.push(b)
  to.kind.push(kind)
  to.left.push(left)
  to.right.push(right)
  to.origin.push(origin)
}

/** Ends of the leaves' edges as they came, two vertices each: cuts are measured on these, so that they never drift. */
export type Originals = readonly number[]

/** A cut this close (grid units) to a corner of a leaf is made in the corner: slivers thinner than that would lose cells. */
const SNAP = 5
/** What ends this close to a leaf's border ends on it: the plan that adopts it takes both for one line (`NOISE` in `noding.ts`). */
const PULL = 2
const MAX_PASSES = 16

/**
 * Cuts all edges where they cross or touch, at grid points, until none do; equal edges become one. A leaf's border is only
 * ever cut at the grid point nearest to it; the corners that it had stay. Throws when that does not end.
 */
export function cutSegments(segments: Segments, vertices: Vertices, originals: Originals): Segments {
  let current = segments
  let isNew = new Uint8Array(segments.a.length).fill(1)
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const found = findCuts(current, vertices, originals, isNew)
    if (found.cuts.size === 0 && found.pulled.size === 0) return unique(current)
    ;({ segments: current, isNew } = applyCuts(current, found, vertices))
  }
  throw new RangeError('cutting the lines at grid points does not come to an end')
}

interface Cuts {
  /** By edge the vertices that it is cut at. */
  cuts: Map<number, number[]>
  /** Vertices that are to become others, which lie on a leaf's border. */
  pulled: Map<number, number>
}

function findCuts(segments: Segments, vertices: Vertices, originals: Originals, isNew: Uint8Array): Cuts {
  const { a, b, kind, origin } = segments
  const { x, y } = vertices
  const cuts = new Map<number, number[]>()
  const pulled = new Map<number, number>()
  const isOnLeaf = new Uint8Array(vertices.size)
  for (let e = 0; e < a.length; e++) if (kind[e] === KIND.leaf) isOnLeaf[a[e]!] = isOnLeaf[b[e]!] = 1
  const cut = (edge: number, vertex: number): void => {
    const known = cuts.get(edge)
    if (!known) cuts.set(edge, [vertex])
    else if (!known.includes(vertex)) known.push(vertex)
  }
  /** Cuts `edge` when the vertex lies on it. */
  const touch = (vertex: number, edge: number): boolean => {
    const p = a[edge]!
    const q = b[edge]!
    if (vertex === p || vertex === q || !onSegment(x[vertex]!, y[vertex]!, x[p]!, y[p]!, x[q]!, y[q]!)) return false
    cut(edge, vertex)
    return true
  }
  /** The grid point nearest to v on a leaf's edge as it came. */
  const nearestOn = (original: number, v: number): number => {
    const [c, d] = [originals[2 * original]!, originals[2 * original + 1]!]
    const [dx, dy] = [x[d]! - x[c]!, y[d]! - y[c]!]
    const t = ((x[v]! - x[c]!) * dx + (y[v]! - y[c]!) * dy) / (dx * dx + dy * dy)
    return vertices.add(Math.round(x[c]! + t * dx), Math.round(y[c]! + t * dy))
  }
  /** Brings a vertex that is as good as on a leaf's edge onto it. */
  const pull = (v: number, edge: number): void => {
    if (isOnLeaf[v]) return
    const p = a[edge]!
    const q = b[edge]!
    const [dx, dy] = [x[q]! - x[p]!, y[q]! - y[p]!]
    const t = Math.max(0, Math.min(1, ((x[v]! - x[p]!) * dx + (y[v]! - y[p]!) * dy) / (dx * dx + dy * dy)))
    const [offX, offY] = [x[p]! + t * dx - x[v]!, y[p]! + t * dy - y[v]!]
    if (offX * offX + offY * offY > PULL * PULL) return
    const end = [p, q].find((w) => Math.abs(x[w]! - x[v]!) <= SNAP && Math.abs(y[w]! - y[v]!) <= SNAP)
    const to = end ?? nearestOn(origin[edge]!, v)
    if (to !== v) pulled.set(v, to)
    if (to !== end) cut(edge, to)
  }
  const sideOf = (v: number, from: number, to: number): number => orient(x[from]!, y[from]!, x[to]!, y[to]!, x[v]!, y[v]!)
  const meet = (e: number, f: number): void => {
    const p = a[e]!
    const q = b[e]!
    const r = a[f]!
    const s = b[f]!
    const leafE = kind[e] === KIND.leaf
    const leafF = kind[f] === KIND.leaf
    if (leafE && !leafF) {
      pull(r, e)
      pull(s, e)
    } else if (leafF && !leafE) {
      pull(p, f)
      pull(q, f)
    }
    const r1 = touch(r, e)
    const s1 = touch(s, e)
    const p1 = touch(p, f)
    const q1 = touch(q, f)
    if (r1 || s1 || p1 || q1 || p === r || p === s || q === r || q === s) return
    if (sideOf(r, p, q) === sideOf(s, p, q) || sideOf(p, r, s) === sideOf(q, r, s)) return
    const [c, d] = leafE ? [originals[2 * origin[e]!]!, originals[2 * origin[e]! + 1]!] : [p, q]
    const [g, h] = leafF && !leafE ? [originals[2 * origin[f]!]!, originals[2 * origin[f]! + 1]!] : [r, s]
    const [cx, cy, dx, dy, gx, gy, hx, hy] = [x[c]!, y[c]!, x[d]!, y[d]!, x[g]!, y[g]!, x[h]!, y[h]!]
    const t = ((gx - cx) * (hy - gy) - (gy - cy) * (hx - gx)) / ((dx - cx) * (hy - gy) - (dy - cy) * (hx - gx))
    const mx = Math.round(cx + t * (dx - cx))
    const my = Math.round(cy + t * (dy - cy))
    const near = (v: number): boolean => Math.abs(x[v]! - mx) <= SNAP && Math.abs(y[v]! - my) <= SNAP
    const corner = leafE && !leafF ? [p, q].find(near) : leafF && !leafE ? [r, s].find(near) : undefined
    const vertex = corner ?? vertices.add(mx, my)
    if (vertex !== p && vertex !== q) cut(e, vertex)
    if (vertex !== r && vertex !== s) cut(f, vertex)
  }
  eachMeeting(segments, vertices, isNew, meet)
  return { cuts, pulled }
}

/** Every pair of edges whose boxes meet, of which one at least is new, once. Sorted by x within strips of y. */
function eachMeeting({ a, b, kind }: Segments, { x, y }: Vertices, isNew: Uint8Array, meet: (e: number, f: number) => void): void {
  const count = a.length
  const [minX, maxX, minY, maxY] = [0, 1, 2, 3].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let [west, south, north, sum] = [Infinity, Infinity, -Infinity, 0]
  for (let e = 0; e < count; e++) {
    const ax = x[a[e]!]!
    const ay = y[a[e]!]!
    const bx = x[b[e]!]!
    const by = y[b[e]!]!
    const pad = kind[e] === KIND.leaf ? PULL : 0
    minX[e] = (ax < bx ? ax : bx) - pad
    maxX[e] = (ax < bx ? bx : ax) + pad
    minY[e] = (ay < by ? ay : by) - pad
    maxY[e] = (ay < by ? by : ay) + pad
    if (minX[e]! < west) west = minX[e]!
    if (minY[e]! < south) south = minY[e]!
    if (maxY[e]! > north) north = maxY[e]!
    sum += maxY[e]! - minY[e]!
  }
  const strips = Math.max(1, Math.min(4096, Math.floor((north - south) / Math.max(1, (4 * sum) / count))))
  const height = (north - south + 1) / strips
  const order = new Float64Array(count)
  const span = 2 ** 21
  for (let e = 0; e < count; e++) order[e] = (minX[e]! - west) * span + e
  order.sort()
  const first = (e: number): number => Math.floor((minY[e]! - south) / height)
  const last = (e: number): number => Math.floor((maxY[e]! - south) / height)
  const starts = new Int32Array(strips + 1)
  for (let e = 0; e < count; e++) for (let s = first(e); s <= last(e); s++) starts[s + 1]!++
  for (let s = 0; s < strips; s++) starts[s + 1]! += starts[s]!
  const filled = starts.slice()
  const listed = new Int32Array(starts[strips]!)
  for (let i = 0; i < count; i++) {
    const e = order[i]! % span
    for (let s = first(e); s <= last(e); s++) listed[filled[s]!++] = e
  }
  for (let s = 0; s < strips; s++) {
    for (let i = starts[s]!; i < starts[s + 1]!; i++) {
      const e = listed[i]!
      const reach = maxX[e]!
      const low = minY[e]!
      const high = maxY[e]!
      const fresh = isNew[e]!
      for (let j = i + 1; j < starts[s + 1]!; j++) {
        const f = listed[j]!
        if (minX[f]! > reach) break
        if (minY[f]! > high || maxY[f]! < low || (fresh | isNew[f]!) === 0) continue
        // A pair that shares several strips belongs to the first of them.
        if (first(low > minY[f]! ? e : f) === s) meet(e, f)
      }
    }
  }
}

function applyCuts(segments: Segments, { cuts, pulled }: Cuts, { x, y }: Vertices): { segments: Segments; isNew: Uint8Array<ArrayBuffer> } {
  const { a, b, kind, left, right, origin } = segments
  const cut = noSegments()
  const fresh: number[] = []
  const now = (v: number): number => pulled.get(v) ?? v
  for (let e = 0; e < a.length; e++) {
    const between = cuts.get(e)
    const [first, last] = [now(a[e]!), now(b[e]!)]
    if (!between && first === a[e] && last === b[e]) {
      addSegment(cut, first, last, kind[e]!, left[e]!, right[e]!, origin[e]!)
      fresh.push(0)
      continue
    }
    const [ax, ay, bx, by] = [x[first]!, y[first]!, x[last]!, y[last]!]
    const along = (v: number): number => (x[v]! - ax) * (bx - ax) + (y[v]! - ay) * (by - ay)
    let from = first
    for (const vertex of [...(between ?? []).map(now).sort((v, w) => along(v) - along(w) || v - w), last]) {
      if (vertex === from) continue
      addSegment(cut, from, vertex, kind[e]!, left[e]!, right[e]!, origin[e]!)
      fresh.push(1)
      from = vertex
    }
  }
  return { segments: cut, isNew: Uint8Array.from(fresh) }
}

/** Edges that fall together become the one of the lowest kind. */
function unique(segments: Segments): Segments {
  const { a, b, kind, left, right, origin } = segments
  const best = new Map<number, number>()
  for (let e = 0; e < a.length; e++) {
    const key = keyOf(a[e]!, b[e]!)
    const known = best.get(key)
    if (known === undefined || kind[e]! < kind[known]!) best.set(key, e)
  }
  if (best.size === a.length) return segments
  const once = noSegments()
  for (const e of best.values()) addSegment(once, a[e]!, b[e]!, kind[e]!, left[e]!, right[e]!, origin[e]!)
  return once
}
