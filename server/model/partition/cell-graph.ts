/**
 * One village as a graph: cells that may change hands, and the borders between them. Lengths are whole centimetres and areas
 * whole square decimetres, so that sums kept up to date over a million steps are exact.
 */
import type { Cells } from './cells.ts'
import { KIND } from './segments.ts'

export interface CellGraph {
  /** Cells of the general leaves; everywhere else a cell of a graph is its index here. */
  cells: Int32Array
  households: Float64Array
  area: Float64Array
  /** Length of the border with what never changes hands: other villages, units that stay as they are, outside. */
  outer: Float64Array
  /** Length of the whole border. */
  perimeter: Float64Array
  /** Neighbours of cell c stand from `start[c]` to `start[c + 1] - 1`. */
  start: Int32Array
  neighbour: Int32Array
  length: Float64Array
  /** Part of the length that runs along a given line. */
  along: Float64Array
  /** How close the nearest buildings on the two sides are: 0 for 60 m and more, 60 for no distance. */
  close: Float64Array
  /** 1 where the border is wide enough to make one piece of two cells. */
  joins: Uint8Array
  /** Old leaf of each cell, as an index into `leaves`; those are indices of the ground's leaves. */
  old: Int32Array
  leaves: Int32Array
}

interface Side {
  other: number
  length: number
  along: number
}

const HAMLET_M = 60
/** Two cells that share less than this (centimetres) only touch, unless they are one leaf today. */
const NECK_CM = 100

/** By village. Villages without a general leaf have an empty graph. `least`: households that a piece apart needs to stay so. */
export function buildGraphs(cells: Cells, villages: number, least: number): CellGraph[] {
  const { ground, count, left, leaf } = cells
  const { leaves, edges, tail, vertices, scale } = ground
  const villageOf = (c: number): number => leaves[leaf[c]!]!.village
  const isFree = (c: number): boolean => leaves[leaf[c]!]!.unitKind === 'general'
  const members: number[][] = Array.from({ length: villages }, () => [])
  const local = new Int32Array(count).fill(-1)
  for (let c = 0; c < count; c++) {
    if (!isFree(c)) continue
    local[c] = members[villageOf(c)]!.length
    members[villageOf(c)]!.push(c)
  }
  const outer = new Float64Array(count)
  const sides: Side[][] = Array.from({ length: count }, () => [])
  for (let e = 0; e < edges.a.length; e++) {
    const [c, d] = [left[2 * e]!, left[2 * e + 1]!]
    if (c === d) continue
    const [v, w] = [tail[2 * e]!, tail[2 * e + 1]!]
    const [dx, dy] = [(vertices.x[w]! - vertices.x[v]!) * scale.east, (vertices.y[w]! - vertices.y[v]!) * scale.north]
    const length = Math.round(Math.sqrt(dx * dx + dy * dy) * 100)
    if (c >= 0 && d >= 0 && local[c]! >= 0 && local[d]! >= 0 && villageOf(c) === villageOf(d)) {
      const along = edges.kind[e] === KIND.line ? length : 0
      share(sides[c]!, d, length, along)
      share(sides[d]!, c, length, along)
    } else {
      if (c >= 0) outer[c]! += length
      if (d >= 0) outer[d]! += length
    }
  }
  return members.map((own) => graphOf(cells, own, local, outer, sides, least))
}

function share(sides: Side[], other: number, length: number, along: number): void {
  const known = sides.find((side) => side.other === other)
  if (known) {
    known.length += length
    known.along += along
  } else sides.push({ other, length, along })
}

