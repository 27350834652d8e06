/**
 * The smallest pieces that a re-division moves: one building's (or one place's) land each. What a border cuts off a building's
 * Voronoi cell goes to the neighbour it shares most of its border with, within the same leaf; so today's leaves are exact
 * unions of cells.
 */
import { type FlatRing, sideOfRing } from '../exact.ts'
import { cycleRing } from '../planar.ts'
import { bboxOf } from '../rings.ts'
import { type Ground, layGround } from './ground.ts'
import type { RedivisionInput } from './redivision.ts'
import { KIND } from './segments.ts'
import type { Box } from './sites.ts'

export interface Cells {
  ground: Ground
  count: number
  /** Cell on the left of each half-edge; -1 outside. */
  left: Int32Array
  /** By cell: its leaf, sums of its buildings, twice its area in square grid units. A leaf not to be divided is one cell. */
  leaf: Int32Array
  households: Float64Array
  residents: Float64Array
  area2: Float64Array
  /** Sites of cell c: `sites[offsets[c]]` … `sites[offsets[c + 1] - 1]`. More than one where they lie a few grid units apart. */
  sites: Int32Array
  offsets: Int32Array
}

export function buildCells(input: RedivisionInput): Cells {
  const ground = layGround(input)
  const faceOf = settleSites(ground)
  const group = joinFaces(ground, faceOf)
  return numberCells(ground, faceOf, group)
}

/** The face that holds each site; -1 outside. */
function settleSites(ground: Ground): Int32Array {
  const { edges, face, leafOf, sites, tail, next, vertices, start, holes } = ground
  const count = sites.x.length
  const first = new Int32Array(count).fill(-1)
  const more = new Map<number, Set<number>>()
  const isCut = new Uint8Array(leafOf.length)
  const hasSite = new Uint8Array(leafOf.length)
  for (let h = 0; h < tail.length; h++) {
    const e = h >> 1
    const f = face[h]!
    if (edges.kind[e] !== KIND.cell) {
      isCut[f] = 1
      continue
    }
    const site = h % 2 === 0 ? edges.left[e]! : edges.right[e]!
    hasSite[f] = 1
    if (site < 0 || first[site] === f) continue
    if (first[site]! < 0) first[site] = f
    else if (more.has(site)) more.get(site)!.add(f)
    else more.set(site, new Set([f]))
  }
  const cyclesOf = (f: number): number[] => [start[f]!, ...(holes.get(f) ?? [])]
  const holds = (f: number, site: number): number => {
    if (leafOf[f]! < 0 || ground.area2[f]! <= 0) return -1
    const [outer, ...inner] = cyclesOf(f).map((h) => sideOfRing(sites.x[site]!, sites.y[site]!, cycleRing({ tail, next }, h, vertices)))
    return inner.reduce<number>((side, hole) => Math.min(side, -hole), outer!)
  }
  // A border cut at a grid point may have passed a building within that point's rounding.
  const touches = (f: number, site: number): boolean =>
    cyclesOf(f).some((h) => passes(cycleRing({ tail, next }, h, vertices), sites.x[site]!, sites.y[site]!))
  const withNeighbours = (faces: readonly number[]): number[] => {
    const found = new Set(faces)
    for (const f of faces) {
      if (leafOf[f]! < 0) continue
      for (const first of cyclesOf(f)) {
        let h = first
        do {
          found.add(face[h ^ 1]!)
          h = next[h]!
        } while (h !== first)
      }
    }
    return [...found]
  }
  // Faces that only leaves and lines bound lie inside one building's cell without saying whose.
  const blank: { f: number; box: Box }[] = []
  for (const [f, h] of start.entries()) {
    if (leafOf[f]! >= 0 && ground.area2[f]! > 0 && !hasSite[f]) blank.push({ f, box: bboxOf([[cycleRing({ tail, next }, h, vertices)]]) })
  }
  const blankAt = (x: number, y: number): number[] =>
    blank.filter(({ box }) => x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3]).map(({ f }) => f)
  const everyFace = [...start.keys()].filter((f) => leafOf[f]! >= 0)
  const faceOf = new Int32Array(count).fill(-1)
  for (let site = 0; site < count; site++) {
    const one = first[site]!
    if (one >= 0 && !more.has(site) && !isCut[one]) {
      faceOf[site] = leafOf[one]! < 0 ? -1 : one
      continue
    }
    const candidates = one < 0 ? everyFace : [one, ...(more.get(site) ?? [])]
    // A border that was moved onto a leaf's corner may have passed a building that stands just there.
    const held = holderAmong(candidates, (f) => holds(f, site))
    const around = held === undefined ? [...withNeighbours(withNeighbours(candidates)), ...blankAt(sites.x[site]!, sites.y[site]!)] : []
    faceOf[site] = held ?? holderAmong(around, (f) => holds(f, site)) ?? around.find((f) => leafOf[f]! >= 0 && touches(f, site)) ?? -1
  }
  return faceOf
}

/** Whether a ring comes within two grid units of a point. */
function passes(ring: FlatRing, px: number, py: number): boolean {
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length
    const [ax, ay, dx, dy] = [ring[i]!, ring[i + 1]!, ring[j]! - ring[i]!, ring[j + 1]! - ring[i + 1]!]
    const t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)))
    const [ox, oy] = [ax + t * dx - px, ay + t * dy - py]
    if (ox * ox + oy * oy <= 4) return true
  }
  return false
}

/** The first of the faces that holds, or else that touches. */
function holderAmong(faces: readonly number[], sideOf: (face: number) => number): number | undefined {
  let touching: number | undefined
  for (const f of faces) {
    const side = sideOf(f)
    if (side > 0) return f
    if (side === 0) touching ??= f
  }
  return touching
}

