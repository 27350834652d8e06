/** Searches for a division in a worker of its own, and tells what it finds. */
import { propose } from '../../edit/propose.ts'
import type { StartSearch } from '../../state/proposals.svelte.ts'

export const searchBeside: StartSearch = (input, options, tells) => {
  let isStopped = false
  const { done, stop } = propose(input, options, (progress, proposal) => {
    tells.progress(progress)
    if (proposal) tells.better(proposal)
  })
  done.then(
    (proposal) => {
      tells.better(proposal)
      tells.end(isStopped ? 'stopped' : 'done')
    },
    () => tells.end('failed', input.villages.length === 0 ? 'empty' : 'broken'),
  )
  return {
    stop() {
      isStopped = true
      stop()
    },
  }
}
