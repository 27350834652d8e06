/** The search in one village: first any division in range, then better ones. Every round goes on from the best so far. */
import { anneal } from './annealing.ts'
import { possibleCounts, whyImpossible } from './bound.ts'
import type { CellGraph } from './cell-graph.ts'
import { mendPieces, reachCount, recombine } from './construction.ts'
import { type Costs, Division } from './division.ts'
import { matchUnits } from './matching.ts'
import { HEAT_FAR, HEAT_FIRST, type Schedule } from './presets.ts'
import { createRandom, type Random } from './random.ts'
import { mend } from './mending.ts'
import type { Impossible, Targets } from './redivision.ts'
import type { VillageShape } from './village-shape.ts'

export interface Plan {
  label: Int32Array
  count: number
  matched: number[]
  /** Households by which units are out of range, units of several pieces counted heavily; 0 is a division in range. */
  outside: number
  energy: number
  moved: number
}

export interface SearchRules {
  targets: Targets
  costs: Costs
  schedule: Schedule
  /** Only units out of range or in pieces, and those next to them, may change. */
  repair: boolean
  seed: number
}

/** After so many attempts it is given up; sooner where one building holds too many, so that no division is in range. */
const ATTEMPTS = 14
const ATTEMPTS_IN_VAIN = 2
const MOST_ESCAPES = 4
/** What lies farther off takes more steps. */
const FAR_STEPS = 4
const PIECE = 1000
/** After so many attempts in vain, units that were to stay may change, too. */
const SPARED = 8

export class VillageSearch {
  readonly graph: CellGraph
  readonly impossible: Impossible | null
  /** Indices of old leaves in several pieces. */
  readonly inPieces: number[]
  best: Plan
  readonly rules: SearchRules
  private readonly shape: VillageShape
  private readonly division: Division
  private readonly random: Random
  private readonly today: Plan
  private readonly counts: number[]
  private readonly fixedOld: Uint8Array
  private attempts = 0
  private rounds = 0

  constructor(graph: CellGraph, shape: VillageShape, rules: SearchRules, purpose: number) {
    this.graph = graph
    this.shape = shape
    this.rules = rules
    this.random = createRandom(rules.seed, purpose)
    this.division = new Division(graph, rules.targets, rules.costs)
    const total = graph.households.reduce((sum, h) => sum + h, 0)
    const largest = graph.households.reduce((most, h) => Math.max(most, h), 0)
    this.impossible = whyImpossible(total, largest, rules.targets)
    const today = graph.leaves.length
    this.counts = possibleCounts(total, rules.targets).sort((a, b) => Math.abs(a - today) - Math.abs(b - today) || a - b)
    const pieces = this.division.pieces.all().unit
    const isInPieces = (u: number): boolean => pieces.filter((unit) => unit === u).length > 1
    this.inPieces = graph.hasUnits ? [...graph.leaves.keys()].filter(isInPieces) : []
    this.fixedOld = this.sparedToday()
    this.today = this.planOf()
    this.best = this.today
  }

  /** By old leaf: cells that came or went in the best plan. */
  strayedCells(): Int32Array {
    this.division.set(this.best.label, this.best.count, this.best.matched)
    return this.division.strayed.slice()
  }

  /** No division came out for a village without units: it is left as it is. */
  get isLeftWhole(): boolean {
    return !this.graph.hasUnits && this.best === this.today && !this.solved
  }

  get solved(): boolean {
    return this.best.outside === 0
  }

  /** Whether numbers alone leave anything to look for. */
  get hopeless(): boolean {
    return this.counts.length === 0 || this.graph.cells.length === 0
  }

  /** One more attempt at a division in range. True when there is one, or when it is given up. */
  attempt(): boolean {
    const most = this.impossible ? ATTEMPTS_IN_VAIN : ATTEMPTS
    if (this.hopeless || this.solved || this.attempts >= most) return true
    const n = this.attempts++
    // Each number of units is looked for near today's borders first, then farther off.
    const wanted = this.counts[(n >> 1) % Math.min(this.counts.length, 4)]!
    const isFar = n % 2 === 1
    this.startWith(wanted, n < SPARED)
    const heat = isFar ? HEAT_FAR : HEAT_FIRST
    const steps = this.rules.schedule.firstSteps * Math.min(4, 1 + (n >> 2)) * (isFar ? FAR_STEPS : 1)
    this.cool(steps, heat, n < SPARED)
    for (let escape = 0; escape < Math.min(n, MOST_ESCAPES) && this.division.outside > 0; escape++) {
      if (recombine(this.division, this.fixedNow(n < SPARED), this.random)) this.cool(steps, heat / 2, n < SPARED)
    }
    this.keepBetter(n < SPARED)
    return this.solved || this.attempts >= most
  }

