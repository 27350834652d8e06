/** The steps of a generated incident, read off its instants and its state. Pure. */
import type { Incident } from '../../data/generator/incidents.ts'
import type { State } from '#model/incident.ts'
import { nextState, type Transition } from '#model/workflow.ts'
import type { Step } from '../store/seed-incidents.ts'

/** The transition that alone leads to a state where no instant of its own tells of it. */
const LAST: Partial<Record<State, Transition>> = {
  routed: 'route',
  handling: 'handle',
  returned: 'return',
  paused: 'pause',
  cancelled: 'cancel',
}

/**
 * Steps in order of time, the first 'report'; the last leads to the incident's state. A state without an instant of its own
 * was reached right after the last known one. Throws when the workflow does not allow them: the generator has broken its word.
 */
export const stepsOf = (incident: Incident): Step[] => {
  const { id, reportedAt, acceptedAt, assignedAt, fedBackAt, closedAt, state } = incident
  const steps: Step[] = [{ incidentId: id, at: reportedAt, transition: 'report', fromState: null, toState: 'reported' }]
  let current: State = 'reported'
  let at = reportedAt
  const take = (transition: Transition, when: Date) => {
    const next = nextState(current, transition)
    if (typeof next !== 'string') throw new Error(`Incident ${id}: ${next.reason}`)
    steps.push({ incidentId: id, at: when, transition, fromState: current, toState: next })
    current = next
    at = when
  }
  if (acceptedAt) take('accept', acceptedAt)
  if (assignedAt) take('assign', assignedAt)
  if (fedBackAt) take('feedback', fedBackAt)
  if (closedAt && state === 'closed') take('close', closedAt)
  if (current !== state) take(LAST[state]!, closedAt ?? at)
  return steps
}
