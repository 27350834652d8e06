/** Single incidents behind heat: those of a filter page by page, and those that a replay shows. */
import type { IncidentMarker } from '#contract/incident.ts'
import type { HeatFilter } from '#model/heat/filter.ts'
import type { ReplayedStep } from '#model/heat/replay.ts'
import { codeAt, countyOf } from '#model/code.ts'
import type { Reader } from '../db/db.ts'
import { empty, type Sql, sql } from '../db/sql.ts'
import { matching } from './heat-clauses.ts'
import { MARKER, markerOf, type MarkerRow } from './incident-reads.ts'

/** Where a list goes on: microseconds since 1970 of reported_at, then the id. */
export interface PageKey {
  micros: number
  id: string
}

/** Up to `limit` incidents behind a key, newest first, each with its own key. */
export const listFiltered = async (
  db: Reader,
  filter: HeatFilter,
  after: PageKey | null,
  limit: number,
): Promise<{ key: PageKey; incident: IncidentMarker }[]> => {
  const behind = after
    ? sql`and (i.reported_at, i.id) < (timestamptz 'epoch' + ${after.micros}::float8 * interval '1 microsecond', ${after.id}::uuid)`
    : empty
  const rows = await db.query<MarkerRow & { micros: number }>(sql`
    select ${MARKER}, (extract(epoch from i.reported_at) * 1000000)::bigint as micros
    from incident i where ${matching(filter)} ${behind}
    order by i.reported_at desc, i.id desc limit ${limit}::int`)
  return rows.map(({ micros, ...row }) => ({ key: { micros, id: row.id }, incident: markerOf(row) }))
}

/** An incident as it is, and what its deadlines then hung on. */
export interface ReplayRow {
  marker: IncidentMarker
  reportedAt: Date
  acceptedAt: Date | null
  assignedAt: Date | null
}

/** Reported until `until` and not over at `at`. */
const stillOpen = (unitCode: string, at: Date, until: Date): Sql => sql`
  i.county_code = ${countyOf(unitCode)}::text ${codeAt(unitCode, 'county') === unitCode ? empty : sql`and i.unit_code like ${`${unitCode}%`}`}
  and i.reported_at <= ${until}::timestamptz
  and (i.closed_at > ${at}::timestamptz or (i.closed_at is null and i.state not in ('closed', 'cancelled')))`

/** Incidents that a replay of [at, until] shows, at most `limit`, newest first. */
export const listReplayed = async (db: Reader, unitCode: string, at: Date, until: Date, limit: number): Promise<ReplayRow[]> => {
  const rows = await db.query<MarkerRow & { acceptedAt: Date | null; assignedAt: Date | null }>(sql`
    select ${MARKER}, i.accepted_at as "acceptedAt", i.assigned_at as "assignedAt"
    from incident i where ${stillOpen(unitCode, at, until)}
    order by i.reported_at desc, i.id limit ${limit}::int`)
  return rows.map(({ acceptedAt, assignedAt, ...row }) => ({ marker: markerOf(row), reportedAt: row.reportedAt, acceptedAt, assignedAt }))
}

/** Their steps until `until`, in the order in which they were taken, at most `limit`. */
export const listReplayedSteps = (db: Reader, unitCode: string, at: Date, until: Date, limit: number): Promise<ReplayedStep[]> =>
  db.query<ReplayedStep>(sql`
    select t.incident_id as "incidentId", t.at, t.transition, t.to_state as "toState"
    from incident i join incident_transition t on t.incident_id = i.id
    where ${stillOpen(unitCode, at, until)} and t.at <= ${until}::timestamptz
    order by t.id limit ${limit}::int`)