function graphOf(cells: Cells, own: number[], local: Int32Array, outer: Float64Array, sides: Side[][], least: number): CellGraph {
  const { scale } = cells.ground
  const metres = scale.east * scale.north * 50
  const leaves = [...new Set(own.map((c) => cells.leaf[c]!))].sort((a, b) => a - b)
  const linked = own.map((c) => sides[c]!.map((side) => ({ ...side, other: local[side.other]!, bridge: false })))
  bridgePieces(cells, own, linked, least)
  const start = new Int32Array(own.length + 1)
  for (const [c, list] of linked.entries()) start[c + 1] = start[c]! + list.length
  const all = linked.flat()
  const joins = linked.flatMap((list, c) =>
    list.map(({ other, length, bridge }) => (bridge || length >= NECK_CM || cells.leaf[own[other]!] === cells.leaf[own[c]!] ? 1 : 0)),
  )
  return {
    cells: Int32Array.from(own),
    households: Float64Array.from(own, (c) => cells.households[c]!),
    area: Float64Array.from(own, (c) => Math.max(1, Math.round(cells.area2[c]! * metres))),
    outer: Float64Array.from(own, (c) => outer[c]!),
    perimeter: Float64Array.from(own, (c, i) => linked[i]!.reduce((sum, { length }) => sum + length, outer[c]!)),
    start,
    neighbour: Int32Array.from(all, ({ other }) => other),
    length: Float64Array.from(all, ({ length }) => length),
    along: Float64Array.from(all, ({ along }) => along),
    close: Float64Array.from(linked.flatMap((list, c) => list.map(({ other }) => closeness(cells, own[c]!, own[other]!)))),
    joins: Uint8Array.from(joins),
    old: Int32Array.from(own, (c) => leaves.indexOf(cells.leaf[c]!)),
    leaves: Int32Array.from(leaves),
  }
}

function closeness({ ground: { sites, scale }, sites: held, offsets }: Cells, c: number, d: number): number {
  let nearest = HAMLET_M * HAMLET_M
  for (let i = offsets[c]!; i < offsets[c + 1]!; i++) {
    for (let j = offsets[d]!; j < offsets[d + 1]!; j++) {
      const dx = (sites.x[held[i]!]! - sites.x[held[j]!]!) * scale.east
      const dy = (sites.y[held[i]!]! - sites.y[held[j]!]!) * scale.north
      nearest = Math.min(nearest, dx * dx + dy * dy)
    }
  }
  return HAMLET_M - Math.floor(Math.sqrt(nearest))
}

type Linked = (Side & { bridge: boolean })[][]

/** Ties islands and other pieces too small for a unit of their own to the nearest cell, first of their own leaf. */
function bridgePieces(cells: Cells, own: number[], linked: Linked, least: number): void {
  const piece = piecesOf(linked)
  const count = piece.reduce((most, p) => Math.max(most, p + 1), 0)
  if (count < 2) return
  const held = new Float64Array(count)
  for (const [c, p] of piece.entries()) held[p]! += cells.households[own[c]!]!
  const main = held.indexOf(held.reduce((most, h) => Math.max(most, h), 0))
  const at = own.map((c) => placeOf(cells, c))
  for (let p = 0; p < count; p++) {
    if (p === main || held[p]! >= least) continue
    let best = { c: -1, d: -1, apart: Infinity }
    for (const [c, [x, y]] of at.entries()) {
      if (piece[c] !== p) continue
      for (const [d, [u, v]] of at.entries()) {
        if (piece[d] === p) continue
        const other = cells.leaf[own[c]!] === cells.leaf[own[d]!] ? 0 : 1e18
        const apart = (x - u) * (x - u) + (y - v) * (y - v) + other
        if (apart < best.apart) best = { c, d, apart }
      }
    }
    if (best.c < 0) continue
    linked[best.c]!.push({ other: best.d, length: 0, along: 0, bridge: true })
    linked[best.d]!.push({ other: best.c, length: 0, along: 0, bridge: true })
  }
}

function piecesOf(linked: Linked): Int32Array {
  const piece = new Int32Array(linked.length).fill(-1)
  let count = 0
  for (let seed = 0; seed < linked.length; seed++) {
    if (piece[seed]! >= 0) continue
    const queue = [seed]
    piece[seed] = count
    for (let c = queue.pop(); c !== undefined; c = queue.pop()) {
      for (const { other } of linked[c]!) {
        if (piece[other]! >= 0) continue
        piece[other] = count
        queue.push(other)
      }
    }
    count++
  }
  return piece
}

function placeOf({ ground, sites: held, offsets, left }: Cells, c: number): [number, number] {
  if (offsets[c]! < offsets[c + 1]!) return [ground.sites.x[held[offsets[c]!]!]!, ground.sites.y[held[offsets[c]!]!]!]
  const vertex = ground.tail[left.indexOf(c)]!
  return [ground.vertices.x[vertex]!, ground.vertices.y[vertex]!]
}
