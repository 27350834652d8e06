/** Reads of incidents for the wall and for one incident. Lists for GIS clients stand in the OGC store, figures in summary.ts. */
import type { IncidentMarker, timelineStep } from '#contract/incident.ts'
import type { Placement, Severity, Source, State } from '#model/incident.ts'
import type { z } from 'zod'
import type { Queryable } from '../db/db.ts'
import { named, type Sql, sql } from '../db/sql.ts'

export interface MarkerRow {
  id: string
  lng: number | null
  lat: number | null
  unitCode: string
  placement: Placement
  kind: string
  severity: Severity
  state: State
  source: Source
  reportedAt: Date
  dueAt: Date | null
  closedAt: Date | null
  supervisions: number
  version: number
}

/** One incident as the database knows it; instants are Dates. */
export interface IncidentRow extends MarkerRow {
  countyCode: string
  occurredAt: Date
  text: string
  acceptedAt: Date | null
  assignedAt: Date | null
  fedBackAt: Date | null
  updatedAt: Date
  /** While paused: the state in which it was paused. */
  pausedFrom: State | null
}

/** The columns of a marker, of the relation `i`. */
export const MARKER: Sql = sql`
  i.id, ST_X(i.geom) as lng, ST_Y(i.geom) as lat, i.unit_code as "unitCode", i.placement, i.kind, i.severity, i.state, i.source,
  i.reported_at as "reportedAt", i.due_at as "dueAt", i.closed_at as "closedAt", i.supervisions, i.version`

/** What stands on the wire for a marker. */
export const markerOf = (row: MarkerRow): IncidentMarker => ({
  id: row.id,
  location: row.lng === null || row.lat === null ? null : [row.lng, row.lat],
  unitCode: row.unitCode,
  placement: row.placement,
  kind: row.kind,
  severity: row.severity,
  state: row.state,
  source: row.source,
  reportedAt: row.reportedAt.toISOString(),
  dueAt: row.dueAt?.toISOString() ?? null,
  closedAt: row.closedAt?.toISOString() ?? null,
  supervisions: row.supervisions,
  version: row.version,
})

/** The open incidents of a unit with all below it, newest first. */
export const listOpenIncidents = async (db: Queryable, unitCode: string): Promise<IncidentMarker[]> => {
  const rows = await db.query<MarkerRow>(sql`
    select ${MARKER} from incident i
    where i.state not in ('closed', 'cancelled') and i.unit_code like ${unitCode + '%'}
    order by i.reported_at desc, i.id`)
  return rows.map(markerOf)
}

/** One incident, or null. The key tells its month, so that one partition is looked at and not all. */
export const findIncident = async (db: Queryable, id: string): Promise<IncidentRow | null> => {
  const [row] = await db.query<IncidentRow>(
    named(
      'find-incident',
      sql`
    select ${MARKER}, i.county_code as "countyCode", i.occurred_at as "occurredAt", i.text, i.accepted_at as "acceptedAt",
      i.assigned_at as "assignedAt", i.fed_back_at as "fedBackAt", i.updated_at as "updatedAt",
      case when i.state = 'paused' then (
        select t.from_state from incident_transition t where t.incident_id = i.id and t.transition = 'pause' order by t.id desc limit 1
      ) end as "pausedFrom"
    from incident i
    where i.id = ${id}::uuid and i.reported_at = (select k.reported_at from incident_key k where k.id = ${id}::uuid)`,
    ),
  )
  return row ?? null
}

type TimelineStep = z.infer<typeof timelineStep>

/** Every step of one incident, oldest first. */
export const listTimeline = async (db: Queryable, id: string): Promise<TimelineStep[]> => {
  const rows = await db.query<Omit<TimelineStep, 'at'> & { at: Date }>(sql`
    select at, transition, from_state as "fromState", to_state as "toState", actor_name as actor, note
    from incident_transition where incident_id = ${id}::uuid order by id`)
  return rows.map(({ at, ...step }) => ({ at: at.toISOString(), ...step }))
}
