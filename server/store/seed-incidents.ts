/** Bulk loading of generated incidents with their keys and steps, each table in binary COPYs of some thousand rows. */
import type { Incident } from '../../data/generator/incidents.ts'
import type { State } from '#model/incident.ts'
import type { Transition } from '#model/workflow.ts'
import { type BinaryRows, BinaryWriter } from '../db/binary-rows.ts'
import type { Queryable } from '../db/db.ts'

/** One step of an incident's life; its first has no state before it. */
export interface Step {
  incidentId: string
  at: Date
  transition: Transition | 'report'
  fromState: State | null
  toState: State
}

const KEY = ['id', 'reported_at', 'county_code']
const TIMES = ['due_at', 'accepted_at', 'assigned_at', 'fed_back_at', 'closed_at']
const INCIDENT = [
  ...['id', 'reported_at', 'occurred_at', 'county_code', 'unit_code', 'placement', 'kind', 'severity', 'state', 'source', 'text', 'geom'],
  ...[...TIMES, 'supervisions', 'version', 'updated_at'],
]
const STEP = ['incident_id', 'at', 'transition', 'from_state', 'to_state', 'actor_name']

/** Incidents of one UTC month, ready to be loaded. */
export interface IncidentBatch {
  /** Of the month's incidents, the first report; the partition is the month's that it lies in. */
  from: Date
  incidents: BinaryRows
  keys: BinaryRows
  steps: BinaryRows
}

/** Gathers incidents in order of their report to batches of `size` at most that never cross the end of a month. */
export function* encodeIncidents(
  incidents: Iterable<Incident>,
  stepsOf: (incident: Incident) => readonly Step[],
  { countyCode, actorName, size }: { countyCode: string; actorName: string; size: number },
): Generator<IncidentBatch> {
  const [own, keys, steps] = [new BinaryWriter(), new BinaryWriter(), new BinaryWriter()]
  let from: Date | undefined
  let count = 0
  const month = (at: Date) => at.getUTCFullYear() * 12 + at.getUTCMonth()
  const take = (): IncidentBatch => ({ from: from!, incidents: own.take(), keys: keys.take(), steps: steps.take() })
  for (const each of incidents) {
    if (count === size || (from && month(each.reportedAt) !== month(from))) {
      yield take()
      count = 0
      from = undefined
    }
    from ??= each.reportedAt
    count++
    const life = stepsOf(each)
    keys.row(KEY.length)
    keys.uuid(each.id)
    keys.instant(each.reportedAt)
    keys.text(countyCode)
    writeIncident(own, countyCode, each, life)
    for (const step of life) writeStep(steps, step, actorName)
  }
  if (count > 0) yield take()
}

function writeIncident(to: BinaryWriter, countyCode: string, each: Incident, life: readonly Step[]): void {
  to.row(INCIDENT.length)
  to.uuid(each.id)
  to.instant(each.reportedAt)
  to.instant(each.occurredAt)
  for (const text of [countyCode, each.unitCode, 'inside', each.kind, each.severity, each.state, each.source, each.text]) to.text(text)
  to.point(each.location)
  for (const at of [each.dueAt, each.acceptedAt, each.assignedAt, each.fedBackAt, each.closedAt]) to.instant(at)
  to.int2(each.supervisions)
  to.int4(life.length)
  to.instant(life.at(-1)?.at ?? each.reportedAt)
}

function writeStep(to: BinaryWriter, step: Step, actorName: string): void {
  to.row(STEP.length)
  to.uuid(step.incidentId)
  to.instant(step.at)
  to.text(step.transition)
  to.text(step.fromState)
  to.text(step.toState)
  to.text(actorName)
}

/** Loads incidents that no table knows yet; `table`: the partitioned one, or their month's own. */
export const insertIncidents = async (tx: Queryable, { incidents, keys, steps }: IncidentBatch, table = 'incident'): Promise<void> => {
  await tx.bulk('incident_key', KEY, keys)
  await tx.bulk(table, INCIDENT, incidents)
  await tx.bulk('incident_transition', STEP, steps)
}
