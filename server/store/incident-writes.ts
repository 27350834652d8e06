/**
 * Writes of incidents. Each is one statement that changes the incident, adds its step, its audit row and its outbox row and rings
 * the bell: one statement is one transaction, and at hundreds of reports a second every round trip saved counts.
 */
import type { StreamMessage } from '#contract/stream.ts'
import type { Placement, Severity, Source, State } from '#model/incident.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { Actor } from '../middleware/actor.ts'
import { type AuditEntry, auditFrom } from './audit.ts'
import { outboxFrom, ringOutbox } from './outbox.ts'

export interface NewReport {
  id: string
  reportedAt: Date
  occurredAt: Date
  countyCode: string
  unitCode: string
  placement: Placement
  kind: string
  severity: Severity
  source: Source
  text: string
  /** [lng, lat], WGS 84 degrees on the 1e-7 grid. */
  location: readonly [number, number]
  dueAt: Date | null
}

/** What goes with every change: who made it, what the log and the stream say of it. */
export interface Trail {
  actor: Actor
  audit: AuditEntry
  message: StreamMessage
}

/** Files a report. Resolves false, with nothing written, when the id is already known. */
export const insertReport = async (db: Queryable, report: NewReport, { actor, audit, message }: Trail): Promise<boolean> => {
  const { id, countyCode, unitCode, reportedAt } = report
  const [lng, lat] = report.location
  const rows = await db.query(sql`
    with key as (
      insert into incident_key (id, reported_at, county_code) values (${id}::uuid, ${reportedAt}::timestamptz, ${countyCode}::text)
      on conflict (id) do nothing returning id, reported_at, county_code
    ), filed as (
      insert into incident (id, reported_at, county_code, occurred_at, unit_code, placement, kind, severity, state, source, text,
        geom, due_at, updated_at)
      select id, reported_at, county_code, ${report.occurredAt}::timestamptz, ${unitCode}::text, ${report.placement}::placement,
        ${report.kind}::text, ${report.severity}::severity, 'reported', ${report.source}::incident_source, ${report.text}::text,
        ST_SetSRID(ST_MakePoint(${lng}::float8, ${lat}::float8), 4326), ${report.dueAt}::timestamptz, reported_at
      from key
    ), step as (
      insert into incident_transition (incident_id, at, transition, from_state, to_state, actor_id, actor_name)
      select id, reported_at, 'report', null, 'reported', ${actorId(actor)}::bigint, ${actor.displayName}::text from key
    ), logged as (${auditFrom(actor, audit, sql`key`)}
    ), said as (${outboxFrom({ countyCode, unitCode, message }, sql`key`)})
    select ${ringOutbox} from key`)
  return rows.length > 0
}

export interface Move {
  id: string
  /** The version that was read; the row must still have it. */
  version: number
  at: Date
  transition: string
  fromState: State
  toState: State
  note: string | null
  dueAt: Date | null
  acceptedAt: Date | null
  assignedAt: Date | null
  fedBackAt: Date | null
  closedAt: Date | null
  supervisions: number
  countyCode: string
  unitCode: string
}

/** Moves an incident on. Resolves false, with nothing written, when somebody else has moved it meanwhile. */
export const updateMoved = async (db: Queryable, move: Move, { actor, audit, message }: Trail): Promise<boolean> => {
  const rows = await db.query(sql`
    with moved as (
      update incident i set state = ${move.toState}::incident_state, due_at = ${move.dueAt}::timestamptz,
        accepted_at = ${move.acceptedAt}::timestamptz, assigned_at = ${move.assignedAt}::timestamptz,
        fed_back_at = ${move.fedBackAt}::timestamptz, closed_at = ${move.closedAt}::timestamptz,
        supervisions = ${move.supervisions}::smallint, version = i.version + 1, updated_at = ${move.at}::timestamptz
      where i.id = ${move.id}::uuid and i.version = ${move.version}::integer
        and i.reported_at = (select k.reported_at from incident_key k where k.id = ${move.id}::uuid)
      returning i.id
    ), step as (
      insert into incident_transition (incident_id, at, transition, from_state, to_state, actor_id, actor_name, note)
      select id, ${move.at}::timestamptz, ${move.transition}::text, ${move.fromState}::incident_state, ${move.toState}::incident_state,
        ${actorId(actor)}::bigint, ${actor.displayName}::text, ${move.note}::text
      from moved
    ), logged as (${auditFrom(actor, audit, sql`moved`)}
    ), said as (${outboxFrom({ countyCode: move.countyCode, unitCode: move.unitCode, message }, sql`moved`)})
    select ${ringOutbox} from moved`)
  return rows.length > 0
}

/** Only users are counted: a token's number is of another table. */
const actorId = ({ kind, id }: Actor): number | null => (kind === 'user' ? id : null)
