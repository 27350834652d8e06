/** What a file's units make of a county, worked out in a thread of its own where they have many vertices: the server goes on answering. */
import { parentPort, workerData } from 'node:worker_threads'
import { MANY_VERTICES } from '#model/large.ts'
import { type PlanInput, planUnits } from '../transfer/unit-plan.ts'
import { countPositions } from '../transfer/unit-rows.ts'
import { runAside, type Task } from './aside.ts'

interface PlanTask extends Task {
  input: PlanInput
}
type Planned = ReturnType<typeof planUnits>

/** As `planUnits`. Rejects with `too-large` when it takes more than it may. */
export async function planUnitsAside(input: PlanInput): Promise<Planned> {
  if (verticesIn(input) < MANY_VERTICES) return planUnits(input)
  const task: PlanTask = { module: import.meta.url, input }
  return runAside(task, 'The borders of the file have too many vertices to be worked out at once.')
}

const verticesIn = ({ rows, leaves }: PlanInput): number =>
  leaves.reduce((sum, { polygons }) => sum + polygons.flat().reduce((part, ring) => part + ring.length / 2, 0), 0) +
  rows.reduce((sum, { geometry }) => sum + countPositions(geometry), 0)

if (parentPort !== null && (workerData as PlanTask | null)?.module === import.meta.url) {
  parentPort.postMessage(planUnits((workerData as PlanTask).input))
}
