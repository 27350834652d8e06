/**
 * What the checks of a plan would say of a division's shapes: units narrower somewhere than they may be, or in more parts than
 * before. Only of what changes, as those checks do (`validations/sliver.ts`, `validations/island.ts`).
 */
import { area2, sideOfPolygon } from '../exact.ts'
import { labelPoint } from '../measure.ts'
import { narrowest, widest } from '../narrow.ts'
import type { GridPolygons } from '../rings.ts'
import { shapeOf } from '../shape.ts'
import { Vertices } from '../vertices.ts'
import type { CellGraph } from './cell-graph.ts'
import type { Cells } from './cells.ts'
import type { Division } from './division.ts'
import type { Outliner } from './outline.ts'

export interface Fault {
  unit: number
  /** Grid point. */
  at: readonly [x: number, y: number]
}

/** Who lies on the left of each edge, by the edge with its direction. */
class Sides {
  private readonly vertices = new Vertices()
  private readonly left = new Map<number, number>()

  add(polygons: GridPolygons, owner: number): void {
    for (const ring of polygons.flat()) {
      let from = this.vertices.add(ring.at(-2)!, ring.at(-1)!)
      for (let i = 0; i < ring.length; i += 2) {
        const to = this.vertices.add(ring[i]!, ring[i + 1]!)
        this.left.set(from * SPAN + to, owner)
        from = to
      }
    }
  }

  of(ax: number, ay: number, bx: number, by: number): number | undefined {
    const [a, b] = [this.vertices.find(ax, ay), this.vertices.find(bx, by)]
    return a < 0 || b < 0 ? undefined : this.left.get(a * SPAN + b)
  }
}

const SPAN = 2 ** 26

export class VillageShape {
  private readonly graph: CellGraph
  private readonly cells: Cells
  private readonly outliner: Outliner
  private readonly minWidth: number
  private readonly unitOf: Int32Array
  private parts: GridPolygons | null = null
  private known: { edges: Int32Array; today: Sides } | null = null

  /** `unitOf`: by cell of the whole ground, all -1 between two uses; may be shared. `minWidth` in metres. */
  constructor(graph: CellGraph, cells: Cells, outliner: Outliner, unitOf: Int32Array, minWidth: number) {
    this.graph = graph
    this.cells = cells
    this.outliner = outliner
    this.unitOf = unitOf
    this.minWidth = minWidth
  }

  /** None while all is as today. */
  faultsOf({ label, count, matched, strayed }: Pick<Division, 'label' | 'count' | 'matched' | 'strayed'>): Fault[] {
    const { graph, cells } = this
    const changed = matched.flatMap((old, u) => (old < 0 || strayed[old]! > 0 ? [u] : []))
    if (changed.length === 0) return []
    const { edges, today } = this.village()
    for (const [c, cell] of graph.cells.entries()) this.unitOf[cell] = label[c]!
    const polygons = this.outliner.outline(this.unitOf, count, edges)
    for (const cell of graph.cells) this.unitOf[cell] = -1
    const now = new Sides()
    const ownerOf = (u: number): number => (matched[u]! >= 0 ? graph.leaves[matched[u]!]! : -1 - u)
    for (const [u, parts] of polygons.entries()) now.add(parts, ownerOf(u))
    return changed.flatMap((u) => {
      const isAsked = (ax: number, ay: number, bx: number, by: number): boolean => {
        if (today.of(ax, ay, bx, by) !== ownerOf(u)) return true
        const [was, is] = [today.of(bx, by, ax, ay), now.of(bx, by, ax, ay)]
        // Units that are not divided stay where they are, and are not among those of now.
        return was !== is && (is !== undefined || was === undefined || cells.ground.leaves[was]!.unitKind === 'general')
      }
      const old = matched[u]!
      const parts = polygons[u]!
      const before = old < 0 ? 1 : cells.ground.leaves[graph.leaves[old]!]!.polygons.length
      const place = this.islandIn(parts, before) ?? this.narrowIn(parts, isAsked)
      return place ? [{ unit: u, at: place }] : []
    })
  }

  private islandIn(parts: GridPolygons, before: number): Fault['at'] | null {
    if (parts.length <= Math.max(1, before)) return null
    // One in each part of the village is lawful.
    const land = this.land()
    const holders = parts.map((part) => land.findIndex((each) => sideOfPolygon(...labelPoint([part]), each) >= 0))
    if (parts.length <= new Set(holders.filter((holder) => holder >= 0)).size) return null
    const [smallest] = [...parts].sort((p, q) => area2(p[0]!) - area2(q[0]!))
    return [smallest![0]![0]!, smallest![0]![1]!]
  }

  private narrowIn(parts: GridPolygons, isAsked: (ax: number, ay: number, bx: number, by: number) => boolean): Fault['at'] | null {
    if (this.minWidth <= 0) return null
    for (const rings of parts) {
      const { areaM2, perimeterM } = shapeOf([rings])
      if ((2 * areaM2) / perimeterM < this.minWidth) {
        const { width, at } = widest(rings)
        if (width < this.minWidth) return at
      }
      const narrow = narrowest(rings, this.minWidth, isAsked)
      if (narrow) return narrow.at
    }
    return null
  }

  /** The whole village, by its parts. */
  private land(): GridPolygons {
    if (this.parts) return this.parts
    const { cells, graph, unitOf } = this
    const { leaves } = cells.ground
    const village = leaves[graph.leaves[0]!]!.village
    const own = Int32Array.from([...cells.leaf.keys()].filter((cell) => leaves[cells.leaf[cell]!]!.village === village))
    for (const cell of own) unitOf[cell] = 0
    const [parts] = this.outliner.outline(unitOf, 1, this.outliner.edgesAbout(own))
    for (const cell of own) unitOf[cell] = -1
    return (this.parts = parts!)
  }

  /** Edges about the village's cells, and who lies beside the borders of today. */
  private village(): { edges: Int32Array; today: Sides } {
    if (this.known) return this.known
    const { cells, graph } = this
    const edges = this.outliner.edgesAbout(graph.cells)
    const today = new Sides()
    const village = cells.ground.leaves[graph.leaves[0]!]!.village
    for (const [owner, leaf] of cells.ground.leaves.entries()) if (leaf.village === village) today.add(leaf.polygons, owner)
    return (this.known = { edges, today })
  }
}
