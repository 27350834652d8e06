/**
 * New lines laid over some leaves of a coverage: the land of these leaves falls into faces, each face is given to a leaf, and
 * what is left between different leaves becomes arcs again. Splitting, merging, cutting out, handing over, redrawing and
 * dividing anew are all this one operation with different lines and a different way of giving faces to leaves.
 *
 *      ┌───────┬───┐          ┌───────┬───┐      A's border with C has gained a node where the line ends; since the border
 *      │   A   │ C │    →     │ 1 ╱ 2 │ C │      exists once, C has it too, and nothing can gape.
 *      └───────┴───┘          └──╱────┴───┘
 */
import type { Coverage } from './coverage.ts'
import type { Arc, Difference, Leaf } from './difference.ts'
import type { FlatRing } from './exact.ts'
import { idsOf, keyOf, nodePaths, type Path } from './noding.ts'
import { cycleRing, drawPlanar, linkNext, type PlanarGraph } from './planar.ts'
import { groupCycles } from './regions.ts'
import { reversed } from './rings.ts'
import { joinArcs } from './topology.ts'
import { Vertices } from './vertices.ts'

export interface OverlayInput {
  /** Open lines, flat grid coordinates. */
  lines?: readonly FlatRing[]
  /** Closed rings that are to hold the land of `id` on their left. */
  rings?: readonly { id: string; ring: FlatRing }[]
}

/** A connected piece of the leaves' land that no line divides. */
export interface Face {
  /** The leaf that it was part of. */
  old: string
  /** Ids of `rings` whose left side it lies on, null when it lies on the right of one. One id alone: nothing overlaps or is left out. */
  fresh: ReadonlySet<string | null>
  /** Outer ring first. */
  rings: FlatRing[]
  /** Twice the area in square grid units. */
  area2: number
}

/** An edge between two faces, or of one. */
export interface FaceEdge {
  /** Faces on either side; -1 where there is none. */
  left: number
  right: number
  /** [ax, ay, bx, by] on the grid. */
  points: readonly [ax: number, ay: number, bx: number, by: number]
  /** True when a drawn line or ring runs along it. */
  isDrawn: boolean
}

export interface Overlay {
  faces: readonly Face[]
  /** Every edge that a face or a drawn line has, once. */
  edges(): FaceEdge[]
  /** Faces across drawn lines and borders, and leaves that are not part of the overlay; null is outside. */
  neighbours(face: number): Set<number | string | null>
  /** The difference that gives face i to the leaf `owners[i]`; `leaves` says what leaves go and come. */
  finish(owners: readonly string[], leaves: Difference['leaves']): Difference
}

const NONE = -1

/** Lines may cross each other and everything else. Null when cutting at grid points does not come to an end, or leaves nothing of a unit. */
export function overlay(coverage: Coverage, leafIds: ReadonlySet<string>, input: OverlayInput): Overlay | null {
  const { lines = [], rings = [] } = input
  const local = [...new Set([...leafIds].flatMap((id) => [...coverage.arcsOf(id)]))].sort((a, b) => a.id - b.id)

  const vertices = new Vertices()
  const paths: Path[] = local.map(({ points }, leaf) => ({ leaf, ids: idsOf(points, vertices), isOpen: true }))
  const known = vertices.size
  const added = [
    ...lines.map((line): Path => ({ leaf: NONE, ids: idsOf(line, vertices), isOpen: true })),
    ...rings.map(({ ring }, index): Path => ({ leaf: local.length + index, ids: idsOf(ring, vertices) })),
  ]
  const loose = new Set(added.flatMap(({ ids }) => ids).filter((id) => id >= known))
  const noded = nodePaths([...paths, ...added], vertices, 0, { loose })
  if (!noded.settled) return null

  const labels = labelEdges(noded.paths, local, rings)
  const graph = drawPlanar(labels.tail, vertices)
  const regions = groupCycles(graph, vertices)
  const olds = spread(graph, regions, labels.old)
  const fresh = spread(graph, regions, labels.fresh)
  const oldOf = (region: number): string | undefined => [...olds[region]!].find((id) => id !== null && leafIds.has(id)) ?? undefined

  const faceOf = new Int32Array(regions.length).fill(NONE)
  const faces: Face[] = []
  for (const [region, cycles] of regions.entries()) {
    const old = oldOf(region)
    if (old === undefined) continue
    faceOf[region] = faces.length
    faces.push({
      old,
      fresh: fresh[region]!,
      rings: cycles.map((cycle) => cycleRing(graph, graph.start[cycle]!, vertices)),
      area2: cycles.reduce((sum, cycle) => sum + graph.area[cycle]!, 0),
    })
  }
  if (new Set(faces.map(({ old }) => old)).size < leafIds.size) return null
  const regionOfCycle = new Int32Array(graph.start.length)
  for (const [region, cycles] of regions.entries()) for (const cycle of cycles) regionOfCycle[cycle] = region
  const faceAt = (h: number): number => faceOf[regionOfCycle[graph.face[h]!]!]!

  return {
    faces,
    edges() {
      const found: FaceEdge[] = []
      for (let h = 0; h < graph.tail.length; h += 2) {
        const [left, right, isDrawn] = [faceAt(h), faceAt(h + 1), labels.drawn[h / 2] === 1]
        if (left < 0 && right < 0 && !isDrawn) continue
        const [a, b] = [graph.tail[h]!, graph.tail[h + 1]!]
        found.push({ left, right, points: [vertices.x[a]!, vertices.y[a]!, vertices.x[b]!, vertices.y[b]!], isDrawn })
      }
      return found
    },
    neighbours(face) {
      const found = new Set<number | string | null>()
      for (let h = 0; h < graph.tail.length; h++) {
        if (faceAt(h) !== face || faceAt(h ^ 1) === face) continue
        found.add(faceAt(h ^ 1) >= 0 ? faceAt(h ^ 1) : (labels.old[h ^ 1] ?? null))
      }
      return found
    },
    finish(owners, leaves) {
      const ownerAt = (h: number): string | null => (faceAt(h) >= 0 ? owners[faceAt(h)]! : (labels.old[h] ?? null))
      const arcs = joinBorders(coverage, { graph, vertices, ownerAt, faceAt, local })
      return { arcs: swap(coverage, local, arcs), leaves }
    },
  }
}

