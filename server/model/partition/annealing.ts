/** Moves a division towards fewer points by giving single cells on borders to the unit across, warm at first, then colder. */
import type { Division } from './division.ts'
import type { Random } from './random.ts'

export interface Heat {
  steps: number
  /** Points that a step may lose at the start, on average; it cools to about 1/150 of that. */
  start: number
}

const STAGES = 48
const COOLING = 0.9

/** Leaves the division at the best that was met. Units in `fixed` neither lose nor gain. Each must be of one piece, and stays so. */
export function anneal(division: Division, { steps, start }: Heat, random: Random, fixed: Uint8Array): void {
  const { graph, label } = division
  const border = new BorderCells(division, fixed)
  let energy = division.energy
  let best = energy
  let bestLabel: Int32Array | null = null
  let atBest = true
  let heat = start
  const perStage = Math.max(1, Math.floor(steps / STAGES))
  for (let stage = 0; stage < STAGES; stage++) {
    for (let step = 0; step < perStage && border.count > 0; step++) {
      const c = border.cells[random.below(border.count)]!
      const b = unitAcross(division, c, random)
      const a = label[c]!
      if (b < 0 || division.size[a] === 1 || fixed[b]) continue
      const delta = division.deltaOf(c, b)
      if (delta > 0 && delta > heat * random.exponential()) continue
      if (!division.staysWhole(c)) continue
      if (delta > 0 && atBest) {
        bestLabel ??= new Int32Array(label.length)
        bestLabel.set(label)
        atBest = false
      }
      division.give(c, b)
      border.update(c)
      for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) border.update(graph.neighbour[i]!)
      energy += delta
      if (energy < best - 1e-9) {
        best = energy
        atBest = true
      }
    }
    heat *= COOLING
  }
  if (!atBest && bestLabel) division.set(bestLabel, division.count, division.matched)
}

/** A unit that c could go to: that of the first neighbour from a random one on that is another's. */
function unitAcross({ graph, label }: Division, c: number, random: Random): number {
  const first = graph.start[c]!
  const degree = graph.start[c + 1]! - first
  const from = random.below(degree)
  for (let i = 0; i < degree; i++) {
    const slot = first + ((from + i) % degree)
    const u = label[graph.neighbour[slot]!]!
    if (u !== label[c] && graph.joins[slot]) return u
  }
  return -1
}

/** Cells with a neighbour in another unit, neither in a fixed one, in a list that one can draw from. */
class BorderCells {
  readonly cells: Int32Array
  count = 0
  private readonly at: Int32Array
  private readonly division: Division
  private readonly fixed: Uint8Array

  constructor(division: Division, fixed: Uint8Array) {
    this.division = division
    this.fixed = fixed
    this.cells = new Int32Array(division.label.length)
    this.at = new Int32Array(division.label.length).fill(-1)
    for (let c = 0; c < this.at.length; c++) this.update(c)
  }

  update(c: number): void {
    const isIn = this.at[c]! >= 0
    if (this.isBorder(c) === isIn) return
    if (isIn) {
      const last = this.cells[--this.count]!
      this.cells[this.at[c]!] = last
      this.at[last] = this.at[c]!
      this.at[c] = -1
    } else {
      this.at[c] = this.count
      this.cells[this.count++] = c
    }
  }

  private isBorder(c: number): boolean {
    const { graph, label } = this.division
    const own = label[c]!
    if (this.fixed[own]) return false
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      const u = label[graph.neighbour[i]!]!
      if (u !== own && !this.fixed[u]) return true
    }
    return false
  }
}
