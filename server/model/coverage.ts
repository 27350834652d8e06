/**
 * The leaves of a county as one arc topology that can be changed. A shared border is one arc: whoever changes it changes both
 * neighbours. It changes only by differences, so that undo is the reverse difference and gives back the same numbers.
 * Coordinates are integers of 1e-7 degree; land lies on an arc's `left` and `right`.
 */
import RBush from 'rbush'
import { levelOf, parentOf } from './code.ts'
import { type Arc, type CutGrid, type Difference, gridOf, type Leaf } from './difference.ts'
import { sideOfPolygon } from './exact.ts'
import type { GridPolygons } from './rings.ts'
import { atOnce, type Steps } from './steps.ts'
import { closeRings } from './arc-rings.ts'
import { Vertices } from './vertices.ts'
import type { Topology } from './topology.ts'

export type GridBox = [minX: number, minY: number, maxX: number, maxY: number]

interface Boxed {
  minX: number
  minY: number
  maxX: number
  maxY: number
  arc: Arc
}

/** A vertex of an arc: `index` counts points, not numbers. */
export interface OnArc {
  arc: Arc
  index: number
}

export class Coverage {
  private readonly byLeaf = new Map<string, Set<Arc>>()
  private readonly arcById = new Map<number, Arc>()
  private readonly leafById = new Map<string, Leaf>()
  private readonly gridById = new Map<string, CutGrid>()
  private readonly byGrid = new Map<string, Set<string>>()
  private readonly boxes = new Map<Arc, Boxed>()
  private readonly tree = new RBush<Boxed>()
  /** Arcs that end at a node; a closed arc stands once. */
  private readonly points = new Vertices()
  private readonly atNode = new Map<number, Set<Arc>>()
  private readonly shapes = new Map<string, GridPolygons>()
  private lastArc = 0

  /**
   * Builds from leaves and arcs; the arcs' ids are kept. `above` may hold any units above the leaves: the grids among them that are
   * cut into micro-grids are kept. Throws a RangeError on an arc of an unknown leaf.
   */
  constructor(leaves: Iterable<Leaf>, arcs: readonly Arc[], above: Iterable<Above> = []) {
    for (const leaf of leaves) {
      this.enterLeaf(leaf)
      this.byLeaf.set(leaf.id, new Set())
    }
    const facts = new Map([...above].map((each) => [each.id, each]))
    for (const id of this.byGrid.keys()) this.gridById.set(id, factsOf(facts.get(id) ?? unnamedGrid(id)))
    const boxes: Boxed[] = []
    for (const arc of arcs) boxes.push(this.enter(arc))
    this.tree.load(boxes)
  }

  get leaves(): ReadonlyMap<string, Leaf> {
    return this.leafById
  }

  /** Grids that are cut into micro-grids, by id. */
  get grids(): ReadonlyMap<string, CutGrid> {
    return this.gridById
  }

  /** Ids of a cut grid's micro-grids. */
  leavesOfGrid(gridId: string): ReadonlySet<string> {
    return this.byGrid.get(gridId) ?? new Set()
  }

  get arcs(): ReadonlyMap<number, Arc> {
    return this.arcById
  }

  /** The highest arc id ever given out, so that new ones follow it. */
  get lastArcId(): number {
    return this.lastArc
  }

  /** All arcs with the leaf on one side; an arc that has it on both is not among what `polygonsOf` closes. */
  arcsOf(leafId: string): ReadonlySet<Arc> {
    return this.byLeaf.get(leafId) ?? new Set()
  }

  /** The leaf's polygons, canonical and on the grid. Kept until a difference touches the leaf. */
  polygonsOf(leafId: string): GridPolygons {
    let polygons = this.shapes.get(leafId)
    if (!polygons) {
      polygons = closeRings([...this.arcsOf(leafId)], (id) => id === leafId)
      this.shapes.set(leafId, polygons)
    }
    return polygons
  }

  /** Exact union of leaves. */
  union(leafIds: ReadonlySet<string>): GridPolygons {
    const arcs = new Set<Arc>()
    for (const id of leafIds) for (const arc of this.arcsOf(id)) arcs.add(arc)
    return closeRings([...arcs], (id) => leafIds.has(id))
  }

