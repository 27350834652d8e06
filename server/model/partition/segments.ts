/** Straight edges that are to become a planar map, and the cutting of them where they meet. */
import { onSegment, orient } from '../exact.ts'
import type { Vertices } from '../vertices.ts'
import { type Boxes, eachMeeting } from './meetings.ts'

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
 * ever cut at the grid point nearest to it; the corners that it had stay. The given columns are used up. Throws when that does not end.
 */
export function cutSegments(segments: Segments, vertices: Vertices, originals: Originals): Segments {
  let isNew = new Uint8Array(segments.a.length).fill(1)
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const found = findCuts(segments, vertices, originals, isNew)
    if (found.cuts.size === 0 && found.pulled.size === 0) return unique(segments)
    isNew = applyCuts(segments, found, vertices)
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
    // Most pairs only share an end, or one lies on one side of the other: neither touches then.
    if (p === r || q === r) {
      if (sideOf(s, p, q) !== 0) return
    } else if (p === s || q === s) {
      if (sideOf(r, p, q) !== 0) return
    } else {
      const sideR = sideOf(r, p, q)
      if (sideR !== 0 && sideR === sideOf(s, p, q)) return
      const sideP = sideOf(p, r, s)
      if (sideP !== 0 && sideP === sideOf(q, r, s)) return
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
    const ends = leafE && !leafF ? [p, q] : leafF && !leafE ? [r, s] : []
    const corner = ends.find((v) => Math.abs(x[v]! - mx) <= SNAP && Math.abs(y[v]! - my) <= SNAP)
    const vertex = corner ?? vertices.add(mx, my)
    if (vertex !== p && vertex !== q) cut(e, vertex)
    if (vertex !== r && vertex !== s) cut(f, vertex)
  }
  eachMeeting(boxesOf(segments, vertices), isNew, meet)
  return { cuts, pulled }
}

/** A leaf's edge takes in what ends near it. */
function boxesOf({ a, b, kind }: Segments, { x, y }: Vertices): Boxes {
  const count = a.length
  const boxes = { minX: new Int32Array(count), minY: new Int32Array(count), maxX: new Int32Array(count), maxY: new Int32Array(count) }
  for (let e = 0; e < count; e++) {
    const pad = kind[e] === KIND.leaf ? PULL : 0
    const ax = x[a[e]!]!
    const ay = y[a[e]!]!
    const bx = x[b[e]!]!
    const by = y[b[e]!]!
    boxes.minX[e] = (ax < bx ? ax : bx) - pad
    boxes.maxX[e] = (ax < bx ? bx : ax) + pad
    boxes.minY[e] = (ay < by ? ay : by) - pad
    boxes.maxY[e] = (ay < by ? by : ay) + pad
  }
  return boxes
}

const NONE: readonly number[] = []

/** Cuts in place: the pieces of an edge stand where it stood. Says which edges are new. */
function applyCuts(segments: Segments, { cuts, pulled }: Cuts, { x, y }: Vertices): Uint8Array<ArrayBuffer> {
  const { a, b, kind, left, right, origin } = segments
  const [tails, heads] = [a.slice(), b.slice()]
  /** By piece the edge that it is of. */
  const parent: number[] = []
  const fresh: number[] = []
  a.length = b.length = 0
  const now = (v: number): number => pulled.get(v) ?? v
  const inOrder = (stops: number[], from: number, to: number): number[] => {
    const [dx, dy] = [x[to]! - x[from]!, y[to]! - y[from]!]
    return stops.sort((v, w) => (x[v]! - x[w]!) * dx + (y[v]! - y[w]!) * dy || v - w)
  }
  for (let e = 0; e < tails.length; e++) {
    const [first, last] = [now(tails[e]!), now(heads[e]!)]
    const between = cuts.get(e)
    const stops = between ? inOrder(between.map(now), first, last) : NONE
    const isNew = between || first !== tails[e] || last !== heads[e] ? 1 : 0
    let from = first
    for (let i = 0; i <= stops.length; i++) {
      const to = stops[i] ?? last
      if (to === from) continue
      a.push(from)
      b.push(to)
      parent.push(e)
      fresh.push(isNew)
      from = to
    }
  }
  for (const column of [kind, left, right, origin]) {
    const old = column.slice()
    for (let i = 0; i < parent.length; i++) column[i] = old[parent[i]!]!
    column.length = parent.length
  }
  return Uint8Array.from(fresh)
}

/** Edges that fall together become the one of the lowest kind; those that have no length left go. */
function unique(segments: Segments): Segments {
  const { a, b, kind, left, right, origin } = segments
  // A table of our own, as in `Vertices`: a map of so many keys costs several times as much.
  let size = 1024
  while (size < 2 * a.length) size *= 2
  const slots = new Int32Array(size).fill(-1)
  const kept: number[] = []
  for (let e = 0; e < a.length; e++) {
    if (a[e] === b[e]) continue
    const low = Math.min(a[e]!, b[e]!)
    const high = Math.max(a[e]!, b[e]!)
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & (size - 1)
    for (; slots[slot]! >= 0; slot = (slot + 1) & (size - 1)) {
      const known = kept[slots[slot]!]!
      if (Math.min(a[known]!, b[known]!) === low && Math.max(a[known]!, b[known]!) === high) break
    }
    const at = slots[slot]!
    if (at < 0) slots[slot] = kept.push(e) - 1
    else if (kind[e]! < kind[kept[at]!]!) kept[at] = e
  }
  // No edge stands before its place: none is overwritten that is still to be read.
  for (const column of [a, b, kind, left, right, origin]) {
    for (let i = 0; i < kept.length; i++) column[i] = column[kept[i]!]!
    column.length = kept.length
  }
  return segments
}
