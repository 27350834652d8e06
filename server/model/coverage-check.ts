/**
 * Is a set of polygons a coverage? No broken ring, no overlap, no gap, edges matched; every fault with its place.
 * First with no tolerance at all. Only when that finds faults are vertices one grid unit apart (rounding noise) taken for
 * the same; a sound coverage is therefore never moved, and checking twice gives the same.
 */
import type { MultiPolygon, Polygon } from 'geojson'
import Flatbush from 'flatbush'
import { fromGrid } from './crs.ts'
import { type FlatRing, sideOfRing } from './exact.ts'
import { type Cover, drawFaces, type Faces } from './faces.ts'
import { labelPoint, ringAreaM2 } from './measure.ts'
import { nodeCoverage, type Noded } from './noding.ts'
import { cycleRing } from './planar.ts'
import { type GridPolygons, readPolygons } from './rings.ts'
import { joinArcs, type Topology } from './topology.ts'

export const COVERAGE_FAULTS = ['broken-ring', 'overlap', 'gap', 'unmatched-edge'] as const

export interface CoverageFault {
  kind: (typeof COVERAGE_FAULTS)[number]
  /** Features concerned: the broken one, those that overlap, those round the gap, the two whose edges miss each other. */
  ids: string[]
  /** [lng, lat]; null only for a feature without any usable coordinate. */
  where: [number, number] | null
  /** Of the overlap or gap. */
  areaM2?: number
  reason: string
}

export interface CoverageFeature {
  id: string
  geometry: Polygon | MultiPolygon
}

/** Faults, or the topology when there are none. While a ring is broken, gaps are not looked for: its own place would be one. */
export type CoverageCheck = { faults: CoverageFault[]; topology: null } | { faults: []; topology: Topology }

export function checkCoverage(features: readonly CoverageFeature[]): CoverageCheck {
  const faults: CoverageFault[] = []
  const sound: { id: string; polygons: GridPolygons }[] = []
  for (const { id, geometry } of features) {
    const read = readPolygons(geometry)
    for (const fault of read.faults) faults.push({ kind: 'broken-ring', ids: [id], where: fault.where, reason: `a ring ${fault.reason}` })
    if (read.faults.length === 0) sound.push({ id, polygons: read.polygons })
  }
  return faults.length > 0 ? { faults: [...faults, ...checkPolygons(sound, true).faults], topology: null } : checkPolygons(sound, false)
}

/** As `checkCoverage`, for polygons that are on the grid already. */
export function checkPolygons(features: readonly { id: string; polygons: GridPolygons }[], partial = false): CoverageCheck {
  if (features.length === 0)
    return { faults: [], topology: joinArcs([], [], [], { tail: new Int32Array(), next: new Int32Array(), leafOf: new Int32Array() }) }
  return inspect(features, 0, partial) ?? inspect(features, 1, partial)!
}

/** Whoever has more mends the cause: a scribble of 200,000 lines has millions, and none of them is a place of its own. */
const MOST_CROSSINGS = 10_000

/** Null when there are faults at tolerance 0, where their places are of no interest yet. */
function inspect(features: readonly { id: string; polygons: GridPolygons }[], tolerance: 0 | 1, partial: boolean): CoverageCheck | null {
  const noded = nodeCoverage(
    features.map(({ polygons }) => polygons),
    tolerance,
    tolerance === 0 ? 0 : MOST_CROSSINGS,
  )
  if (tolerance === 0 && (noded.crossings.length > 0 || !noded.settled)) return null
  const crossed = new Map<number, CoverageFault>()
  for (const { leaves, x, y } of noded.crossings) {
    if (leaves[0] !== leaves[1] || crossed.has(leaves[0])) continue
    crossed.set(leaves[0], {
      kind: 'broken-ring',
      ids: [features[leaves[0]]!.id],
      where: fromGrid([x, y]),
      reason: 'its lines cross each other',
    })
  }
  if (crossed.size > 0) {
    const rest = features.filter((_, leaf) => !crossed.has(leaf))
    return { faults: [...crossed.values(), ...checkPolygons(rest, true).faults], topology: null }
  }
  const ids = features.map(({ id }) => id)
  if (noded.crossings.length > MOST_CROSSINGS) return { faults: crossedPairs(ids, noded), topology: null }
  const faces = drawFaces(noded.paths, noded.vertices)
  if (tolerance === 0 && faces.cover.some((cover, face) => !isFine(face, cover, faces))) return null
  const faults = judgeFaces(ids, faces, noded, partial)
  if (faults.length === 0 && !noded.settled) faults.push(...crossedPairs(ids, noded))
  if (faults.length === 0) faults.push(...unmatchedEdges(ids, faces, noded))
  if (faults.length > 0) return tolerance === 0 ? null : { faults, topology: null }
  const leafOf = faces.face.map((face) => faces.cover[face]![0] ?? -1)
  return { faults: [], topology: joinArcs(ids, noded.vertices.x, noded.vertices.y, { ...faces, leafOf }) }
}

/** Every bounded face must be covered exactly once. */
const isFine = (face: number, cover: Cover, { outer, component }: Faces): boolean =>
  outer[component[face]!] === face || (cover.length === 2 && cover[1] === 1)

