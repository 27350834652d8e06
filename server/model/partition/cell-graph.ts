/**
 * One village as a graph: cells that may change hands, and the borders between them. Lengths are whole centimetres and areas
 * whole square decimetres, so that sums kept up to date over a million steps are exact.
 */
import type { Cells } from './cells.ts'
import type { VillageInput } from './redivision.ts'
import { bitsAround } from './pieces.ts'
import { KIND } from './segments.ts'

export interface CellGraph {
  /** Cells of the general leaves; everywhere else a cell of a graph is its index here. */
  cells: Int32Array
  /** A point in each cell: a building, mostly. */
  x: Int32Array
  y: Int32Array
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
  /** Which neighbours are joined to each other, see `pieces.ts`. */
  around: Int32Array
  /** Old leaf of each cell, as an index into `leaves`; those are indices of the ground's leaves. */
  old: Int32Array
  leaves: Int32Array
  /** False where the leaf is a village without units: none can go on, all are new. */
  hasUnits: boolean
}

/** What is left of a new border's length, on average, once it is made simpler: its zigzag must not count against it. */
const STRAIGHTENED = 0.85
const HAMLET_M = 60
/** Two cells that share less than this (centimetres) only touch, unless they are one leaf today. */
const NECK_CM = 100

/** Borders of all cells, those of cell c from `start[c]` to `end[c] - 1`; `outer` as in a graph. */
interface Borders {
  start: Int32Array
  end: Int32Array
  other: Int32Array
  length: Float64Array
  along: Float64Array
  outer: Float64Array
}

/** By village. Villages without a general leaf have an empty graph. `least`: households that a piece apart needs to stay so. */
export function buildGraphs(cells: Cells, villages: readonly VillageInput[], least: number): CellGraph[] {
  const { leaves } = cells.ground
  const members: number[][] = villages.map(() => [])
  const home = new Int32Array(cells.count).fill(-1)
  const local = new Int32Array(cells.count)
  for (let c = 0; c < cells.count; c++) {
    const { unitKind, village } = leaves[cells.leaf[c]!]!
    if (unitKind !== 'general') continue
    home[c] = village
    local[c] = members[village]!.length
    members[village]!.push(c)
  }
  const borders = bordersOf(cells, home)
  return members.map((own, village) => {
    return { ...graphOf(cells, own, local, borders, least), hasUnits: villages[village]!.isUndivided !== true }
  })
}

/** `home`: by cell its village, or -1 when it does not change hands. */
function bordersOf({ ground: { edges, tail, vertices, scale }, count, left }: Cells, home: Int32Array): Borders {
  const outer = new Float64Array(count)
  const start = new Int32Array(count + 1)
  const isInner = (c: number, d: number): boolean => c >= 0 && d >= 0 && home[c]! >= 0 && home[c] === home[d]
  for (let h = 0; h < tail.length; h++) {
    const [c, d] = [left[h]!, left[h ^ 1]!]
    if (c !== d && isInner(c, d)) start[c + 1]!++
  }
  for (let c = 0; c < count; c++) start[c + 1]! += start[c]!
  const end = start.slice(0, count)
  const other = new Int32Array(start[count]!)
  const length = new Float64Array(start[count]!)
  const along = new Float64Array(start[count]!)
  const add = (c: number, d: number, centimetres: number, isLine: boolean): void => {
    let slot = start[c]!
    while (slot < end[c]! && other[slot] !== d) slot++
    if (slot === end[c]) end[c] = slot + 1
    other[slot] = d
    length[slot]! += centimetres
    if (isLine) along[slot]! += centimetres
  }
  for (let e = 0; e < edges.a.length; e++) {
    const c = left[2 * e]!
    const d = left[2 * e + 1]!
    if (c === d) continue
    const v = tail[2 * e]!
    const w = tail[2 * e + 1]!
    const dx = (vertices.x[w]! - vertices.x[v]!) * scale.east
    const dy = (vertices.y[w]! - vertices.y[v]!) * scale.north
    const kind = edges.kind[e]
    const centimetres = Math.round(Math.sqrt(dx * dx + dy * dy) * (kind === KIND.cell ? 100 * STRAIGHTENED : 100))
    if (isInner(c, d)) {
      add(c, d, centimetres, kind === KIND.line)
      add(d, c, centimetres, kind === KIND.line)
    } else {
      if (c >= 0) outer[c]! += centimetres
      if (d >= 0) outer[d]! += centimetres
    }
  }
  return { start, end, other, length, along, outer }
}

