/** Moving an incident along the closed loop: one transition, by whoever holds its permission there. */
import { allows, permissionOf, reach } from '#model/access.ts'
import { isWithin } from '#model/code.ts'
import { dueAt, stepOf } from '#model/deadline.ts'
import type { State } from '#model/incident.ts'
import { nextState, possible, type Transition } from '#model/workflow.ts'
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { findIncident, type IncidentRow, markerOf } from '../store/incident-reads.ts'
import { updateMoved } from '../store/incident-writes.ts'

export interface MovingContext {
  db: Db
  now: () => Date
}

/** Nobody loses this often in a row but a program that fights itself. */
const ATTEMPTS = 20
const MOST_SUPERVISIONS = 32_767

/**
 * Throws `not-found` for an incident outside the jurisdiction, `not-allowed` without the transition's permission,
 * `unlawful-transition` where the state does not allow it. No row is locked while it is thought about: the version that was read
 * is the condition of the write, and whoever comes second reads again and is judged by the new state.
 */
export async function moveIncident(
  { db, now }: MovingContext,
  actor: Actor,
  id: string,
  transition: Transition,
  note: string | null = null,
): Promise<IncidentRow> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await findIncident(db, id)
    if (!row || !isWithin(row.unitCode, reach(actor, 'incident.read'))) throw new Problem('not-found', `There is no incident ${id}.`)
    requireWithin(actor, permissionOf(transition), row.unitCode)
    const state = nextState(row.state, transition, row.pausedFrom ?? undefined)
    if (typeof state !== 'string') throw new Problem('unlawful-transition', `Not possible: ${state.reason}.`)

    const at = now()
    const moved: IncidentRow = { ...row, ...timesAfter(row, transition, state, at), state, version: row.version + 1, updatedAt: at }
    if (transition === 'supervise') moved.supervisions = Math.min(row.supervisions + 1, MOST_SUPERVISIONS)
    const { unitCode } = row
    const done = await updateMoved(
      db,
      moved,
      { transition, fromState: row.state, note },
      {
        actor,
        audit: {
          action: permissionOf(transition),
          noun: 'incident',
          nounId: id,
          unitCode,
          detail: { fromState: row.state, toState: state },
        },
        message: { noun: 'incident', change: 'changed', at: at.toISOString(), incident: markerOf(moved) },
      },
    )
    if (done) return moved
  }
  throw new Problem('conflict', 'The incident keeps changing. Try again.')
}

/** What the actor may do next with an incident, in the order of the loop. */
export const transitionsFor = (actor: Actor, { state, unitCode }: Pick<IncidentRow, 'state' | 'unitCode'>): Transition[] =>
  possible(state).filter((transition) => allows(actor, permissionOf(transition), unitCode) === true)

type Times = Pick<IncidentRow, 'acceptedAt' | 'assignedAt' | 'fedBackAt' | 'closedAt' | 'dueAt'>

/**
 * The instants and the deadline after a move. acceptedAt keeps the first acceptance, which the '1 day' is judged by.
 * A move that waits for the same step leaves its deadline alone; coming back (returned, resumed) starts its clock anew.
 */
function timesAfter(row: IncidentRow, transition: Transition, state: State, at: Date): Times {
  const times = {
    acceptedAt: row.acceptedAt ?? (transition === 'accept' ? at : null),
    assignedAt: transition === 'assign' ? at : row.assignedAt,
    fedBackAt: transition === 'feedback' ? at : row.fedBackAt,
    closedAt: state === 'closed' || state === 'cancelled' ? at : row.closedAt,
  }
  if (stepOf(state) !== null && stepOf(state) === stepOf(row.state)) return { ...times, dueAt: row.dueAt }
  const began = transition === 'return' || transition === 'resume' ? { acceptedAt: at, assignedAt: at } : times
  return { ...times, dueAt: dueAt({ severity: row.severity, state, reportedAt: row.reportedAt, ...began }) }
}
