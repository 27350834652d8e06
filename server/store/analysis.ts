/**
 * Places and points behind hot spots, clusters, repeats and reports; what is only counted is in heat-counts.ts. Squares are those of
 * #model/heat/lattice.ts: column and row of a place are floor(x / cellX), floor(y / cellY) in whole 1e-7 degrees.
 */
import type { IncidentMarker } from '#contract/incident.ts'
import { countyOf } from '#model/code.ts'
import type { Lattice } from '#model/heat/lattice.ts'
import type { Span } from '#model/hot-spots/periods.ts'
import type { Severity, Source } from '#model/incident.ts'
import type { Reader } from '../db/db.ts'
import { empty, join, type Sql, sql } from '../db/sql.ts'
import { within } from './clauses.ts'
import { markerOf } from './incident-reads.ts'

/** Which incidents: of a unit with all below, and of these kinds; undefined is all. */
export interface What {
  unitCode: string
  /** Classes of two digits and kinds of four. */
  kinds: readonly string[] | undefined
  severities: readonly Severity[] | undefined
  sources: readonly Source[] | undefined
}

const meant = ({ unitCode, kinds, severities, sources }: What): Sql => sql`
  i.county_code = ${countyOf(unitCode)}::text ${unitCode.length === 6 ? empty : within(sql`i.unit_code`, unitCode)}
  ${kinds === undefined ? empty : sql`and (i.kind = any(${kinds}::text[]) or left(i.kind, 2) = any(${kinds}::text[]))`}
  ${severities === undefined ? empty : sql`and i.severity = any(${severities}::severity[])`}
  ${sources === undefined ? empty : sql`and i.source = any(${sources}::incident_source[])`}`
const during = ({ from, to }: Span): Sql => sql`and i.reported_at >= ${from}::timestamptz and i.reported_at < ${to}::timestamptz`

const columnOf = ({ cellX }: Lattice): Sql => sql`floor(round(ST_X(i.geom) * 1e7) / ${cellX}::float8)::int`
const rowOf = ({ cellY }: Lattice): Sql => sql`floor(round(ST_Y(i.geom) * 1e7) / ${cellY}::float8)::int`

/** Squares whose middle lies in a leaf of the unit, with that leaf; null when there would be more than `most` to look at. */
export const listSquares = async (
  db: Reader,
  unitCode: string,
  { cellX, cellY }: Lattice,
  most: number,
): Promise<{ column: number; row: number; unitCode: string }[] | null> => {
  const [box] = await db.query<{ west: number; south: number; east: number; north: number }>(sql`
    select floor(ST_XMin(geom) * 1e7 / ${cellX}::float8)::int as west, floor(ST_YMin(geom) * 1e7 / ${cellY}::float8)::int as south,
      floor(ST_XMax(geom) * 1e7 / ${cellX}::float8)::int as east, floor(ST_YMax(geom) * 1e7 / ${cellY}::float8)::int as north
    from unit_version where code = ${unitCode} and valid_to is null`)
  if (!box) return []
  const { west, south, east, north } = box
  if ((east - west + 1) * (north - south + 1) > most) return null
  return db.query(sql`
    select c as "column", r as "row", leaf.code as "unitCode"
    from generate_series(${west}::int, ${east}::int) as c
    cross join generate_series(${south}::int, ${north}::int) as r
    cross join lateral (
      select code from unit_version
      where valid_to is null and is_leaf and code like ${unitCode + '%'} and ST_Covers(geom,
        ST_SetSRID(ST_MakePoint((c + 0.5) * ${cellX}::float8 / 1e7, (r + 0.5) * ${cellY}::float8 / 1e7), 4326))
      order by code limit 1
    ) leaf
    order by r, c`)
}

/** The first leaf of a unit, by its code, that each of these squares touches; a square that touches none is left out. */
export const listLeavesOf = (
  db: Reader,
  unitCode: string,
  { cellX, cellY }: Lattice,
  squares: readonly { column: number; row: number }[],
): Promise<{ column: number; row: number; unitCode: string }[]> =>
  db.query(sql`
    select s.c as "column", s.r as "row", min(v.code collate "C") as "unitCode"
    from unnest(${squares.map(({ column }) => column)}::int[], ${squares.map(({ row }) => row)}::int[]) as s(c, r)
    join unit_version v on v.valid_to is null and v.is_leaf and v.code like ${unitCode + '%'} and ST_Intersects(v.geom, ST_MakeEnvelope(
      s.c * ${cellX}::float8 / 1e7, s.r * ${cellY}::float8 / 1e7, (s.c + 1) * ${cellX}::float8 / 1e7, (s.r + 1) * ${cellY}::float8 / 1e7, 4326))
    group by s.c, s.r`)

export interface PlaceRow {
  code: string
  bbox: [number, number, number, number]
}

/** The leaves of a unit, with the box around each. */
export const listLeafBoxes = (db: Reader, unitCode: string): Promise<PlaceRow[]> =>
  db.query<PlaceRow>(sql`
    select code, json_build_array(ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)) as bbox
    from unit_version where valid_to is null and is_leaf and code like ${unitCode + '%'} order by code collate "C"`)