  /** Arcs whose box meets the given one. */
  search([minX, minY, maxX, maxY]: GridBox): Arc[] {
    return this.tree.search({ minX, minY, maxX, maxY }).map(({ arc }) => arc)
  }

  /** Arcs that end at the point; a closed arc stands once. Empty when no arc does. */
  arcsAtNode(x: number, y: number): Arc[] {
    return [...(this.atNode.get(this.points.find(x, y)) ?? [])]
  }

  /** Where arcs have a vertex at the point: every end of an arc there, or the one arc that passes. */
  vertexAt(x: number, y: number): OnArc[] {
    const found: OnArc[] = []
    for (const arc of this.search([x, y, x, y])) {
      const { points } = arc
      for (let i = 0; i < points.length; i += 2) if (points[i] === x && points[i + 1] === y) found.push({ arc, index: i / 2 })
    }
    return found
  }

  /** The arc that holds the edge between two neighbouring vertices, in either direction; `index` is of the edge's first point. */
  edgeAt(ax: number, ay: number, bx: number, by: number): OnArc | null {
    for (const arc of this.search([Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)])) {
      const { points: p } = arc
      for (let i = 0; i + 3 < p.length; i += 2) {
        const forward = p[i] === ax && p[i + 1] === ay && p[i + 2] === bx && p[i + 3] === by
        const backward = p[i] === bx && p[i + 1] === by && p[i + 2] === ax && p[i + 3] === ay
        if (forward || backward) return { arc, index: i / 2 }
      }
    }
    return null
  }

  /** The leaf that holds the point; on a border the lowest id of those that share it. Null outside. */
  leafAt(x: number, y: number): string | null {
    // Whoever goes due east leaves the point's leaf over one of its arcs.
    const met = new Set<string>()
    for (const { left, right } of this.search([x, y, Infinity, y])) for (const id of [left, right]) if (id !== null) met.add(id)
    return [...met].sort().find((id) => this.polygonsOf(id).some((rings) => sideOfPolygon(x, y, rings) >= 0)) ?? null
  }

  /** Ids of the leaves across the borders of a leaf. */
  neighboursOf(leafId: string): Set<string> {
    const found = new Set<string>()
    for (const { left, right } of this.arcsOf(leafId)) {
      if (left !== null && left !== leafId) found.add(left)
      if (right !== null && right !== leafId) found.add(right)
    }
    return found
  }

  /** Puts a difference into effect. Throws a RangeError when what it removes is not there: it belongs to another state. */
  apply(difference: Difference): void {
    atOnce(this.applying(difference))
  }

  /** As `apply`, with breaks: until the end the coverage is neither the one state nor the other, and nobody may look at it. */
  *applying({ arcs, leaves, grids }: Difference): Steps<void> {
    for (const { id } of arcs.removed) if (!this.arcById.has(id)) throw new RangeError(`no arc ${id} to remove`)
    for (const { id } of leaves.removed) if (!this.leafById.has(id)) throw new RangeError(`no leaf ${id} to remove`)
    for (const { id } of grids?.removed ?? []) if (!this.gridById.has(id)) throw new RangeError(`no grid ${id} to remove`)
    for (const { id } of arcs.removed) {
      this.leave(this.arcById.get(id)!)
      yield
    }
    for (const { id } of leaves.removed) this.leaveLeaf(this.leafById.get(id)!)
    for (const { id } of grids?.removed ?? []) this.gridById.delete(id)
    for (const grid of grids?.added ?? []) this.gridById.set(grid.id, grid)
    for (const leaf of leaves.added) {
      this.enterLeaf(leaf)
      if (!this.byLeaf.has(leaf.id)) this.byLeaf.set(leaf.id, new Set())
    }
    for (const arc of arcs.added) {
      this.tree.insert(this.enter(arc))
      yield
    }
    for (const { id } of leaves.removed) if (!this.leafById.has(id)) this.byLeaf.delete(id)
  }

  private enterLeaf(leaf: Leaf): void {
    this.leafById.set(leaf.id, leaf)
    const grid = gridOf(leaf)
    if (grid === null) return
    const known = this.byGrid.get(grid)
    if (known) known.add(leaf.id)
    else this.byGrid.set(grid, new Set([leaf.id]))
  }

  private leaveLeaf(leaf: Leaf): void {
    this.leafById.delete(leaf.id)
    const grid = gridOf(leaf)
    const known = grid === null ? undefined : this.byGrid.get(grid)
    known?.delete(leaf.id)
    if (known?.size === 0) this.byGrid.delete(grid!)
  }

  private enter(arc: Arc): Boxed {
    for (const id of [arc.left, arc.right]) {
      if (id === null) continue
      const known = this.byLeaf.get(id)
      if (!known) throw new RangeError(`arc ${arc.id} borders on ${id}, which is no leaf`)
      known.add(arc)
      this.shapes.delete(id)
    }
    this.arcById.set(arc.id, arc)
    this.lastArc = Math.max(this.lastArc, arc.id)
    for (const node of this.endsOf(arc)) {
      const known = this.atNode.get(node)
      if (known) known.add(arc)
      else this.atNode.set(node, new Set([arc]))
    }
    const boxed = boxOf(arc)
    this.boxes.set(arc, boxed)
    return boxed
  }

  private leave(arc: Arc): void {
    for (const id of [arc.left, arc.right]) {
      if (id === null) continue
      this.byLeaf.get(id)?.delete(arc)
      this.shapes.delete(id)
    }
    this.arcById.delete(arc.id)
    for (const node of this.endsOf(arc)) {
      const known = this.atNode.get(node)
      known?.delete(arc)
      if (known?.size === 0) this.atNode.delete(node)
    }
    this.tree.remove(this.boxes.get(arc)!)
    this.boxes.delete(arc)
  }

  private endsOf({ points: p }: Arc): [number, number] {
    return [this.points.add(p[0]!, p[1]!), this.points.add(p.at(-2)!, p.at(-1)!)]
  }
}

