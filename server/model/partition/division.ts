/**
 * One way to divide a village: each cell's unit, and the sums that its worth is made of, kept up to date cell by cell.
 * Only sums, products and square roots of whole numbers, which every engine does alike.
 */
import type { CellGraph } from './cell-graph.ts'
import { Pieces } from './pieces.ts'
import type { Targets } from './redivision.ts'

/** Points lost; less is better. */
export interface Costs {
  /** For a unit out of range, and for each household by which it is. */
  outside: number
  perHousehold: number
  /** For half the range's width off its middle, squared. */
  balance: number
  /** For 1 of P²/4πA. */
  compactness: number
  /** For 100 households whose unit becomes another one. */
  moved: number
  /** For an old unit in range whose land changes. */
  touched: number
  /** For a kilometre of inner border, and how much of it a given line saves (0 … 1). */
  border: number
  alongSaves: number
  /** For a border between two buildings with no distance at all. */
  hamlets: number
}

const FOUR_PI_100 = 1256.6370614359173

export class Division {
  readonly graph: CellGraph
  readonly label: Int32Array
  /** Number of units; labels are below it. */
  count: number
  /** By unit: sums over its cells, their number, and what the unit costs by its households and its shape. */
  households = new Float64Array()
  area = new Float64Array()
  perimeter = new Float64Array()
  size = new Int32Array()
  private points = new Float64Array()
  /** Old leaf that each unit continues, or -1. */
  matched: number[] = []
  /** Cost of the borders between units, and households that change, both in whole. */
  cut = 0
  moved = 0
  /** By old leaf: cells that came or went. */
  readonly strayed: Int32Array
  readonly wasValid: Uint8Array
  readonly edgeCost: Float64Array
  readonly pieces: Pieces
  private readonly targets: Targets
  private readonly costs: Costs

  /** Starts as today. */
  constructor(graph: CellGraph, targets: Targets, costs: Costs) {
    this.graph = graph
    this.targets = targets
    this.costs = costs
    this.label = Int32Array.from(graph.old)
    this.count = graph.leaves.length
    this.matched = Array.from(graph.leaves.keys(), (leaf) => (graph.hasUnits ? leaf : -1))
    this.strayed = new Int32Array(graph.leaves.length)
    this.pieces = new Pieces(graph, this.label)
    this.edgeCost = graph.length.map((length, i) => {
      const border = (length - costs.alongSaves * graph.along[i]!) * (costs.border / 100_000)
      return border + (costs.hamlets * graph.close[i]!) / 60
    })
    const sums = new Float64Array(this.count)
    for (const [c, leaf] of graph.old.entries()) sums[leaf]! += graph.households[c]!
    this.wasValid = Uint8Array.from(sums, (sum) => (sum >= targets.min && sum <= targets.max ? 1 : 0))
    this.recount()
  }

  /** Takes over a division of the same graph. */
  set(label: Int32Array, count: number, matched: readonly number[]): void {
    this.label.set(label)
    this.count = count
    this.matched = [...matched]
    this.recount()
  }