interface Labels {
  tail: Int32Array
  /** By half-edge: the leaf that lay on its left; undefined on new lines. */
  old: (string | null | undefined)[]
  /** By half-edge: the ring's id on its left, null on its right; undefined on everything else. */
  fresh: (string | null | undefined)[]
  /** By edge: 1 when something drawn runs along it. */
  drawn: (0 | 1)[]
}

function labelEdges(paths: readonly Path[], arcs: readonly Arc[], rings: readonly { id: string }[]): Labels {
  const known = new Map<number, number>()
  const tail: number[] = []
  const old: Labels['old'] = []
  const fresh: Labels['fresh'] = []
  const drawn: Labels['drawn'] = []
  const crowded = new Map<number, Crowd>()
  const folded = new Map<number, Crowd>()
  for (const { leaf, ids, isOpen } of paths) {
    const arc = arcs[leaf]
    const ring = leaf >= arcs.length ? rings[leaf - arcs.length] : undefined
    for (let i = 0; i < ids.length - (isOpen ? 1 : 0); i++) {
      const a = ids[i]!
      const b = ids[(i + 1) % ids.length]!
      if (a === b) continue
      let edge = known.get(keyOf(a, b))
      if (edge === undefined) {
        edge = tail.length / 2
        known.set(keyOf(a, b), edge)
        tail.push(Math.min(a, b), Math.max(a, b))
        old.push(undefined, undefined)
        fresh.push(undefined, undefined)
        drawn.push(0)
      }
      if (!arc) drawn[edge] = 1
      const h = 2 * edge + (a < b ? 0 : 1)
      if (arc && old[h] === undefined) {
        old[h] = arc.left
        old[h ^ 1] = arc.right
      } else if (arc) {
        const crowd = crowded.get(edge) ?? { left: [old[2 * edge]!], right: [old[2 * edge + 1]!] }
        crowd.left.push(a < b ? arc.left : arc.right)
        crowd.right.push(a < b ? arc.right : arc.left)
        crowded.set(edge, crowd)
      }
      if (!ring) continue
      if (isId(fresh[h]) || fresh[h ^ 1] === ring.id || folded.has(edge)) {
        const crowd = folded.get(edge) ?? { left: [fresh[2 * edge]].filter(isId), right: [fresh[2 * edge + 1]].filter(isId) }
        crowd[a < b ? 'left' : 'right'].push(ring.id)
        folded.set(edge, crowd)
      }
      fresh[h] = ring.id
      fresh[h ^ 1] ??= null
    }
  }
  for (const [edge, crowd] of crowded) [old[2 * edge], old[2 * edge + 1]] = sidesOf(crowd)
  for (const [edge, crowd] of folded) [fresh[2 * edge], fresh[2 * edge + 1]] = foldedSides(crowd)
  return { tail: Int32Array.from(tail), old, fresh, drawn }
}

/** What lies beside an edge by each of the old lines that run along it. */
interface Crowd {
  left: (string | null)[]
  right: (string | null)[]
}

/** Lines that rounding laid upon each other have nothing between them any more: what counts is what lies on their outer sides. */
function sidesOf({ left, right }: Crowd): [left: string | null | undefined, right: string | null | undefined] {
  for (const id of left) {
    const same = right.indexOf(id)
    if (same < 0) return [id, right.find((other) => !left.includes(other))]
    right.splice(same, 1)
  }
  return [undefined, undefined]
}

