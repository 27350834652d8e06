/**
 * Writes of incidents. Each is one statement that changes incidents, adds their steps, audit rows and outbox rows and rings
 * the bell: one statement is one transaction, and at hundreds of reports a second every round trip saved counts.
 */
import type { StreamMessage } from '#contract/stream.ts'
import type { State } from '#model/incident.ts'
import type { Queryable } from '../db/db.ts'
import { named, sql } from '../db/sql.ts'
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

export interface Report extends Trail {
  incident: IncidentRow
}

/** One row of the JSON that carries a batch. */
const rowOf = ({ incident, actor, audit, message }: Report) => ({
  id: incident.id,
  reported_at: incident.reportedAt,
  occurred_at: incident.occurredAt,
  county_code: incident.countyCode,
  unit_code: incident.unitCode,
  placement: incident.placement,
  kind: incident.kind,
  severity: incident.severity,
  source: incident.source,
  text: incident.text,
  lng: incident.lng,
  lat: incident.lat,
  due_at: incident.dueAt,
  actor_id: actorId(actor),
  actor: actor.name,
  actor_name: actor.displayName,
  action: audit.action,
  detail: audit.detail ?? {},
  message,
})

/** Files reports, at most one for an id. Resolves for each, in order, whether it was written: false where the id was already known. */
export const insertReports = async (db: Queryable, reports: readonly Report[]): Promise<boolean[]> => {
  const firsts = new Map<string, Report>()
  for (const report of reports) if (!firsts.has(report.incident.id)) firsts.set(report.incident.id, report)
  const rows = await db.query<{ id: string }>(
    named(
      'insert-reports',
      sql`
    with report as (
      select * from jsonb_to_recordset(${JSON.stringify([...firsts.values()].map(rowOf))}::jsonb) as given (
        id uuid, reported_at timestamptz, occurred_at timestamptz, county_code text, unit_code text, placement placement, kind text,
        severity severity, source incident_source, text text, lng float8, lat float8, due_at timestamptz,
        actor_id bigint, actor text, actor_name text, action text, detail jsonb, message jsonb)
    ), key as (
      insert into incident_key (id, reported_at, county_code) select id, reported_at, county_code from report
      on conflict (id) do nothing returning id
    ), fresh as (
      select report.* from report join key using (id)
    ), filed as (
      insert into incident (id, reported_at, county_code, occurred_at, unit_code, placement, kind, severity, state, source, text,
        geom, due_at, updated_at)
      select id, reported_at, county_code, occurred_at, unit_code, placement, kind, severity, 'reported', source, text,
        ST_SetSRID(ST_MakePoint(lng, lat), 4326), due_at, reported_at
      from fresh
    ), step as (
      insert into incident_transition (incident_id, at, transition, from_state, to_state, actor_id, actor_name)
      select id, reported_at, 'report', null, 'reported', actor_id, actor_name from fresh
    ), logged as (
      insert into audit (actor, action, noun, noun_id, unit_code, detail)
      select actor, action, 'incident', id::text, unit_code, detail from fresh
    ), said as (
      insert into outbox (county_code, unit_code, message) select county_code, unit_code, message from fresh
    )
    select id, ${ringOutbox} from key`,
    ),
  )
  const written = new Set(rows.map(({ id }) => id))
  return reports.map((report) => written.has(report.incident.id) && firsts.get(report.incident.id) === report)
}

export interface Step {
  transition: string
  fromState: State
  note: string | null
}

/** Moves an incident on to what `moved` says. Resolves false, with nothing written, when its row is not at the version before any more. */
export const updateMoved = async (db: Queryable, moved: IncidentRow, step: Step, { actor, audit, message }: Trail): Promise<boolean> => {
  const rows = await db.query(
    named(
      'update-moved',
      sql`
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
    select ${ringOutbox} from moved`,
    ),
  )
  return rows.length > 0
}

/** Only users are counted: a token's number is of another table. */
const actorId = ({ kind, id }: Actor): number | null => (kind === 'user' ? id : null)
