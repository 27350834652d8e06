/**
 * The deadline of the step an incident waits for: to be accepted, assigned, closed.
 * Each is counted from the instant the step began: reported, accepted, assigned. Where that instant is not known
 * (a short path, an import) the nearest earlier one stands in. A paused or finished incident has none.
 */
import type { Severity, State } from './incident.ts'

export const STEPS = ['accept', 'assign', 'close'] as const
export type Step = (typeof STEPS)[number]

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Milliseconds allowed, by severity and step. */
export const DEADLINES: Readonly<Record<Severity, Readonly<Record<Step, number>>>> = {
  red: { accept: 5 * MINUTE, assign: 10 * MINUTE, close: 24 * HOUR },
  yellow: { accept: 30 * MINUTE, assign: 2 * HOUR, close: 3 * DAY },
  green: { accept: DAY, assign: DAY, close: 5 * DAY },
}

const STEP_OF: Readonly<Record<State, Step | null>> = {
  reported: 'accept',
  accepted: 'assign',
  routed: 'assign',
  returned: 'assign',
  assigned: 'close',
  handling: 'close',
  fed_back: 'close',
  paused: null,
  closed: null,
  cancelled: null,
}

/** The step that an incident in this state waits for; null when none. */
export const stepOf = (state: State): Step | null => STEP_OF[state]

export interface DeadlineFacts {
  severity: Severity
  state: State
  reportedAt: Date
  acceptedAt?: Date | null
  assignedAt?: Date | null
}

/** Instant by which the current step is to be done, or null when nothing is awaited. */
export function dueAt({ severity, state, reportedAt, acceptedAt, assignedAt }: DeadlineFacts): Date | null {
  const step = STEP_OF[state]
  if (!step) return null
  const began = { accept: reportedAt, assign: acceptedAt ?? reportedAt, close: assignedAt ?? acceptedAt ?? reportedAt }[step]
  return new Date(began.getTime() + DEADLINES[severity][step])
}

/** True from the first instant after the deadline. */
export const isOverdue = (due: Date | null, now: Date): boolean => due !== null && now.getTime() > due.getTime()