const isId = (id: string | null | undefined): id is string => typeof id === 'string'

/** A ring that rounding folded onto itself runs along an edge both ways: it holds nothing on either side there. */
function foldedSides({ left, right }: Crowd): [left: string | null | undefined, right: string | null | undefined] {
  for (const id of [...left]) {
    if (!right.includes(id)) continue
    left.splice(left.indexOf(id), 1)
    right.splice(right.indexOf(id), 1)
  }
  return left.length + right.length === 0 ? [undefined, undefined] : [left.at(-1) ?? null, right.at(-1) ?? null]
}

/** What lies in each region by the labels round it; edges without labels let them through. */
function spread(graph: PlanarGraph, regions: number[][], labels: Labels['old']): Set<string | null>[] {
  const regionOf = new Int32Array(graph.start.length)
  for (const [region, cycles] of regions.entries()) for (const cycle of cycles) regionOf[cycle] = region
  // Regions that an unlabelled edge parts are one for this purpose.
  const parent = Int32Array.from(regions.keys())
  const rootOf = (region: number): number => {
    while (parent[region] !== region) region = parent[region] = parent[parent[region]!]!
    return region
  }
  for (let h = 0; h < graph.tail.length; h += 2) {
    if (labels[h] !== undefined || labels[h + 1] !== undefined) continue
    parent[rootOf(regionOf[graph.face[h]!]!)] = rootOf(regionOf[graph.face[h + 1]!]!)
  }
  const found = new Map<number, Set<string | null>>()
  for (let h = 0; h < graph.tail.length; h++) {
    const label = labels[h]
    if (label === undefined) continue
    const root = rootOf(regionOf[graph.face[h]!]!)
    const known = found.get(root)
    if (known) known.add(label)
    else found.set(root, new Set([label]))
  }
  return regions.map((_, region) => found.get(rootOf(region)) ?? new Set())
}

interface Bordering {
  graph: PlanarGraph
  vertices: Vertices
  ownerAt: (h: number) => string | null
  faceAt: (h: number) => number
  local: readonly Arc[]
}

/** Edges between different owners, joined between nodes. Lines that stray out of the leaves' land are dropped there. */
function joinBorders(coverage: Coverage, { graph, vertices, ownerAt, faceAt, local }: Bordering): Omit<Arc, 'id'>[] {
  const tail: number[] = []
  const owners: (string | null)[] = []
  for (let h = 0; h < graph.tail.length; h += 2) {
    if ((faceAt(h) < 0 && faceAt(h + 1) < 0) || ownerAt(h) === ownerAt(h + 1)) continue
    tail.push(graph.tail[h]!, graph.tail[h + 1]!)
    owners.push(ownerAt(h), ownerAt(h + 1))
  }
  const ids = [...new Set(owners)].filter((id) => id !== null)
  const places = new Map(ids.map((id, index) => [id, index]))
  const half = Int32Array.from(tail)
  const leafOf = Int32Array.from(owners, (id) => (id === null ? NONE : places.get(id)!))
  const mine = new Set(local)
  const meetsOthers = (vertex: number) => coverage.arcsAtNode(vertices.x[vertex]!, vertices.y[vertex]!).some((arc) => !mine.has(arc))
  const joined = joinArcs(ids, vertices.x, vertices.y, { tail: half, next: linkNext(half, vertices), leafOf }, meetsOthers)
  return joined.arcs.map((line, index) => {
    const points = new Int32Array(2 * line.length)
    for (const [i, vertex] of line.entries()) points.set([vertices.x[vertex]!, vertices.y[vertex]!], 2 * i)
    return { points, left: ids[joined.left[index]!] ?? null, right: ids[joined.right[index]!] ?? null }
  })
}

/** What really changed: an arc that comes out as it went in keeps its id and its direction. */
function swap(coverage: Coverage, before: readonly Arc[], after: readonly Omit<Arc, 'id'>[]): Difference['arcs'] {
  const known = new Map(before.map((arc) => [keyOfArc(arc), arc]))
  const kept = new Set<Arc>()
  const added: Arc[] = []
  for (const arc of after) {
    const turned = { points: reversed(arc.points), left: arc.right, right: arc.left }
    const same = known.get(keyOfArc(arc)) ?? known.get(keyOfArc(turned))
    if (same) kept.add(same)
    else added.push({ ...arc, id: coverage.lastArcId + added.length + 1 })
  }
  return { removed: before.filter((arc) => !kept.has(arc)), added }
}

const keyOfArc = ({ points, left, right }: Omit<Arc, 'id'>): string => `${left} ${right} ${points.join()}`

/** A unit that has no code yet. */
export const newLeaf = (facts: Pick<Leaf, 'id' | 'name' | 'unitKind' | 'parentCode' | 'level' | 'grid'>): Leaf => ({
  ...facts,
  code: null,
  nameEn: null,
  renumber: false,
})
