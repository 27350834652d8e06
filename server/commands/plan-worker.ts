/** What a plan's large actions do, and what is to be said of them, worked out in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Action, Refusal } from '#model/actions/action.ts'
import { Balance } from '#model/balance.ts'
import { type BuildingColumns, Buildings } from '#model/buildings.ts'
import { Coverage } from '#model/coverage.ts'
import type { Difference } from '#model/difference.ts'
import type { Finding } from '#model/finding.ts'
import { type CoverageState, MANY_VERTICES, stateOf, verticesIn, verticesOf } from '#model/large.ts'
import { plan } from '#model/replay.ts'
import type { Targets } from '#model/targets.ts'
import { validate } from '#model/validations/validate.ts'
import { runAside, type Task } from './aside.ts'

interface ActTask extends Task, CoverageState {
  action: Action
}
interface CheckTask extends Task, CoverageState {
  difference: Difference
  buildings: BuildingColumns | null
  targets: Targets
  staffed: ReadonlySet<string> | null
}

/** What an action does, as `plan` of the model says it; aside where it is large. Rejects with `too-large`. */
export function actAside(coverage: Coverage, action: Action): Promise<Difference | Refusal> | Difference | Refusal {
  if (verticesOf(action) < MANY_VERTICES) return plan(coverage, action)
  const task: ActTask = { module: import.meta.url, ...stateOf(coverage), action }
  return runAside(task, 'The lines of the action are too many to be worked out at once.')
}

/** As `validate`; aside where much has changed. Rejects with `too-large`. */
export async function checkAside(
  coverage: Coverage,
  { buildings, ...input }: Pick<CheckTask, 'difference' | 'buildings' | 'targets' | 'staffed'>,
): Promise<Finding[]> {
  if (verticesIn(input.difference) < MANY_VERTICES) return check(coverage, { buildings, ...input })
  const task: CheckTask = { module: import.meta.url, ...stateOf(coverage), buildings, ...input }
  return runAside(task, 'What the plan changes has too many vertices to be checked at once.')
}

const check = (coverage: Coverage, { buildings, ...input }: Pick<CheckTask, 'difference' | 'buildings' | 'targets' | 'staffed'>) =>
  validate({ coverage, ...input, balance: buildings && new Balance(coverage, new Buildings(buildings)) })

if (parentPort !== null && (workerData as Task | null)?.module === import.meta.url) {
  const task = workerData as ActTask | CheckTask
  const coverage = new Coverage(task.leaves, task.arcs, task.grids)
  parentPort.postMessage('action' in task ? plan(coverage, task.action) : check(coverage, task))
}