  /** All sums anew from the labels. */
  recount(): void {
    const { graph, label, count } = this
    const households = (this.households = new Float64Array(count))
    const area = (this.area = new Float64Array(count))
    const perimeter = (this.perimeter = new Float64Array(count))
    const size = (this.size = new Int32Array(count))
    this.cut = 0
    for (let c = 0; c < label.length; c++) {
      const u = label[c]!
      households[u]! += graph.households[c]!
      area[u]! += graph.area[c]!
      size[u]!++
      perimeter[u]! += graph.perimeter[c]!
      for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
        const d = graph.neighbour[i]!
        if (label[d] === u) perimeter[u]! -= graph.length[i]!
        else if (d > c) this.cut += this.edgeCost[i]!
      }
    }
    this.points = area.map((m, u) => this.worth(households[u]!, m, perimeter[u]!))
    this.rematch(this.matched)
  }

  /** Says anew which old leaf each unit continues. */
  rematch(matched: readonly number[]): void {
    this.matched = [...matched]
    this.moved = 0
    this.strayed.fill(0)
    // Nobody has a unit yet that he could lose.
    if (!this.graph.hasUnits) return
    for (let c = 0; c < this.label.length; c++) {
      const [now, old] = [this.matched[this.label[c]!]!, this.graph.old[c]!]
      if (now === old) continue
      this.moved += this.graph.households[c]!
      this.strayed[old]!++
      if (now >= 0) this.strayed[now]!++
    }
  }

  /** Households by which units are out of range, all together. */
  get outside(): number {
    return this.households.reduce((sum, h) => sum + this.outsideBy(h), 0)
  }

  get energy(): number {
    let sum = this.cut + (this.moved * this.costs.moved) / 100
    for (const points of this.points) sum += points
    for (let o = 0; o < this.strayed.length; o++) if (this.strayed[o]! > 0 && this.wasValid[o]) sum += this.costs.touched
    return sum
  }

  outsideBy(households: number): number {
    const targets = this.targets
    return households < targets.min ? targets.min - households : households > targets.max ? households - targets.max : 0
  }

  private worth(households: number, area: number, perimeter: number): number {
    const costs = this.costs
    const off = this.outsideBy(households)
    const balance = (2 * households - this.targets.min - this.targets.max) / (this.targets.max - this.targets.min + 1)
    const rough = (perimeter * perimeter) / (FOUR_PI_100 * area)
    return (off > 0 ? costs.outside + costs.perHousehold * off : 0) + costs.balance * balance * balance + costs.compactness * rough
  }

  /** What giving cell c to unit b would add to the energy; no unit may be left without a cell. */
  deltaOf(c: number, b: number): number {
    const { graph, label, households, area, perimeter, points, edgeCost, costs } = this
    // The innermost of all loops: plain variables, no destructuring.
    const a = label[c]!
    const end = graph.start[c + 1]!
    let toA = 0
    let toB = 0
    let cut = 0
    for (let i = graph.start[c]!; i < end; i++) {
      const u = label[graph.neighbour[i]!]!
      if (u === a) {
        toA += graph.length[i]!
        cut += edgeCost[i]!
      } else if (u === b) {
        toB += graph.length[i]!
        cut -= edgeCost[i]!
      }
    }
    const h = graph.households[c]!
    const m = graph.area[c]!
    const p = graph.perimeter[c]!
    let delta = cut + this.worth(households[a]! - h, area[a]! - m, perimeter[a]! - p + 2 * toA)
    delta -= points[a]!
    delta += this.worth(households[b]! + h, area[b]! + m, perimeter[b]! + p - 2 * toB)
    delta -= points[b]!
    const old = graph.old[c]!
    const was = this.matched[a]!
    const will = this.matched[b]!
    const away = (will === old ? 0 : 1) - (was === old ? 0 : 1)
    delta += (h * away * costs.moved) / 100
    if (costs.touched > 0) {
      delta += this.touchDelta(old, away)
      if (was >= 0 && was !== old) delta += this.touchDelta(was, -1)
      if (will >= 0 && will !== old) delta += this.touchDelta(will, 1)
    }
    return delta
  }

  private touchDelta(old: number, change: number): number {
    if (!this.wasValid[old]) return 0
    const now = this.strayed[old]!
    return ((now + change > 0 ? 1 : 0) - (now > 0 ? 1 : 0)) * this.costs.touched
  }

  /** Gives cell c to unit b. */
  give(c: number, b: number): void {
    const { graph, label, households, area, perimeter, points, edgeCost, size } = this
    const a = label[c]!
    let toA = 0
    let toB = 0
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      const u = label[graph.neighbour[i]!]!
      if (u === a) {
        toA += graph.length[i]!
        this.cut += edgeCost[i]!
      } else if (u === b) {
        toB += graph.length[i]!
        this.cut -= edgeCost[i]!
      }
    }
    const h = graph.households[c]!
    const m = graph.area[c]!
    const p = graph.perimeter[c]!
    households[a]! -= h
    area[a]! -= m
    perimeter[a]! += 2 * toA - p
    size[a]!--
    households[b]! += h
    area[b]! += m
    perimeter[b]! += p - 2 * toB
    size[b]!++
    points[a] = this.worth(households[a]!, area[a]!, perimeter[a]!)
    points[b] = this.worth(households[b]!, area[b]!, perimeter[b]!)
    const old = graph.old[c]!
    const was = this.matched[a]!
    const will = this.matched[b]!
    const away = (will === old ? 0 : 1) - (was === old ? 0 : 1)
    this.moved += h * away
    this.strayed[old]! += away
    if (was >= 0 && was !== old) this.strayed[was]!--
    if (will >= 0 && will !== old) this.strayed[will]!++
    label[c] = b
  }
}
