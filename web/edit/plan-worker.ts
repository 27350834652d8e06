/**
 * Worker: what a large action does, what is to be said of a large difference, or which codes units would get. It is told one task,
 * answers, and is ended.
 */
import type { Action, Renumber } from '#model/actions/action.ts'
import { Balance } from '#model/balance.ts'
import { type BuildingColumns, Buildings } from '#model/buildings.ts'
import { Coverage } from '#model/coverage.ts'
import type { Difference } from '#model/difference.ts'
import type { CoverageState } from '#model/large.ts'
import { newCodesOf } from '#model/renumbering.ts'
import { plan } from '#model/replay.ts'
import type { Targets } from '#model/targets.ts'
import { validate } from '#model/validations/validate.ts'

export interface Check {
  difference: Difference
  /** Null where the reader may not see them. */
  buildings: BuildingColumns | null
  targets: Targets
  staffed: ReadonlySet<string> | null
}
/** `used`: codes that were ever given out. */
export interface Renumbering {
  renumbers: readonly Renumber[]
  used: readonly string[]
}
/** `action` is one as JSON. */
export type PlanTask = CoverageState & ({ action: string } | Check | Renumbering)

const scope = self as unknown as DedicatedWorkerGlobalScope

scope.onmessage = ({ data }: MessageEvent<PlanTask>) => {
  const coverage = new Coverage(data.leaves, data.arcs, data.grids)
  if ('action' in data) return scope.postMessage(plan(coverage, JSON.parse(data.action) as Action))
  if ('renumbers' in data) return scope.postMessage(newCodesOf(coverage, data.renumbers, data.used))
  const { buildings, ...check } = data
  scope.postMessage(validate({ coverage, ...check, balance: buildings && new Balance(coverage, new Buildings(buildings)) }))
}
