/**
 * Which leaf holds each building, and what each leaf holds: households, residents, buildings. Made once; afterwards it follows
 * differences and looks only at buildings in the land that they sweep, so it can be asked at every move of a pointer. Exact: a
 * building on a border belongs to the lowest leaf id there, as `locate.ts` and the database have it.
 */
import type { Buildings } from './buildings.ts'
import type { Coverage, GridBox } from './coverage.ts'
import { type Arc, type Difference, touched } from './difference.ts'
import { onSegment, orient } from './exact.ts'
import { bboxOf } from './rings.ts'
import { sideIndex } from './side-index.ts'
import { atOnce, type Steps } from './steps.ts'
import { boxOfPoints, eachEdge, join, type Swept, sweeping } from './swept.ts'

export interface Figures {
  households: number
  residents: number
  buildings: number
}

/** What changes hands; null is outside the county's land. */
export interface Moved extends Figures {
  from: string | null
  to: string | null
}

export interface Shift {
  /** What each leaf gained (positive) and lost; leaves that gained nothing on balance stand here when they exchanged something. */
  leaves: Map<string, Figures>
  moved: Moved[]
}

const OUTSIDE = 0
/** With more changed edges than this, asking every polygon is quicker than asking every edge. */
const MANY_EDGES = 400

export class Balance {
  private readonly coverage: Coverage
  readonly buildings: Buildings
  /** Leaf ids by slot; slot 0 is outside. A leaf keeps its slot when it goes, and has it again when it comes back. */
  private readonly ids: (string | null)[] = [null]
  private readonly slots = new Map<string, number>()
  private readonly sums: Figures[] = [nothing()]
  private readonly owner: Int32Array
  /** 1 where a building lies exactly on a border. */
  private readonly onBorder: Uint8Array

  constructor(coverage: Coverage, buildings: Buildings) {
    this.coverage = coverage
    this.buildings = buildings
    this.owner = new Int32Array(buildings.length)
    this.onBorder = new Uint8Array(buildings.length)
    atOnce(this.claim(coverage.leaves.keys(), (building, slot) => void (this.owner[building] ||= slot)))
    for (let building = 0; building < buildings.length; building++) this.add(this.sums[this.owner[building]!]!, building, 1)
  }

  /** What the leaf holds; `null` asks for what no leaf holds. Zeros for a leaf that is not there. */
  of(leafId: string | null): Readonly<Figures> {
    return this.sums[leafId === null ? OUTSIDE : (this.slots.get(leafId) ?? -1)] ?? nothing()
  }

  /** The leaf that holds the building, or null. */
  ownerOf(building: number): string | null {
    return this.ids[this.owner[building]!]!
  }

  /** Brings the figures to the coverage's state. Call it after every `coverage.apply(difference)`, with the same difference. */
  follow(difference: Difference): Shift {
    return atOnce(this.following(difference))
  }

  /** As `follow`, with breaks: until the end the figures are of neither state. */
  *following(difference: Difference): Steps<Shift> {
    const swept = yield* sweeping(difference)
    yield
    const edges = this.edgesOf(swept)
    yield
    const candidates = new Set(swept.boxes.flatMap((box) => this.buildings.within(box)))
    yield
    const next = edges.length > MANY_EDGES * EDGE ? yield* this.byPolygons(candidates, difference) : this.byEdges(candidates, edges)
    const moved = new Map<number, Moved>()
    for (const [building, slot] of next) {
      const old = this.owner[building]!
      if (old === slot) continue
      this.owner[building] = slot
      this.add(this.sums[old]!, building, -1)
      this.add(this.sums[slot]!, building, 1)
      const key = old * this.ids.length + slot
      if (!moved.has(key)) moved.set(key, { from: this.ids[old]!, to: this.ids[slot]!, ...nothing() })
      this.add(moved.get(key)!, building, 1)
    }
    return { leaves: sumUp(moved.values()), moved: [...moved.values()] }
  }

  /** Changed edges as flat [ax, ay, bx, by, slot on the left, slot on the right, 1 added or -1 removed]. */
  private edgesOf({ removed, added }: Swept): Float64Array {
    const flat: number[] = []
    const push = (sign: number) => (arc: { left: string | null; right: string | null }, ax: number, ay: number, bx: number, by: number) =>
      flat.push(ax, ay, bx, by, this.slotOf(arc.left), this.slotOf(arc.right), sign)
    eachEdge(removed, push(-1))
    eachEdge(added, push(1))
    return Float64Array.from(flat)
  }

  /**
   * A leaf holds a point when a ray due east crosses one more edge with the leaf on its near side than on its far side. Edges that
   * did not change count the same before and after, so the changed ones alone say who lost the point and who has it now.
   */
  private byEdges(candidates: Iterable<number>, edges: Float64Array): [building: number, slot: number][] {
    const { x, y } = this.buildings.columns
    const next: [number, number][] = []
    const tally = new Map<number, number>()
    for (const building of candidates) {
      const [px, py] = [x[building]!, y[building]!]
      tally.clear()
      let touches = this.onBorder[building] === 1
      for (let e = 0; e < edges.length && !touches; e += EDGE) {
        const [ax, ay, bx, by] = [edges[e]!, edges[e + 1]!, edges[e + 2]!, edges[e + 3]!]
        const crossing = crossesRay(px, py, ax, ay, bx, by)
        if (crossing === ON) touches = true
        else if (crossing !== 0) count(tally, edges[e + 4]!, edges[e + 5]!, crossing * edges[e + 6]!)
      }
      if (touches) next.push([building, this.locate(building)])
      else {
        let slot = this.owner[building]!
        for (const [gainer, times] of tally) if (times > 0) slot = gainer
        next.push([building, slot])
      }
    }
    return next
  }