function graphOf(cells: Cells, own: number[], local: Int32Array, borders: Borders, least: number): Omit<CellGraph, 'hasUnits'> {
  const { scale } = cells.ground
  const metres = scale.east * scale.north * 50
  const leaves = [...new Set(own.map((c) => cells.leaf[c]!))].sort((a, b) => a - b)
  const places = own.map((c) => placeOf(cells, c))
  const bridges = bridgePieces(cells, own, local, borders, least, places)
  const count = own.length
  const start = new Int32Array(count + 1)
  for (let i = 0; i < count; i++) start[i + 1] = start[i]! + borders.end[own[i]!]! - borders.start[own[i]!]! + (bridges.get(i)?.length ?? 0)
  const size = start[count]!
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(count)
  const graph: Omit<CellGraph, 'hasUnits' | 'around'> = {
    cells: Int32Array.from(own),
    x: Int32Array.from(places, ([x]) => x),
    y: Int32Array.from(places, ([, y]) => y),
    households: column(),
    area: column(),
    outer: column(),
    perimeter: column(),
    start,
    neighbour: new Int32Array(size),
    length: new Float64Array(size),
    along: new Float64Array(size),
    close: new Float64Array(size),
    joins: new Uint8Array(size),
    old: new Int32Array(count),
    leaves: Int32Array.from(leaves),
  }
  for (let i = 0; i < count; i++) {
    const c = own[i]!
    graph.households[i] = cells.households[c]!
    graph.area[i] = Math.max(1, Math.round(cells.area2[c]! * metres))
    graph.outer[i] = borders.outer[c]!
    graph.old[i] = leaves.indexOf(cells.leaf[c]!)
    let perimeter = borders.outer[c]!
    let slot = start[i]!
    const enter = (other: number, length: number, along: number, joins: boolean): void => {
      graph.neighbour[slot] = local[other]!
      graph.length[slot] = length
      graph.along[slot] = along
      graph.close[slot] = closeness(cells, c, other)
      graph.joins[slot++] = joins || cells.leaf[other] === cells.leaf[c] ? 1 : 0
    }
    for (let b = borders.start[c]!; b < borders.end[c]!; b++) {
      perimeter += borders.length[b]!
      enter(borders.other[b]!, borders.length[b]!, borders.along[b]!, borders.length[b]! >= NECK_CM)
    }
    for (const other of bridges.get(i) ?? []) enter(own[other]!, 0, 0, true)
    graph.perimeter[i] = perimeter
  }
  return { ...graph, around: bitsAround(graph) }
}

function closeness({ ground: { sites, scale }, sites: held, offsets }: Cells, c: number, d: number): number {
  // Open land is nobody's hamlet; its points stand behind the buildings.
  let nearest = HAMLET_M * HAMLET_M
  for (let i = offsets[c]!; i < offsets[c + 1]!; i++) {
    if (held[i]! >= sites.built) continue
    for (let j = offsets[d]!; j < offsets[d + 1]!; j++) {
      if (held[j]! >= sites.built) continue
      const dx = (sites.x[held[i]!]! - sites.x[held[j]!]!) * scale.east
      const dy = (sites.y[held[i]!]! - sites.y[held[j]!]!) * scale.north
      nearest = Math.min(nearest, dx * dx + dy * dy)
    }
  }
  return HAMLET_M - Math.floor(Math.sqrt(nearest))
}

/** Ties islands and other pieces too small for a unit of their own to the nearest cell, first of their own leaf. By cell, both ways. */
function bridgePieces(
  cells: Cells,
  own: number[],
  local: Int32Array,
  borders: Borders,
  least: number,
  at: readonly [number, number][],
): Map<number, number[]> {
  const bridges = new Map<number, number[]>()
  const { piece, count } = piecesOf(own, local, borders)
  if (count < 2) return bridges
  const held = new Float64Array(count)
  for (const [c, p] of piece.entries()) held[p]! += cells.households[own[c]!]!
  const main = held.indexOf(held.reduce((most, h) => Math.max(most, h), 0))
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
    bridges.set(best.c, [...(bridges.get(best.c) ?? []), best.d])
    bridges.set(best.d, [...(bridges.get(best.d) ?? []), best.c])
  }
  return bridges
}

function piecesOf(own: number[], local: Int32Array, borders: Borders): { piece: Int32Array; count: number } {
  const piece = new Int32Array(own.length).fill(-1)
  let count = 0
  for (let seed = 0; seed < own.length; seed++) {
    if (piece[seed]! >= 0) continue
    const queue = [seed]
    piece[seed] = count
    for (let c = queue.pop(); c !== undefined; c = queue.pop()) {
      for (let b = borders.start[own[c]!]!; b < borders.end[own[c]!]!; b++) {
        const d = local[borders.other[b]!]!
        if (piece[d]! >= 0) continue
        piece[d] = count
        queue.push(d)
      }
    }
    count++
  }
  return { piece, count }
}

function placeOf({ ground, sites: held, offsets, left }: Cells, c: number): [number, number] {
  if (offsets[c]! < offsets[c + 1]!) return [ground.sites.x[held[offsets[c]!]!]!, ground.sites.y[held[offsets[c]!]!]!]
  const vertex = ground.tail[left.indexOf(c)]!
  return [ground.vertices.x[vertex]!, ground.vertices.y[vertex]!]
}
