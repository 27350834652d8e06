/**
 * Divides villages anew: each a search of its own, taken in turns, so that the whole has a plan early and gets better everywhere.
 *
 *   const ground = prepare(input)                       // once for a set of villages and buildings
 *   const run = new Redivision(ground, { preset: 'repair', seed: 1 })
 *   while (run.step().phase !== 'done') …               // a few milliseconds each
 *   run.proposal()                                      // the best so far, at any time
 */
import { buildGraphs, type CellGraph } from './cell-graph.ts'
import { buildCells, type Cells } from './cells.ts'
import { figuresOf, sampleOf, type Sample } from './figures.ts'
import { Outliner } from './outline.ts'
import { costsOf, scheduleOf } from './presets.ts'
import type { Impossible, Progress, Proposal, ProposedUnit, RedivisionInput, RedivisionOptions, VillageProposal } from './redivision.ts'
import { VillageSearch } from './village-search.ts'
import { VillageShape } from './village-shape.ts'
import { nearestDivision } from './bound.ts'
import type { GridPolygons } from '../rings.ts'

export interface Prepared {
  input: RedivisionInput
  cells: Cells
  graphs: CellGraph[]
  outliner: Outliner
}

/** Lays the ground of a re-division; all runs over the same input can share it. Throws a RangeError without any leaf. */
export function prepare(input: RedivisionInput): Prepared {
  const { min, max } = input.targets
  if (!(Number.isInteger(min) && Number.isInteger(max) && min >= 1 && max >= min)) throw new RangeError(`targets from ${min} to ${max}`)
  const cells = buildCells(input)
  return {
    input,
    cells,
    graphs: buildGraphs(cells, input.villages, min),
    outliner: new Outliner(cells, input.clearance ?? CLEARANCE),
  }
}

/** Metres. */
const MIN_WIDTH = 10
const CLEARANCE = 4

export class Redivision {
  private readonly prepared: Prepared
  private readonly searches: VillageSearch[]
  private open: VillageSearch[]
  private at = 0
  private isFirst = true
  private done = 0
  private readonly total: number

  constructor(prepared: Prepared, options: RedivisionOptions) {
    this.prepared = prepared
    const { preset, seed = 1 } = options
    const rules = {
      targets: prepared.input.targets,
      costs: costsOf(options),
      schedule: scheduleOf(options),
      repair: preset === 'repair',
      seed,
    }
    const { input, cells, graphs, outliner } = prepared
    const unitOf = new Int32Array(cells.count).fill(-1)
    this.searches = graphs.map((graph, village) => {
      const shape = new VillageShape(graph, cells, outliner, unitOf, input.minWidth ?? MIN_WIDTH)
      return new VillageSearch(graph, shape, rules, village)
    })
    this.open = [...this.searches]
    this.total = this.searches.length * (rules.schedule.rounds + 1)
  }

  /** One attempt or one round in one village. */
  step(): Progress {
    const search = this.open[this.at]
    if (search) {
      const isLast = this.isFirst ? search.attempt() : search.improve()
      if (isLast) this.open.splice(this.at, 1)
      else this.at++
      if (!this.isFirst || isLast) this.done++
    }
    if (this.at >= this.open.length) this.at = 0
    if (this.open.length === 0 && this.isFirst) {
      this.isFirst = false
      this.open = [...this.searches]
      return this.progress('first')
    }
    return this.progress(this.open.length === 0 ? 'done' : this.isFirst ? 'cells' : 'better')
  }

  private progress(phase: Progress['phase']): Progress {
    const count = (holds: (search: VillageSearch) => boolean): number => this.searches.filter(holds).length
    return {
      phase,
      share: phase === 'done' ? 1 : Math.min(0.99, this.done / this.total),
      solved: count(({ solved }) => solved),
      solvable: count(({ impossible }) => impossible === null),
      moved: this.searches.reduce((sum, { best }) => sum + best.moved, 0),
    }
  }

