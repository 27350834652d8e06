/** A heat filter as SQL, and the parts that counting and listing share. */
import type { HeatFilter } from '#model/heat/filter.ts'
import { countyOf } from '#model/code.ts'
import { empty, join, type Sql, sql } from '../db/sql.ts'

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()
/** Instants as one parameter. */
export const instants = (seconds: Iterable<number>): string[] => Array.from(seconds, iso)

/** The place on the grid of 1e-7 degree, as whole numbers; null without one. */
export const gridX: Sql = sql`round(ST_X(i.geom) * 1e7)::bigint`
export const gridY: Sql = sql`round(ST_Y(i.geom) * 1e7)::bigint`

/** Whole seconds since 1970. */
export const SECONDS: Sql = sql`floor(extract(epoch from i.reported_at))::bigint`

/** Seconds of the local clock, by the offsets that the index uses too. */
export const localSeconds = ({ starts, offsets }: HeatFilter['clock']): Sql => {
  if (offsets.length === 1) return sql`(${SECONDS} + ${offsets[0]}::bigint)`
  return sql`(${SECONDS} + (${offsets}::bigint[])[1 + width_bucket(i.reported_at, ${instants(starts.slice(1))}::timestamptz[])])`
}

/** As `floor` has it, below zero too. */
export const floorMod = (value: Sql, by: number): Sql => sql`mod(mod(${value}, ${by}::bigint) + ${by}::bigint, ${by}::bigint)`
export const hourOf = (clock: HeatFilter['clock']): Sql => sql`(${floorMod(localSeconds(clock), 86_400)} / 3600)::int`
/** 0 Monday … 6 Sunday. */
export const weekdayOf = (clock: HeatFilter['clock']): Sql =>
  sql`${floorMod(sql`floor(${localSeconds(clock)}::numeric / 86400)::bigint + 3`, 7)}::int`

const meetsBox = (west: number, south: number, east: number, north: number): Sql =>
  // A unit more on each side: what is on the edge is decided on whole numbers.
  sql`i.geom && ST_MakeEnvelope(${(west - 1) / 1e7}::float8, ${(south - 1) / 1e7}::float8, ${(east + 1) / 1e7}::float8, ${(north + 1) / 1e7}::float8, 4326)`

const inBox = (box: HeatFilter['box']): Sql => {
  if (!box) return empty
  const [west, south, east, north] = box.map((each) => Math.max(-2e9, Math.min(2e9, each))) as [number, number, number, number]
  return sql`and ${meetsBox(west, south, east, north)}
    and ${gridX} >= ${west}::bigint and ${gridX} < ${east}::bigint and ${gridY} >= ${south}::bigint and ${gridY} < ${north}::bigint`
}

const inPolygon = (polygon: HeatFilter['polygon']): Sql => {
  if (!polygon) return empty
  const points = Array.from({ length: polygon.length / 2 + 1 }, (_, n) => {
    const at = (2 * n) % polygon.length
    return [polygon[at]!, polygon[at + 1]!] as const
  })
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const text = `POLYGON((${points.map(([x, y]) => `${x} ${y}`).join(',')}))`
  // On whole numbers a side is exact, as it is in the index.
  return sql`and ${meetsBox(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys))}
    and ST_Covers(ST_GeomFromText(${text}), ST_MakePoint(${gridX}, ${gridY}))`
}

const within = (units: readonly string[]): Sql => {
  const county = countyOf(units[0]!)
  if (units.includes(county)) return sql`i.county_code = ${county}::text`
  return sql`i.county_code = ${county}::text and (${join(units.map((code) => sql`i.unit_code like ${`${code}%`}`), ' or ')})` // prettier-ignore
}

/** Conditions of a filter on the relation `i`, which has the columns of `incident`. */
export const matching = (filter: HeatFilter): Sql => {
  const { units, from, to, kinds, severities, states, sources, box, polygon, dial, clock, inside } = filter
  const hours = dial && sql`and ((${dial}::int[])[1 + ${weekdayOf(clock)}] >> ${hourOf(clock)}) & 1 = 1`
  return sql`${within(units)}
    ${from === null ? empty : sql`and i.reported_at >= ${iso(from)}::timestamptz`}
    ${to === null ? empty : sql`and i.reported_at < ${iso(to)}::timestamptz`}
    ${kinds ? sql`and (i.kind = any(${kinds}::text[]) or left(i.kind, 2) = any(${kinds}::text[]))` : empty}
    ${severities ? sql`and i.severity = any(${severities}::severity[])` : empty}
    ${states ? sql`and i.state = any(${states}::incident_state[])` : empty}
    ${sources ? sql`and i.source = any(${sources}::incident_source[])` : empty}
    ${inside ? sql`and i.placement = 'inside'` : empty} ${inBox(box)} ${inPolygon(polygon)} ${hours ?? empty}`
}

/** What an incident looked like at another time: its state then, and the unit that held its place then. */
export interface Then {
  at: Date
  boundaries: 'stored' | 'asOf'
  /** Codes outside of this one are not looked at, as they are stored. */
  jurisdiction: string
}

/** The relation that a filter is put to, to stand behind `from`: incidents as they are, or as they stood. */
export const incidentsAt = (then: Then | null): Sql => {
  if (!then) return sql`incident i`
  const state = sql`coalesce((
    select t.to_state from incident_transition t where t.incident_id = n.id and t.at <= ${then.at}::timestamptz order by t.id desc limit 1
  ), 'reported')`
  const unit = sql`case when n.geom is null then n.unit_code else coalesce((
    select v.code from unit_version v where v.is_leaf and v.county_code = n.county_code and ST_Covers(v.geom, n.geom)
      and v.valid_from <= ${then.at}::timestamptz and (v.valid_to is null or v.valid_to > ${then.at}::timestamptz)
    order by v.code limit 1
  ), n.county_code) end`
  return sql`(
    select n.id, n.reported_at, n.county_code, n.kind, n.severity, n.source, n.geom, n.due_at, n.placement, ${state} as state,
      ${then.boundaries === 'asOf' ? unit : sql`n.unit_code`} as unit_code
    from incident n
    where n.reported_at <= ${then.at}::timestamptz and n.unit_code like ${`${then.jurisdiction}%`}
  ) i`
}