/** Faces that become one cell, as the one of them that stands for all. */
function joinFaces(ground: Ground, faceOf: Int32Array): (face: number) => number {
  const { edges, face, leafOf, leaves, tail, vertices, scale } = ground
  const count = leafOf.length
  const parent = Int32Array.from({ length: count }, (_, f) => f)
  const find = (f: number): number => {
    let root = f
    while (parent[root] !== root) root = parent[root]!
    while (parent[f] !== root) [parent[f], f] = [root, parent[f]!]
    return root
  }
  const lived = new Uint8Array(count)
  for (const f of faceOf) if (f >= 0) lived[f] = 1
  const frozenFace = new Map<number, number>()
  for (let f = 0; f < count; f++) {
    const leaf = leafOf[f]!
    if (leaf < 0 || leaves[leaf]!.unitKind === 'general') continue
    lived[f] = 1
    const known = frozenFace.get(leaf)
    if (known === undefined) frozenFace.set(leaf, f)
    else parent[find(f)] = find(known)
  }
  const join = (f: number, g: number): void => {
    const [from, to] = [find(f), find(g)]
    if (lived[from]) lived[to] = 1
    parent[from] = to
  }
  joinHouses(ground, faceOf, join)
  const sharing: { e: number; length: number }[] = []
  for (let e = 0; e < edges.a.length; e++) {
    const [f, g] = [face[2 * e]!, face[2 * e + 1]!]
    if (f === g || edges.kind[e] === KIND.leaf || leafOf[f]! < 0) continue
    if (lived[f] && lived[g]) continue
    const [v, w] = [tail[2 * e]!, tail[2 * e + 1]!]
    const [dx, dy] = [(vertices.x[w]! - vertices.x[v]!) * scale.east, (vertices.y[w]! - vertices.y[v]!) * scale.north]
    sharing.push({ e, length: dx * dx + dy * dy })
  }
  // Longest first, and over a given line only where there is no other way: empty land joins what it shares most with.
  sharing.sort((p, q) => edges.kind[q.e]! - edges.kind[p.e]! || q.length - p.length || p.e - q.e)
  for (let changed = true; changed;) {
    changed = false
    for (const { e } of sharing) {
      const [f, g] = [find(face[2 * e]!), find(face[2 * e + 1]!)]
      if (f === g || lived[f] === lived[g]) continue
      parent[f] = g
      lived[g] = 1
      changed = true
    }
  }
  // Leaves without any building.
  for (const { e } of sharing) {
    const [f, g] = [find(face[2 * e]!), find(face[2 * e + 1]!)]
    if (f !== g && !lived[f] && !lived[g]) parent[f] = g
  }
  return find
}

/** No house is parted but by a leaf's border of today: neither its walls from each other nor what lies between them. */
function joinHouses({ edges, face, leafOf, sites, tail, vertices: { x, y } }: Ground, faceOf: Int32Array, join: Join): void {
  if (sites.footprints.rings.length === 0) return
  const known = new Map<number, number>()
  for (let site = sites.buildings; site < sites.built; site++) {
    const f = faceOf[site]!
    if (f < 0) continue
    const house = sites.owner[site]!
    const own = faceOf[house]!
    const key = leafOf[f]! * sites.buildings + house
    const beside = own >= 0 && leafOf[own] === leafOf[f] ? own : known.get(key)
    if (beside === undefined) known.set(key, f)
    else join(f, beside)
  }
  for (let e = 0; e < edges.a.length; e++) {
    const f = face[2 * e]!
    if (f === face[2 * e + 1] || edges.kind[e] === KIND.leaf || leafOf[f]! < 0) continue
    const [v, w] = [tail[2 * e]!, tail[2 * e + 1]!]
    if (sites.footprints.cutBy([x[v]!, y[v]!, x[w]!, y[w]!])) join(f, face[2 * e + 1]!)
  }
}

type Join = (face: number, other: number) => void

function numberCells(ground: Ground, faceOf: Int32Array, group: (face: number) => number): Cells {
  const { face, leafOf, sites } = ground
  const cellOf = new Int32Array(leafOf.length).fill(-1)
  const leaf: number[] = []
  for (let f = 0; f < leafOf.length; f++) {
    if (leafOf[f]! < 0 || ground.area2[f] === 0) continue
    const root = group(f)
    if (cellOf[root]! < 0) {
      cellOf[root] = leaf.length
      leaf.push(leafOf[f]!)
    }
    cellOf[f] = cellOf[root]!
  }
  const count = leaf.length
  const area2 = new Float64Array(count)
  for (let f = 0; f < leafOf.length; f++) if (cellOf[f]! >= 0) area2[cellOf[f]!]! += ground.area2[f]!
  const households = new Float64Array(count)
  const residents = new Float64Array(count)
  const offsets = new Int32Array(count + 1)
  for (const [site, f] of faceOf.entries()) {
    if (f < 0) continue
    const cell = cellOf[f]!
    households[cell]! += sites.households[site]!
    residents[cell]! += sites.residents[site]!
    offsets[cell + 1]!++
  }
  for (let c = 0; c < count; c++) offsets[c + 1]! += offsets[c]!
  const filled = offsets.slice()
  const held = new Int32Array(offsets[count]!)
  for (const [site, f] of faceOf.entries()) if (f >= 0) held[filled[cellOf[f]!]!++] = site
  const left = Int32Array.from(face, (f) => cellOf[f]!)
  return { ground, count, left, leaf: Int32Array.from(leaf), households, residents, area2, sites: held, offsets }
}
