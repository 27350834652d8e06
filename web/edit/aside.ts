/** The page's end of the worker that plans and checks what is large. The coverage must stand still until it has answered. */
import type { Action, Refusal } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import type { Difference } from '#model/difference.ts'
import type { Finding } from '#model/finding.ts'
import { stateOf } from '#model/large.ts'
import type { NewCodes } from '#model/renumbering.ts'
import { actionText } from './action-text.ts'
import type { Check, PlanTask, Renumbering } from './plan-worker.ts'

async function askWorker<Answer>(task: PlanTask): Promise<Answer> {
  const worker = new Worker(new URL('./plan-worker.ts', import.meta.url), { type: 'module', name: 'gridward-plan' })
  return new Promise<Answer>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data)
    worker.onerror = (event) => reject(new Error(event.message || 'the worker cannot be started'))
    worker.postMessage(task)
  }).finally(() => worker.terminate())
}

/** What an action does, or why it cannot be done, as `plan` of the model says it. Rejects when the worker dies. */
export const planAside = (coverage: Coverage, action: Action): Promise<Difference | Refusal> =>
  // Hundreds of thousands of positions go as a text in a fraction of the time that copying them takes.
  askWorker({ ...stateOf(coverage), action: actionText(action) })

/** What is to be said of a difference that the coverage has, as `validate` of the model says it. Rejects when the worker dies. */
export const checkAside = (coverage: Coverage, check: Check): Promise<Finding[]> => askWorker({ ...stateOf(coverage), ...check })

/** Which codes units would get, as `newCodesOf` of the model says it. Rejects when the worker dies. */
export const newCodesAside = (coverage: Coverage, asked: Renumbering): Promise<NewCodes> => askWorker({ ...stateOf(coverage), ...asked })