/** Pairs of leaves of a county that share a border. */
export const listBorderPairs = (db: Reader, countyCode: string): Promise<{ left: string; right: string }[]> =>
  db.query(sql`
    select distinct left_code as left, right_code as right from unit_border
    where county_code = ${countyCode} and valid_to is null and left_code is not null and right_code is not null`)

export interface PointRow {
  id: string
  lng: number
  lat: number
  /** Seconds since 1970. */
  t: number
  kind: string
  severity: Severity
}

/** How many incidents of a window have a place, by kind. */
export const countPoints = (db: Reader, what: What, span: Span): Promise<{ kind: string; count: number }[]> =>
  db.query(sql`
    select i.kind, count(*)::int as count from incident i where ${meant(what)} ${during(span)} and i.geom is not null
    group by i.kind order by i.kind`)

/** Every incident of a window that has a place, in the order of time. */
export const listPoints = (db: Reader, what: What, span: Span): Promise<PointRow[]> =>
  db.query<PointRow>(sql`
    select i.id, ST_X(i.geom) as lng, ST_Y(i.geom) as lat, extract(epoch from i.reported_at)::float8 as t, i.kind, i.severity
    from incident i
    where ${meant(what)} ${during(span)} and i.geom is not null
    order by i.reported_at, i.id`)

type MarkerRow = Parameters<typeof markerOf>[0]
const MARKER: Sql = sql`
  i.id, ST_X(i.geom) as lng, ST_Y(i.geom) as lat, i.unit_code as "unitCode", i.placement, i.kind, i.severity, i.state, i.source,
  i.reported_at as "reportedAt", i.due_at as "dueAt", i.closed_at as "closedAt", i.supervisions, i.version`

/** Those of these incidents that were reported in a window, newest first. */
export const listMarkers = async (db: Reader, ids: readonly string[], span: Span): Promise<IncidentMarker[]> => {
  const rows = await db.query<MarkerRow>(sql`
    select ${MARKER} from incident i where i.id = any(${ids}::uuid[]) ${during(span)} order by i.reported_at desc, i.id desc`)
  return rows.map(markerOf)
}

/** Where incidents are looked for: squares of a lattice, or units with all below. */
export type Members = { lattice: Lattice; squares: readonly (readonly [column: number, row: number])[] } | { units: readonly string[] }

const inMembers = (members: Members): Sql => {
  if ('units' in members)
    return sql`and (${join(
      members.units.map((code) => sql`i.unit_code like ${code + '%'}`),
      ' or ',
    )})`
  const { lattice, squares } = members
  const [columns, rows] = [squares.map(([column]) => column), squares.map(([, row]) => row)]
  return sql`and i.placement = 'inside' and (${columnOf(lattice)}, ${rowOf(lattice)}) in (
    select * from unnest(${columns}::int[], ${rows}::int[]))`
}

/** A page of the incidents of some places, newest first, from behind `after`. */
export const listIncidentsIn = async (
  db: Reader,
  what: What,
  span: Span,
  { members, after, limit }: { members: Members; after: { at: Date; id: string } | null; limit: number },
): Promise<IncidentMarker[]> => {
  const behind = after === null ? empty : sql`and (i.reported_at, i.id) < (${after.at}::timestamptz, ${after.id}::uuid)`
  const rows = await db.query<MarkerRow>(sql`
    select ${MARKER} from incident i
    where ${meant(what)} ${during(span)} ${inMembers(members)} ${behind}
    order by i.reported_at desc, i.id desc limit ${limit}::int`)
  return rows.map(markerOf)
}

export interface PeriodCount {
  kind: string
  severity: Severity
  /** The unit's child in which they lie: the code cut to `childLength` digits. */
  cut: string
  count: number
  /** Accepted, or settled without that step, within 24 hours. */
  accepted: number
  /** Closed or cancelled within 5 × 24 hours. */
  closed: number
}

/** What was reported in a window, by kind, severity and child. */
export const countPeriod = (db: Reader, what: What, span: Span, childLength: number): Promise<PeriodCount[]> =>
  db.query<PeriodCount>(sql`
    select i.kind, i.severity, left(i.unit_code, ${childLength}::int) as cut, count(*)::int as count,
      (count(*) filter (where coalesce(i.accepted_at, i.closed_at) <= i.reported_at + interval '24 hours'))::int as accepted,
      (count(*) filter (where i.closed_at <= i.reported_at + interval '120 hours'))::int as closed
    from incident i
    where ${meant(what)} ${during(span)}
    group by 1, 2, 3`)

/** What was closed in a window, whenever it was reported. */
export const countClosedIn = async (db: Reader, what: What, { from, to }: Span): Promise<number> => {
  const [row] = await db.query<{ count: number }>(sql`
    select count(*)::int as count from incident i
    where ${meant(what)} and i.state = 'closed' and i.closed_at >= ${from}::timestamptz and i.closed_at < ${to}::timestamptz`)
  return row!.count
}
