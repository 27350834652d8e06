/** Incidents as features, the newest first: what is reported while somebody pages is behind him and moves nothing. */
import type { Placement, Severity, Source, State } from '#model/incident.ts'
import type { Reader } from '../db/db.ts'
import { empty, join, type Sql, sql } from '../db/sql.ts'
import { meets, within } from './clauses.ts'
import type { FeatureFilter, FeatureRow } from './feature-rows.ts'

export interface IncidentFilter extends FeatureFilter {
  id?: string | undefined
  severity?: Severity | undefined
  state?: State | 'open' | undefined
  /** Two digits of a class or four of a kind. */
  kind?: string | undefined
  source?: Source | undefined
  placement?: Placement | undefined
  /** Time of the report, both ends included; an end that is null is open. */
  during?: { from: Date | null; to: Date | null } | undefined
}

/** Where a list goes on: microseconds since 1970 of reported_at, then the id. */
export interface IncidentKey {
  micros: number
  id: string
}

interface IncidentRow {
  id: string
  micros: number
  geometry: string | null
  countyCode: string
  unitCode: string
  placement: Placement
  kind: string
  severity: Severity
  state: State
  source: Source
  text?: string
  reportedAt: Date
  occurredAt: Date
  acceptedAt: Date | null
  assignedAt: Date | null
  fedBackAt: Date | null
  closedAt: Date | null
  dueAt: Date | null
  supervisions: number
  version: number
  synthetic: boolean | null
}

const inState = (state: IncidentFilter['state']): Sql => {
  if (!state) return empty
  return state === 'open' ? sql`and i.state not in ('closed', 'cancelled')` : sql`and i.state = ${state}::incident_state`
}

const matching = ({ prefixes, bbox, id, severity, state, kind, source, placement, during }: IncidentFilter): Sql => sql`
  true ${join(
    prefixes.map((prefix) => within(sql`i.unit_code`, prefix)),
    ' ',
  )} ${meets(sql`i.geom`, bbox)} ${inState(state)}
  ${id === undefined ? empty : sql`and i.id = ${id}::uuid`}
  ${severity ? sql`and i.severity = ${severity}::severity` : empty} ${kind ? sql`and i.kind like ${kind + '%'}` : empty}
  ${source ? sql`and i.source = ${source}::incident_source` : empty} ${placement ? sql`and i.placement = ${placement}::placement` : empty}
  ${during?.from ? sql`and i.reported_at >= ${during.from}::timestamptz` : empty}
  ${during?.to ? sql`and i.reported_at <= ${during.to}::timestamptz` : empty}`

export const countIncidentFeatures = async (db: Reader, filter: IncidentFilter): Promise<number> => {
  const [row] = await db.query<{ count: number }>(sql`select count(*)::int as count from incident i where ${matching(filter)}`)
  return row!.count
}

/** Up to `limit` incidents behind `after`, newest first. `detail`: with the text, which may hold what is personal. */
export const listIncidentFeatures = async (
  db: Reader,
  filter: IncidentFilter,
  after: IncidentKey | null,
  limit: number,
  detail: boolean,
): Promise<FeatureRow[]> => {
  const behind = after
    ? sql`and (i.reported_at, i.id) < (timestamptz 'epoch' + ${after.micros}::float8 * interval '1 microsecond', ${after.id}::uuid)`
    : empty
  const rows = await db.query<IncidentRow>(sql`
    select i.id, (extract(epoch from i.reported_at) * 1000000)::bigint as micros, ST_AsGeoJSON(i.geom, 7) as geometry,
      i.county_code as "countyCode", i.unit_code as "unitCode", i.placement, i.kind, i.severity, i.state, i.source,
      ${detail ? sql`i.text,` : empty}
      i.reported_at as "reportedAt", i.occurred_at as "occurredAt", i.accepted_at as "acceptedAt", i.assigned_at as "assignedAt",
      i.fed_back_at as "fedBackAt", i.closed_at as "closedAt", i.due_at as "dueAt", i.supervisions, i.version, c.synthetic
    from (
      select * from incident i where ${matching(filter)} ${behind} order by i.reported_at desc, i.id desc limit ${limit}
    ) i left join county c on c.code = i.county_code
    order by i.reported_at desc, i.id desc`)
  return rows.map(({ id, micros, geometry, ...properties }) => ({ id, geometry, properties, key: [String(micros), id] }))
}

/** When the oldest incident inside a jurisdiction was reported; null while there is none. */
export const findFirstReport = async (db: Reader, jurisdiction: string): Promise<Date | null> => {
  const [row] = await db.query<{ first: Date | null }>(
    sql`select min(i.reported_at) as first from incident i where true ${within(sql`i.unit_code`, jurisdiction)}`,
  )
  return row!.first
}
