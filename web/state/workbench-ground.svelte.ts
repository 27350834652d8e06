/**
 * What the workbench stands on and does not change: the county as it is in force, its buildings, lines and targets, the figures
 * beside its units, and when its borders changed. Loaded once; what only accompanies (lines, figures) may fail without harm.
 */
import { readBuildings } from '#contract/building.ts'
import { type CoverageAnswer, readCoverage } from '#contract/coverage.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { UnitHistory } from '#contract/history.ts'
import type { Lines } from '#contract/line.ts'
import type { UnitFigures } from '#contract/staff.ts'
import { Balance } from '#model/balance.ts'
import { Buildings } from '#model/buildings.ts'
import { Coverage } from '#model/coverage.ts'
import type { Targets } from '#model/targets.ts'
import { ApiProblem, call, callForBytes } from '../api/client.ts'
import type { BalanceRow } from './workbench-rows.ts'

type CountyAnswer = CoverageAnswer['county']
type Above = CoverageAnswer['above'][number]

/** Borders of another day, and what their units hold of the households of today: older ones are not kept. */
export interface Past {
  day: string
  coverage: Coverage
  balance: Balance
  rows: readonly BalanceRow[]
}

export const coverageOf = (answer: CoverageAnswer): Coverage => {
  const { leaves, arcs, above } = readCoverage(answer)
  return new Coverage(leaves, arcs, above)
}

export class WorkbenchGround {
  county = $state.raw<CountyAnswer | null>(null)
  targets = $state.raw<Targets | null>(null)
  /** Units above the leaves, by code. */
  above = $state.raw<ReadonlyMap<string, Above>>(new Map())
  figures = $state.raw<ReadonlyMap<string, UnitFigures['units'][number]>>(new Map())
  lines = $state.raw<Lines | null>(null)
  history = $state.raw<UnitHistory | null>(null)
  buildings = new Buildings({ x: new Int32Array(), y: new Int32Array(), households: new Uint16Array(), residents: new Uint16Array() })
  /** The coverage in force, and what its leaves hold. */
  today = new Coverage([], [])
  balance = new Balance(this.today, this.buildings)
  private answer: CoverageAnswer | null = null

  /** Since when the borders in force have been. */
  get base(): string {
    return this.answer?.base ?? ''
  }

  /** Loads the county that `unit` lies in. Throws what the server refused of what the page cannot do without. */
  async load(unit: string | undefined, mayReadBuildings: boolean): Promise<void> {
    const query = unit ? { unit } : {}
    const [answer, targets, buildings] = await Promise.all([
      call(endpoints.coverage, { query }),
      call(endpoints.targets),
      mayReadBuildings ? callForBytes(endpoints.buildings, { query }) : null,
    ])
    this.answer = answer
    this.county = answer.county
    this.targets = targets
    this.above = new Map(answer.above.map((each) => [each.code, each]))
    if (buildings) this.buildings = new Buildings(readBuildings(buildings))
    this.today = coverageOf(answer)
    this.balance = new Balance(this.today, this.buildings)
  }

  /** What accompanies the map. A part that cannot be had is left out. */
  async loadBeside(unit: string | undefined): Promise<void> {
    const query = unit ? { unit } : {}
    const orNull = async <T>(answer: Promise<T>): Promise<T | null> => {
      try {
        return await answer
      } catch (error) {
        if (error instanceof ApiProblem) return null
        throw error
      }
    }
    const [figures, lines, history] = await Promise.all([
      orNull(call(endpoints.unitFigures, { query })),
      orNull(call(endpoints.lines, { query })),
      orNull(call(endpoints.unitHistory, { query })),
    ])
    this.figures = new Map(figures?.units.map((each) => [each.code, each]))
    this.lines = lines
    this.history = history
  }

  /** A coverage of its own on the borders that were in force at an instant or day; on today's when that is the base. */
  async coverageAt(at: string): Promise<Coverage> {
    if (this.answer && at === this.answer.base) return coverageOf(this.answer)
    return coverageOf(await call(endpoints.coverage, { query: { unit: this.county!.code, at } }))
  }
}
