/** Moves a division towards fewer points by giving single cells on borders to the unit across, warm at first, then colder. */
import type { Division } from './division.ts'
import type { Random } from './random.ts'

export interface Heat {
  steps: number
  /** Points that a step may lose at the start, on average; it cools to `COLDEST`. */
  start: number
}

const COOLING = 0.9
const COLDEST = 0.01

/** Leaves the division at the best that was met. Units in `fixed` neither lose nor gain. Each must be of one piece, and stays so. */
export function anneal(division: Division, { steps, start }: Heat, random: Random, fixed: Uint8Array): void {
  const { label } = division
  const border = new BorderCells(division, fixed)
  let energy = division.energy
  let best = energy
  let bestLabel: Int32Array | null = null
  let atBest = true
  let heat = start
  let stages = 1
  for (let h = start * COOLING; h > COLDEST; h *= COOLING) stages++
  const perStage = Math.max(1, Math.floor(steps / stages))
  for (let stage = 0; stage < stages; stage++) {
    for (let step = 0; step < perStage && border.count > 0; step++) {
      const c = border.cells[random.below(border.count)]!
      const b = unitAcross(division, c, random)
      const a = label[c]!
      if (b < 0 || division.size[a] === 1 || fixed[b]) continue
      const delta = division.deltaOf(c, b)
      if (delta > 0 && delta > heat * random.exponential()) continue
      if (!division.pieces.staysWhole(c)) continue
      if (delta > 0 && atBest) {
        bestLabel ??= new Int32Array(label.length)
        bestLabel.set(label)
        atBest = false
      }
      division.give(c, b)
      border.noteGiven(c, a, b)
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
  /** By cell: neighbours in other units, none of them fixed. */
  private readonly across: Int32Array
  private readonly division: Division
  private readonly fixed: Uint8Array

  constructor(division: Division, fixed: Uint8Array) {
    const size = division.label.length
    this.division = division
    this.fixed = fixed
    this.cells = new Int32Array(size)
    this.at = new Int32Array(size).fill(-1)
    this.across = new Int32Array(size)
    for (let c = 0; c < size; c++) this.recount(c)
  }

  /** Cell c went from unit a to b, neither of them fixed. */
  noteGiven(c: number, a: number, b: number): void {
    const { graph, label } = this.division
    const { across } = this
    this.recount(c)
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      const d = graph.neighbour[i]!
      const u = label[d]!
      if (u === a) {
        if (++across[d]! === 1) this.list(d)
      } else if (u === b && --across[d]! === 0) this.unlist(d)
    }
  }

  private recount(c: number): void {
    const { graph, label } = this.division
    const own = label[c]!
    if (this.fixed[own]) return
    let across = 0
    for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
      const u = label[graph.neighbour[i]!]!
      if (u !== own && !this.fixed[u]) across++
    }
    this.across[c] = across
    if (across > 0) this.list(c)
    else this.unlist(c)
  }

  private list(c: number): void {
    if (this.at[c]! >= 0) return
    this.at[c] = this.count
    this.cells[this.count++] = c
  }

  private unlist(c: number): void {
    const at = this.at[c]!
    if (at < 0) return
    const last = this.cells[--this.count]!
    this.cells[at] = last
    this.at[last] = at
    this.at[c] = -1
  }
}
