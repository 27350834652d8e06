/**
 * The smallest pieces that a re-division moves: one building's (or one place's) land each. What a border cuts off a building's
 * Voronoi cell goes to the neighbour it shares most of its border with, within the same leaf; so today's leaves are exact
 * unions of cells.
 */
import { type Ground, layGround } from './ground.ts'
import type { RedivisionInput } from './redivision.ts'
import { KIND } from './segments.ts'
import { type Settled, settleSites } from './settling.ts'

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
  const settled = settleSites(ground)
  return numberCells(ground, settled.faceOf, joinFaces(ground, settled))
}

/** Faces that become one cell, as the one of them that stands for all. */
function joinFaces(ground: Ground, { faceOf, passing }: Settled): (face: number) => number {
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
  for (const e of passing) join(face[2 * e]!, face[2 * e + 1]!)
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