/** A unit above the leaves; a county has nothing above it. */
export type Above = Omit<CutGrid, 'renumber' | 'parentCode' | 'grid'> & { parentCode: string | null; renumber?: boolean }

const factsOf = ({ id, code, parentCode, level, unitKind, name, nameEn, renumber = false }: Above): CutGrid => ({
  ...{ id, code, parentCode: parentCode ?? '', level, unitKind, name, nameEn, renumber },
})

/** What is known of a grid that nobody has told anything of. */
function unnamedGrid(id: string): Above {
  const code = levelOf(id) === 'grid' ? id : null
  return { id, code, parentCode: code && parentOf(code), level: 'grid', unitKind: 'general', name: id, nameEn: null }
}

/** The coverage of a topology whose ids are those of the leaves. Arc ids count from 1 in the topology's order; `above` as in the constructor. */
export function coverageOf(topology: Topology, leaves: Iterable<Leaf>, above: Iterable<Above> = []): Coverage {
  const { arcs, left, right, x, y, ids } = topology
  const lines = arcs.map((line, index): Arc => {
    const points = new Int32Array(line.length * 2)
    for (const [i, vertex] of line.entries()) points.set([x[vertex]!, y[vertex]!], 2 * i)
    return { id: index + 1, points, left: ids[left[index]!] ?? null, right: ids[right[index]!] ?? null }
  })
  return new Coverage(leaves, lines, above)
}

/** True when the arc has no end: an island or an enclave. */
export const isClosed = ({ points: p }: Arc): boolean => p[0] === p.at(-2) && p[1] === p.at(-1)

function boxOf(arc: Arc): Boxed {
  const boxed = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity, arc }
  const { points } = arc
  for (let i = 0; i < points.length; i += 2) {
    boxed.minX = Math.min(boxed.minX, points[i]!)
    boxed.maxX = Math.max(boxed.maxX, points[i]!)
    boxed.minY = Math.min(boxed.minY, points[i + 1]!)
    boxed.maxY = Math.max(boxed.maxY, points[i + 1]!)
  }
  return boxed
}
