/**
 * Writes of incidents. Each is one statement that changes the incident, adds its step, its audit row and its outbox row and rings
 * the bell: one statement is one transaction, and at hundreds of reports a second every round trip saved counts.
 */
import type { StreamMessage } from '#contract/stream.ts'
import type { State } from '#model/incident.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { Actor } from '../middleware/actor.ts'
import { type AuditEntry, auditFrom } from './audit.ts'
import type { IncidentRow } from './incident-reads.ts'
import { outboxFrom, ringOutbox } from './outbox.ts'

/** What goes with every change: who made it, what the log and the stream say of it. */
export interface Trail {
  actor: Actor
  audit: AuditEntry
  message: StreamMessage
}

/** Files a report. Resolves false, with nothing written, when the id is already known. */
export const insertReport = async (db: Queryable, report: IncidentRow, { actor, audit, message }: Trail): Promise<boolean> => {
  const { id, countyCode, unitCode, reportedAt } = report
  const rows = await db.query(sql`
    with key as (
      insert into incident_key (id, reported_at, county_code) values (${id}::uuid, ${reportedAt}::timestamptz, ${countyCode}::text)
      on conflict (id) do nothing returning id, reported_at, county_code
    ), filed as (
      insert into incident (id, reported_at, county_code, occurred_at, unit_code, placement, kind, severity, state, source, text,
        geom, due_at, updated_at)
      select id, reported_at, county_code, ${report.occurredAt}::timestamptz, ${unitCode}::text, ${report.placement}::placement,
        ${report.kind}::text, ${report.severity}::severity, 'reported', ${report.source}::incident_source, ${report.text}::text,
        ST_SetSRID(ST_MakePoint(${report.lng}::float8, ${report.lat}::float8), 4326), ${report.dueAt}::timestamptz, reported_at
      from key
    ), step as (
      insert into incident_transition (incident_id, at, transition, from_state, to_state, actor_id, actor_name)
      select id, reported_at, 'report', null, 'reported', ${actorId(actor)}::bigint, ${actor.displayName}::text from key
    ), logged as (${auditFrom(actor, audit, sql`key`)}
    ), said as (${outboxFrom({ countyCode, unitCode, message }, sql`key`)})
    select ${ringOutbox} from key`)
  return rows.length > 0
}

export interface Step {
  transition: string
  fromState: State
  note: string | null
}

/** Moves an incident on to what `moved` says. Resolves false, with nothing written, when its row is not at the version before any more. */
export const updateMoved = async (db: Queryable, moved: IncidentRow, step: Step, { actor, audit, message }: Trail): Promise<boolean> => {
  const rows = await db.query(sql`
    with moved as (
      update incident i set state = ${moved.state}::incident_state, due_at = ${moved.dueAt}::timestamptz,
        accepted_at = ${moved.acceptedAt}::timestamptz, assigned_at = ${moved.assignedAt}::timestamptz,
        fed_back_at = ${moved.fedBackAt}::timestamptz, closed_at = ${moved.closedAt}::timestamptz,
        supervisions = ${moved.supervisions}::smallint, version = i.version + 1, updated_at = ${moved.updatedAt}::timestamptz
      where i.id = ${moved.id}::uuid and i.version = ${moved.version - 1}::integer
        and i.reported_at = (select k.reported_at from incident_key k where k.id = ${moved.id}::uuid)
      returning i.id
    ), step as (
      insert into incident_transition (incident_id, at, transition, from_state, to_state, actor_id, actor_name, note)
      select id, ${moved.updatedAt}::timestamptz, ${step.transition}::text, ${step.fromState}::incident_state, ${moved.state}::incident_state,
        ${actorId(actor)}::bigint, ${actor.displayName}::text, ${step.note}::text
      from moved
    ), logged as (${auditFrom(actor, audit, sql`moved`)}
    ), said as (${outboxFrom({ countyCode: moved.countyCode, unitCode: moved.unitCode, message }, sql`moved`)})
    select ${ringOutbox} from moved`)
  return rows.length > 0
}

/** Only users are counted: a token's number is of another table. */
const actorId = ({ kind, id }: Actor): number | null => (kind === 'user' ? id : null)