function judgeFaces(ids: string[], faces: Faces, noded: Noded, partial: boolean): CoverageFault[] {
  const faults: CoverageFault[] = []
  for (const [face, cover] of faces.cover.entries()) {
    if (isFine(face, cover, faces)) continue
    const leaves = cover.filter((_, i) => i % 2 === 0)
    const twice = leaves.filter((_, i) => cover[2 * i + 1] !== 1)
    if (leaves.length === 0 && partial) continue
    const { where, area } = place(face, faces, noded)
    if (leaves.length === 0) {
      faults.push({
        kind: 'gap',
        ids: neighbours(face, faces).map((leaf) => ids[leaf]!),
        where,
        areaM2: area,
        reason: 'no feature covers this place',
      })
    } else if (twice.length > 0) {
      faults.push({
        kind: 'broken-ring',
        ids: twice.map((leaf) => ids[leaf]!),
        where,
        areaM2: area,
        reason: 'its parts overlap each other, or a hole lies outside',
      })
    } else
      faults.push({
        kind: 'overlap',
        ids: leaves.map((leaf) => ids[leaf]!),
        where,
        areaM2: area,
        reason: 'more than one feature covers this place',
      })
  }
  return faults
}

/** What is left to say when the faces cannot be drawn: where lines of two features cross. */
function crossedPairs(ids: string[], { crossings }: Noded): CoverageFault[] {
  return crossings.map(({ leaves, x, y }) => ({
    kind: 'overlap',
    ids: leaves.map((leaf) => ids[leaf]!),
    where: fromGrid([x, y]),
    reason: 'their lines cross each other',
  }))
}

/** A point inside a bounded face and its area, less what other components take up inside it. */
function place(face: number, faces: Faces, { vertices }: Noded): { where: [number, number]; area: number } {
  const ringOf = (cycle: number): FlatRing => cycleRing(faces, faces.start[cycle]!, vertices)
  const ring = ringOf(face)
  const within = (cycle: number, outer: FlatRing): boolean => {
    const vertex = faces.tail[faces.start[cycle]!]!
    return sideOfRing(vertices.x[vertex]!, vertices.y[vertex]!, outer) > 0
  }
  const held = faces.outer
    .filter((cycle) => faces.component[cycle] !== faces.component[face] && within(cycle, ring))
    .map((cycle) => ({ cycle, ring: ringOf(cycle) }))
  const direct = held.filter((one) => !held.some((other) => other !== one && within(one.cycle, other.ring)))
  const area = ringAreaM2(ring) + direct.reduce((sum, hole) => sum + ringAreaM2(hole.ring), 0)
  return { where: fromGrid(labelPoint([[ring, ...direct.map((hole) => hole.ring)]])), area }
}

function neighbours(face: number, faces: Faces): number[] {
  const leaves = new Set<number>()
  const first = faces.start[face]!
  let h = first
  do {
    const cover = faces.cover[faces.face[h ^ 1]!]!
    for (let i = 0; i < cover.length; i += 2) leaves.add(cover[i]!)
    h = faces.next[h]!
  } while (h !== first)
  return [...leaves]
}

/** Closer than this (grid units, about half a metre) and running against each other, two outer lines were meant to be one. */
const HAIR = 50

/** Outer lines of two features that all but coincide: a slit that opens to the outside, and so is no gap. */
function unmatchedEdges(ids: string[], faces: Faces, { vertices: { x, y } }: Noded): CoverageFault[] {
  const { tail, face, cover } = faces
  const edges: { leaf: number; a: number; b: number }[] = []
  for (let h = 0; h < tail.length; h++) {
    if (cover[face[h]!]!.length > 0) continue
    edges.push({ leaf: cover[face[h ^ 1]!]![0]!, a: tail[h]!, b: tail[h ^ 1]! })
  }
  if (edges.length === 0) return []
  const index = new Flatbush(edges.length)
  for (const { a, b } of edges) index.add(Math.min(x[a]!, x[b]!), Math.min(y[a]!, y[b]!), Math.max(x[a]!, x[b]!), Math.max(y[a]!, y[b]!))
  index.finish()
  const faults = new Map<string, CoverageFault>()
  for (const { leaf, a, b } of edges) {
    const [dx, dy] = [x[b]! - x[a]!, y[b]! - y[a]!]
    const [mx, my] = [x[a]! + dx / 2, y[a]! + dy / 2]
    for (const other of index.search(mx - HAIR, my - HAIR, mx + HAIR, my + HAIR)) {
      const { leaf: against, a: c, b: d } = edges[other]!
      const [ex, ey] = [x[d]! - x[c]!, y[d]! - y[c]!]
      const lengths = Math.hypot(dx, dy) * Math.hypot(ex, ey)
      if (against === leaf || dx * ex + dy * ey > -0.9 * lengths) continue
      if (Math.abs(ex * (my - y[c]!) - ey * (mx - x[c]!)) > HAIR * Math.hypot(ex, ey)) continue
      const pair = [ids[leaf]!, ids[against]!].sort()
      const key = pair.join('\n')
      if (!faults.has(key))
        faults.set(key, {
          kind: 'unmatched-edge',
          ids: pair,
          where: fromGrid([Math.round(mx), Math.round(my)]),
          reason: 'their lines run side by side without being the same',
        })
    }
  }
  return [...faults.values()]
}