  /** One more round of looking for a better one. True when it was the last. */
  improve(): boolean {
    const { rounds, roundSteps, heat, heatAgain } = this.rules.schedule
    if (this.isSettled || this.rounds >= rounds) return true
    const round = this.rounds++
    const spare = this.attempts <= SPARED
    // Every third round tries another number of units, or today's borders once more.
    if (round % 3 === 2) {
      const others = this.counts.slice(0, 3)
      this.startWith(others[Math.floor(round / 3) % others.length]!, spare)
      this.cool(roundSteps, heatAgain, spare)
    } else {
      this.division.set(this.best.label, this.best.count, this.best.matched)
      if (round % 3 === 1) recombine(this.division, this.fixedNow(spare), this.random)
      this.cool(roundSteps, round % 3 === 1 ? HEAT_FIRST / 2 : heat, spare)
    }
    this.keepBetter(spare)
    return this.rounds >= rounds
  }

  /** Nothing is to be improved: no division, one unit only, or nothing to repair. */
  private get isSettled(): boolean {
    if (this.hopeless) return true
    if (this.rules.repair && this.best === this.today && this.solved) return true
    return this.best.count === 1 && this.counts.length === 1
  }

  private startWith(wanted: number, spare: boolean): void {
    const { division, random } = this
    const { min, max } = this.rules.targets
    division.set(this.today.label, this.today.count, this.today.matched)
    mendPieces(division)
    const isFixed = (u: number): boolean => this.fixedNow(spare)[u] === 1
    if (!reachCount(division, wanted, (min + max) / 2, isFixed, random)) reachCount(division, wanted, (min + max) / 2, () => false, random)
    division.rematch(matchUnits(division))
  }

  /** So many steps for each cell that may change hands. */
  private cool(stepsEach: number, start: number, spare: boolean): void {
    const fixed = this.fixedNow(spare)
    let loose = 0
    for (const [u, size] of this.division.size.entries()) if (!fixed[u]) loose += size
    anneal(this.division, { steps: stepsEach * loose, start }, this.random, fixed)
    this.division.rematch(matchUnits(this.division))
  }

  /** Only what no check of a plan finds fault with is kept. */
  private keepBetter(spare: boolean): void {
    if (!this.isBetter(this.planOf())) return
    if (!mend(this.division, this.shape, this.fixedNow(spare))) return
    const { matched } = this.division
    this.division.rematch(matchUnits(this.division))
    const plan = this.planOf()
    if (!this.isBetter(plan)) return
    // Whom a unit continues says which of its borders are new.
    const isAlike = plan.matched.every((old, u) => old === matched[u])
    if (isAlike || this.shape.faultsOf(this.division).length === 0) this.best = plan
  }

  private isBetter({ outside, energy }: Plan): boolean {
    return outside < this.best.outside || (outside === this.best.outside && energy < this.best.energy - 1e-9)
  }

  private planOf(): Plan {
    const { division } = this
    const extra = division.pieces.all().unit.length - division.count
    const outside = division.outside + PIECE * extra
    const { count, matched, energy, moved } = division
    return { label: division.label.slice(), count, matched: [...matched], outside, energy, moved }
  }

  /** Old leaves that a repair leaves alone: in range and of one piece, as are all their neighbours. */
  private sparedToday(): Uint8Array {
    const { division, graph } = this
    const spared = new Uint8Array(graph.leaves.length)
    if (!this.rules.repair) return spared
    const isBad = (u: number): boolean => division.outsideBy(division.households[u]!) > 0 || this.inPieces.includes(u)
    for (let u = 0; u < spared.length; u++) spared[u] = isBad(u) ? 0 : 1
    for (let c = 0; c < graph.cells.length; c++) {
      if (!isBad(graph.old[c]!)) continue
      for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) spared[graph.old[graph.neighbour[i]!]!] = 0
    }
    return spared
  }

  private fixedNow(spare: boolean): Uint8Array {
    return Uint8Array.from(this.division.matched, (old) => (spare && old >= 0 ? this.fixedOld[old]! : 0))
  }
}
