/** Bulk loading of generated incidents with their keys and steps. */
import type { Incident } from '../../data/generator/incidents.ts'
import type { State } from '#model/incident.ts'
import type { Transition } from '#model/workflow.ts'
import type { Queryable } from '../db/db.ts'
import { pointText } from './seed-units.ts'

/** One step of an incident's life; its first has no state before it. */
export interface Step {
  incidentId: string
  at: Date
  transition: Transition | 'report'
  fromState: State | null
  toState: State
}

const COLUMNS = ['id', 'reported_at', 'occurred_at', 'county_code', 'unit_code', 'placement', 'kind', 'severity', 'state', 'source', 'text']
const TIMES = ['geom', 'due_at', 'accepted_at', 'assigned_at', 'fed_back_at', 'closed_at', 'supervisions', 'version', 'updated_at']

/** Loads incidents that no table knows yet; `steps` are theirs. The partitions must be there. */
export const insertIncidents = async (
  tx: Queryable,
  countyCode: string,
  incidents: readonly Incident[],
  steps: readonly Step[],
  actorName: string,
): Promise<void> => {
  const stepsOf = new Map<string, number>()
  const lastOf = new Map<string, Date>()
  for (const { incidentId, at } of steps) {
    stepsOf.set(incidentId, (stepsOf.get(incidentId) ?? 0) + 1)
    lastOf.set(incidentId, at)
  }
  await tx.bulk(
    'incident_key',
    ['id', 'reported_at', 'county_code'],
    map(incidents, ({ id, reportedAt }) => [id, reportedAt, countyCode]),
  )
  await tx.bulk(
    'incident',
    [...COLUMNS, ...TIMES],
    map(incidents, (each) => [
      each.id,
      each.reportedAt,
      each.occurredAt,
      countyCode,
      each.unitCode,
      'inside',
      each.kind,
      each.severity,
      each.state,
      each.source,
      each.text,
      pointText(each.location),
      each.dueAt,
      each.acceptedAt,
      each.assignedAt,
      each.fedBackAt,
      each.closedAt,
      each.supervisions,
      stepsOf.get(each.id) ?? 1,
      lastOf.get(each.id) ?? each.reportedAt,
    ]),
  )
  await tx.bulk(
    'incident_transition',
    ['incident_id', 'at', 'transition', 'from_state', 'to_state', 'actor_name'],
    map(steps, (each) => [each.incidentId, each.at, each.transition, each.fromState, each.toState, actorName]),
  )
}

function* map<T>(items: Iterable<T>, row: (item: T) => unknown[]): Generator<unknown[]> {
  for (const item of items) yield row(item)
}