  /** The best so far. Where no division in range was met, what comes nearest among those that were. */
  proposal(): Proposal {
    const { cells, input, outliner } = this.prepared
    const { unitOf, firstUnit, count } = this.numberUnits()
    const polygons = outliner.outline(unitOf, count)
    const frozen = this.frozenUnits(unitOf, polygons)
    const samples: Sample[] = []
    let fresh = 0
    const villages = input.villages.map(({ code }, village): VillageProposal => {
      const search = this.searches[village]!
      const { graph, best } = search
      const leafOf = (old: number) => cells.ground.leaves[graph.leaves[old]!]!
      const strayed = search.strayedCells()
      const sums = sumUnits(this.prepared, graph, best.label, best.count)
      const units = Array.from({ length: best.count }, (_, u): ProposedUnit => {
        const old = search.isLeftWhole ? 0 : best.matched[u]!
        return {
          id: old >= 0 ? leafOf(old).id : `n${++fresh}`,
          isNew: old < 0,
          changed: old < 0 || strayed[old]! > 0,
          unitKind: 'general',
          polygons: polygons[firstUnit[village]! + u]!,
          ...sums[u]!,
        }
      })
      const gone = [...graph.leaves.keys()].filter((old) => !best.matched.includes(old)).map((old) => leafOf(old).id)
      const all = [...units, ...(frozen.get(village) ?? [])]
      const sample = sampleOf(search, best, all, strayed)
      samples.push(sample)
      return {
        code,
        units: all,
        ended: graph.hasUnits ? gone : [],
        ...(!graph.hasUnits && !search.isLeftWhole && { divided: gone[0] }),
        inPieces: search.inPieces.map((old) => leafOf(old).id),
        impossible: whyNot(search),
        figures: figuresOf([sample], input.targets, cells.ground.scale),
      }
    })
    return { villages, figures: figuresOf(samples, input.targets, cells.ground.scale) }
  }

  /** Units of all villages in one row; leaves that are not divided each are one behind them. */
  private numberUnits(): { unitOf: Int32Array; firstUnit: number[]; count: number } {
    const { cells } = this.prepared
    const unitOf = new Int32Array(cells.count).fill(-1)
    const firstUnit: number[] = []
    let count = 0
    for (const { graph, best } of this.searches) {
      firstUnit.push(count)
      for (const [c, cell] of graph.cells.entries()) unitOf[cell] = count + best.label[c]!
      count += best.count
    }
    for (let cell = 0; cell < cells.count; cell++) if (unitOf[cell]! < 0) unitOf[cell] = count++
    return { unitOf, firstUnit, count }
  }

  /** By village the units that were not to be divided. */
  private frozenUnits(unitOf: Int32Array, polygons: readonly GridPolygons[]): Map<number, ProposedUnit[]> {
    const { cells } = this.prepared
    const found = new Map<number, ProposedUnit[]>()
    for (let cell = 0; cell < cells.count; cell++) {
      const { village, id, unitKind } = cells.ground.leaves[cells.leaf[cell]!]!
      if (unitKind === 'general') continue
      const [households, residents] = [cells.households[cell]!, cells.residents[cell]!]
      const unit = { id, isNew: false, changed: false, unitKind, polygons: polygons[unitOf[cell]!]!, households, residents }
      found.set(village, [...(found.get(village) ?? []), unit])
    }
    return found
  }
}

function sumUnits({ cells }: Prepared, graph: CellGraph, label: Int32Array, count: number): { households: number; residents: number }[] {
  const sums = Array.from({ length: count }, () => ({ households: 0, residents: 0 }))
  for (const [c, cell] of graph.cells.entries()) {
    sums[label[c]!]!.households += cells.households[cell]!
    sums[label[c]!]!.residents += cells.residents[cell]!
  }
  return sums
}

function whyNot({ impossible, solved, graph, rules }: VillageSearch): Impossible | null {
  if (impossible || solved) return impossible
  const households = graph.households.reduce((sum, h) => sum + h, 0)
  return { reason: 'not-found', households, nearest: nearestDivision(households, rules.targets) }
}
