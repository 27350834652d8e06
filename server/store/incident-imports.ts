/** Incidents that come from files: known by county and external key, loaded and changed in batches. */
import type { Placement, Severity, Source, State } from '#model/incident.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { pointEwkb } from './ewkb.ts'

/** Everything of an incident that a file can say. location: [lng, lat] on the 1e-7 grid. */
export interface ImportedIncident {
  id: string
  key: string
  reportedAt: Date
  occurredAt: Date
  unitCode: string
  placement: Placement
  kind: string
  severity: Severity
  state: State
  source: Source
  text: string
  location: [number, number] | null
  dueAt: Date | null
  acceptedAt: Date | null
  assignedAt: Date | null
  fedBackAt: Date | null
  closedAt: Date | null
}

/** As it stands here; `importedState` is what the last import that touched it said. */
export interface KnownIncident extends ImportedIncident {
  importedState: State | null
}

/** The incidents of these external keys, by key. */
export const findByKeys = async (db: Queryable, countyCode: string, keys: readonly string[]): Promise<Map<string, KnownIncident>> => {
  const rows = await db.query<Omit<KnownIncident, 'location'> & { lng: number | null; lat: number | null }>(sql`
    select i.id, k.external_key as key, i.reported_at as "reportedAt", i.occurred_at as "occurredAt", i.unit_code as "unitCode", i.placement,
      i.kind, i.severity, i.state, i.source, i.text, ST_X(i.geom) as lng, ST_Y(i.geom) as lat, i.due_at as "dueAt",
      i.accepted_at as "acceptedAt", i.assigned_at as "assignedAt", i.fed_back_at as "fedBackAt", i.closed_at as "closedAt",
      (select t.to_state from incident_transition t where t.incident_id = i.id and t.transition = 'import' order by t.id desc limit 1)
        as "importedState"
    from incident_key k join incident i on i.id = k.id and i.reported_at = k.reported_at
    where k.county_code = ${countyCode} and k.external_key = any(${keys}::text[])`)
  return new Map(rows.map(({ lng, lat, ...row }) => [row.key, { ...row, location: lng === null || lat === null ? null : [lng, lat] }]))
}

const COLUMNS = [
  ...['id', 'reported_at', 'occurred_at', 'county_code', 'unit_code', 'placement', 'kind', 'severity', 'state', 'source', 'text'],
  ...['external_key', 'geom', 'due_at', 'accepted_at', 'assigned_at', 'fed_back_at', 'closed_at', 'updated_at'],
]

/** Loads incidents that are not there yet, with their keys. The partitions must be there. */
export const insertImported = async (
  tx: Queryable,
  countyCode: string,
  incidents: readonly ImportedIncident[],
  at: Date,
): Promise<void> => {
  await tx.bulk(
    'incident_key',
    ['id', 'reported_at', 'county_code', 'external_key'],
    incidents.map(({ id, reportedAt, key }) => [id, reportedAt, countyCode, key]),
  )
  await tx.bulk(
    'incident',
    COLUMNS,
    incidents.map((each) => [
      ...[each.id, each.reportedAt, each.occurredAt, countyCode, each.unitCode, each.placement, each.kind, each.severity, each.state],
      ...[each.source, each.text, each.key, each.location && pointEwkb(each.location), each.dueAt],
      ...[each.acceptedAt, each.assignedAt, each.fedBackAt, each.closedAt, at],
    ]),
  )
}

/** Gives known incidents what the file says of them now. `reportedAt` may move them to another partition. */
export const updateImported = async (tx: Queryable, incidents: readonly ImportedIncident[], at: Date): Promise<void> => {
  const rows = JSON.stringify(incidents.map(({ location, ...each }) => ({ ...each, geom: location && pointEwkb(location) })))
  await tx.execute(sql`
    update incident i set reported_at = c."reportedAt", occurred_at = c."occurredAt", unit_code = c."unitCode", placement = c.placement,
      kind = c.kind, severity = c.severity, state = c.state, source = c.source, text = c.text, geom = c.geom::geometry, due_at = c."dueAt",
      accepted_at = c."acceptedAt", assigned_at = c."assignedAt", fed_back_at = c."fedBackAt", closed_at = c."closedAt",
      version = i.version + 1, updated_at = ${at}::timestamptz
    from jsonb_to_recordset(${rows}::jsonb) as c(id uuid, "reportedAt" timestamptz, "occurredAt" timestamptz, "unitCode" text,
      placement placement, kind text, severity severity, state incident_state, source incident_source, text text, geom text,
      "dueAt" timestamptz, "acceptedAt" timestamptz, "assignedAt" timestamptz, "fedBackAt" timestamptz, "closedAt" timestamptz)
      join incident_key k on k.id = c.id
    where i.id = c.id and i.reported_at = k.reported_at`)
  await tx.execute(sql`
    update incident_key k set reported_at = c."reportedAt"
    from jsonb_to_recordset(${rows}::jsonb) as c(id uuid, "reportedAt" timestamptz)
    where k.id = c.id and k.reported_at <> c."reportedAt"`)
}

export interface ImportedStep {
  incidentId: string
  at: Date
  transition: 'report' | 'import'
  fromState: State | null
  toState: State
  note: string | null
}

/** Adds steps to timelines, in the order given. */
export const insertImportedSteps = async (tx: Queryable, steps: readonly ImportedStep[], actorName: string): Promise<void> => {
  await tx.bulk(
    'incident_transition',
    ['incident_id', 'at', 'transition', 'from_state', 'to_state', 'actor_name', 'note'],
    steps.map(({ incidentId, at, transition, fromState, toState, note }) => [
      incidentId,
      at,
      transition,
      fromState,
      toState,
      actorName,
      note,
    ]),
  )
}