  /** As `byEdges`, by asking the polygons of all touched leaves. */
  private *byPolygons(candidates: Iterable<number>, difference: Difference): Steps<[building: number, slot: number][]> {
    const leafIds = touched(difference)
    const claimed = new Int32Array(this.buildings.length)
    const isOpen = new Set([...leafIds].map((id) => this.slotOf(id)).concat(OUTSIDE))
    const there = [...leafIds].filter((id) => this.coverage.leaves.has(id))
    yield* this.claim(there, (building, slot) => void (claimed[building] ||= slot))
    const next: [building: number, slot: number][] = []
    for (const building of candidates) {
      const owner = this.owner[building]!
      next.push([building, this.onBorder[building] ? this.locate(building) : isOpen.has(owner) ? claimed[building]! : owner])
      yield
    }
    return next
  }

  /** Calls for each building that a leaf's closed land holds, lowest leaf first, and marks those on its border. */
  private *claim(leafIds: Iterable<string>, take: (building: number, slot: number) => void): Steps<void> {
    const { x, y } = this.buildings.columns
    for (const id of [...leafIds].sort()) {
      yield
      // Closing rings costs more than looking whether anybody lives near.
      if (this.buildings.within(boxOfArcs(this.coverage.arcsOf(id))).length === 0) continue
      const slot = this.slotOf(id)
      for (const rings of this.coverage.polygonsOf(id)) {
        yield
        const sideOf = sideIndex(rings)
        yield
        for (const building of this.buildings.within(bboxOf([rings]))) {
          yield
          const side = sideOf(x[building]!, y[building]!)
          if (side === 0) this.onBorder[building] = 1
          if (side >= 0) take(building, slot)
        }
      }
    }
  }

  /** The slot of the leaf that holds a building, from the coverage alone; notes whether it lies on a border. */
  private locate(building: number): number {
    const { x, y } = this.buildings.columns
    const [px, py] = [x[building]!, y[building]!]
    const tally = new Map<number, number>()
    const beside: string[] = []
    for (const { points: p, left, right } of this.coverage.search([px, py, Infinity, py])) {
      for (let i = 0; i + 3 < p.length; i += 2) {
        const crossing = crossesRay(px, py, p[i]!, p[i + 1]!, p[i + 2]!, p[i + 3]!)
        if (crossing === ON) beside.push(...[left, right].filter((id) => id !== null))
        else if (crossing !== 0) count(tally, this.slotOf(left), this.slotOf(right), crossing)
      }
    }
    this.onBorder[building] = beside.length > 0 ? 1 : 0
    if (beside.length > 0) return this.slotOf(beside.sort()[0]!)
    for (const [slot, times] of tally) if (times > 0) return slot
    return OUTSIDE
  }

  private slotOf(id: string | null): number {
    if (id === null) return OUTSIDE
    let slot = this.slots.get(id)
    if (slot === undefined) {
      slot = this.ids.length
      this.slots.set(id, slot)
      this.ids.push(id)
      this.sums.push(nothing())
    }
    return slot
  }

  private add(figures: Figures, building: number, sign: 1 | -1): void {
    figures.households += sign * this.buildings.columns.households[building]!
    figures.residents += sign * this.buildings.columns.residents[building]!
    figures.buildings += sign
  }
}

/** Numbers per edge in `edgesOf`. */
const EDGE = 7
const ON = 2

/** Does the ray from p due east cross the edge? 1 upward, -1 downward, 0 not; ON when p lies on the edge. */
function crossesRay(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  if (ay <= py === by <= py) return (ay === py || by === py) && onSegment(px, py, ax, ay, bx, by) ? ON : 0
  const turn = orient(ax, ay, bx, by, px, py)
  if (turn === 0) return ON
  if (ay <= py) return turn > 0 ? 1 : 0
  return turn < 0 ? -1 : 0
}

/** Going east out of a leaf over an upward edge, one leaves what is on its left. */
function count(tally: Map<number, number>, left: number, right: number, times: number): void {
  if (left === right) return
  tally.set(left, (tally.get(left) ?? 0) + times)
  tally.set(right, (tally.get(right) ?? 0) - times)
}

function boxOfArcs(arcs: Iterable<Arc>): GridBox {
  const boxes = [...arcs].map(({ points }) => boxOfPoints(points))
  return boxes.length > 0 ? boxes.reduce(join) : [1, 1, 0, 0]
}

const nothing = (): Figures => ({ households: 0, residents: 0, buildings: 0 })

function sumUp(moved: Iterable<Moved>): Map<string, Figures> {
  const leaves = new Map<string, Figures>()
  for (const { from, to, households, residents, buildings } of moved) {
    for (const [id, sign] of [
      [from, -1],
      [to, 1],
    ] as const) {
      // prettier-ignore
      if (id === null) continue
      const known = leaves.get(id) ?? nothing()
      known.households += sign * households
      known.residents += sign * residents
      known.buildings += sign * buildings
      leaves.set(id, known)
    }
  }
  return leaves
}
