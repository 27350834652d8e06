/** Long work of the page in slices, between which it answers. */
import type { Steps } from '#model/steps.ts'

/** A hand does not feel a halt of so long. */
const SLICE_MS = 24

/** Ends the task: whatever waits is done, and messages are let in, before it goes on. Nested timers wait for four milliseconds, messages do not. */
export const breath = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })

/** Does the work, a slice at a time, and resolves with its result; with null once it is wanted no more. */
export async function inSlices<Result>(steps: Steps<Result>, isWanted: () => boolean = () => true): Promise<Result | null> {
  await breath()
  for (let began = performance.now(); isWanted();) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() - began < SLICE_MS) continue
    await breath()
    began = performance.now()
  }
  return null
}
