/**
 * The closed loop of an incident as a table: which transition is lawful in which state, and where it leads.
 * reported → accepted → routed → assigned → handling → fed_back → closed; beside them returned, paused, cancelled.
 * Short paths are lawful: what a worker settles on the spot goes from reported straight to closed.
 */
import { isOpen, type State } from './incident.ts'

export const TRANSITIONS = [
  'accept',
  'route',
  'assign',
  'handle',
  'feedback',
  'close',
  'return',
  'pause',
  'resume',
  'cancel',
  'supervise',
] as const
export type Transition = (typeof TRANSITIONS)[number]

/** `from`: states in which it is lawful; `to`: the state it leads to, or 'same' when it leaves the state alone. */
export interface Rule {
  from: readonly State[]
  to: State | 'same' | 'where-paused'
}

export const RULES: Readonly<Record<Transition, Rule>> = {
  accept: { from: ['reported', 'returned'], to: 'accepted' },
  route: { from: ['accepted', 'returned'], to: 'routed' },
  assign: { from: ['accepted', 'routed', 'returned'], to: 'assigned' },
  handle: { from: ['accepted', 'routed', 'assigned'], to: 'handling' },
  feedback: { from: ['assigned', 'handling'], to: 'fed_back' },
  close: { from: ['reported', 'accepted', 'assigned', 'handling', 'fed_back'], to: 'closed' },
  return: { from: ['accepted', 'routed', 'assigned', 'handling', 'fed_back'], to: 'returned' },
  pause: { from: ['accepted', 'routed', 'assigned', 'handling'], to: 'paused' },
  resume: { from: ['paused'], to: 'where-paused' },
  cancel: { from: ['reported', 'accepted', 'routed', 'assigned', 'handling', 'fed_back', 'returned', 'paused'], to: 'cancelled' },
  supervise: { from: ['reported', 'accepted', 'routed', 'assigned', 'handling', 'fed_back', 'returned', 'paused'], to: 'same' },
}

/**
 * Where a transition leads from a state, or why it may not happen there.
 * `pausedFrom` is the state in which a paused incident was paused (its history knows); without it, it resumes as accepted.
 */
export function nextState(state: State, transition: Transition, pausedFrom: State = 'accepted'): State | { reason: string } {
  const rule = RULES[transition]
  if (!rule.from.includes(state)) {
    return {
      reason: isOpen(state) ? `${transition} is not possible while ${state}` : `the incident is ${state}: nothing moves it any more`,
    }
  }
  if (rule.to === 'same') return state
  return rule.to === 'where-paused' ? pausedFrom : rule.to
}

/** Lawful transitions of a state, in the order of the loop. */
export const possible = (state: State): Transition[] => TRANSITIONS.filter((transition) => RULES[transition].from.includes(state))
