/**
 * What a plan moves besides borders. Only the land that it touches is looked at: `before` are the codes of the changed leaves as
 * they were, `after` as they are, and on a border of two of them the lower code holds the point, as everywhere.
 */
import type { Queryable } from '../db/db.ts'
import { join, type Sql, sql } from '../db/sql.ts'

export interface Touched {
  countyCode: string
  before: readonly string[]
  after: readonly string[]
  /** [west, south, east, north] in degrees of the land where the county's own line moves; null when it does not. */
  outline: readonly [number, number, number, number] | null
}

const OPEN = sql`t.state not in ('closed', 'cancelled')`

/** Rows whose place may have changed its leaf: those of the changed leaves, and by a moved outline those of no leaf. */
const concerned = ({ countyCode, before, outline }: Touched): Sql => {
  const inside = sql`t.unit_code = any(${before}::text[])`
  if (!outline) return inside
  const [west, south, east, north] = outline
  return sql`(${inside} or (t.unit_code = ${countyCode} and t.geom && ST_MakeEnvelope(${west}::float8, ${south}::float8, ${east}::float8, ${north}::float8, 4326)))`
}

const leafNow = ({ after }: Touched): Sql => sql`(
  select v.code from unit_version v
  where v.valid_to is null and v.is_leaf and v.code = any(${after}::text[]) and ST_Covers(v.geom, t.geom) order by v.code limit 1)`

/**
 * Gives every open incident, camera and building of the touched land the leaf that holds it now; closed incidents keep the unit of
 * their time. Resolves with how many of each changed.
 */
export const relocateTouched = async (
  tx: Queryable,
  touched: Touched,
  at: Date,
): Promise<{ incidents: number; cameras: number; buildings: number }> => {
  const { countyCode } = touched
  const placement = sql`case when n.code is null then 'outside' else 'inside' end::placement`
  const incidents = await tx.execute(sql`
    update incident i set unit_code = coalesce(n.code, ${countyCode}), version = i.version + 1, updated_at = ${at}::timestamptz, placement = ${placement}
    from (
      select t.id, t.reported_at, ${leafNow(touched)} as code from incident t
      where t.county_code = ${countyCode} and ${OPEN} and t.geom is not null and ${concerned(touched)}
    ) n
    where i.id = n.id and i.reported_at = n.reported_at and i.unit_code <> coalesce(n.code, ${countyCode})`)
  const cameras = await tx.execute(sql`
    update camera c set unit_code = coalesce(n.code, ${countyCode}), updated_at = ${at}::timestamptz, placement = ${placement}
    from (select t.id, ${leafNow(touched)} as code from camera t where t.county_code = ${countyCode} and ${concerned(touched)}) n
    where c.id = n.id and c.unit_code <> coalesce(n.code, ${countyCode})`)
  const buildings = await tx.execute(sql`
    update building b set unit_code = coalesce(n.code, ${countyCode})
    from (select t.id, ${leafNow(touched)} as code from building t where t.county_code = ${countyCode} and ${concerned(touched)}) n
    where b.id = n.id and b.unit_code <> coalesce(n.code, ${countyCode})`)
  return { incidents, cameras, buildings }
}

/**
 * Lets whatever names a unit follow it to its new code: posts, teams, and the jurisdictions of users and tokens. Users whose
 * jurisdiction moved must sign in again. Resolves with true when there were any.
 */
export const followUnits = async (tx: Queryable, codes: ReadonlyMap<string, string>): Promise<boolean> => {
  const to = sql`(select * from unnest(${[...codes.keys()]}::text[], ${[...codes.values()]}::text[]) as moved (old_code, new_code)) as moved`
  await tx.execute(sql`update post set unit_code = moved.new_code from ${to} where post.unit_code = moved.old_code`)
  await tx.execute(sql`update team set unit_code = moved.new_code from ${to} where team.unit_code = moved.old_code`)
  const users = await tx.execute(
    sql`update app_user set unit_code = moved.new_code, epoch = epoch + 1 from ${to} where app_user.unit_code = moved.old_code`,
  )
  const tokens = await tx.execute(sql`update token set unit_code = moved.new_code from ${to} where token.unit_code = moved.old_code`)
  return users + tokens > 0
}

/** True when the county has buildings to count households by. */
export const hasBuildings = async (db: Queryable, countyCode: string): Promise<boolean> => {
  const [row] = await db.query<{ known: boolean }>(sql`select exists (select from building where county_code = ${countyCode}) as known`)
  return row!.known
}

/** Counts the households and residents of the versions that began at `at` by the buildings in them. */
export const recountVersions = async (tx: Queryable, countyCode: string, at: Date): Promise<void> => {
  // Codes are digits, so ':' ends the range of those that begin with one; it is what the index is asked with.
  await tx.execute(sql`
    update unit_version u set households = n.households, residents = n.residents
    from (
      select v.id, coalesce(sum(b.households), 0)::int as households, coalesce(sum(b.residents), 0)::int as residents
      from unit_version v left join building b on b.unit_code ~>=~ v.code and b.unit_code ~<~ (v.code || ':')
      where v.county_code = ${countyCode} and v.valid_from = ${at}::timestamptz and v.valid_to is null
      group by v.id
    ) n
    where u.id = n.id`)
}

/** The database's own opinion of the versions that began at `at`: codes of those that are not valid on the grid of 1e-7 degree. */
export const listInvalid = async (tx: Queryable, countyCode: string, at: Date): Promise<string[]> => {
  const rows = await tx.query<{ code: string }>(sql`
    select code from (
      select code, geom, ST_SnapToGrid(geom, 1e-7) as snapped from unit_version
      where county_code = ${countyCode} and valid_from = ${at}::timestamptz and valid_to is null
    ) as fresh
    where not ST_IsValid(geom) or not ST_IsValid(snapped) or ST_NPoints(snapped) <> ST_NPoints(geom)
    order by code`)
  return rows.map(({ code }) => code)
}

/** Square degrees of the leaves that ended at `at`, and of those that began. */
export const sumAreas = async (tx: Queryable, countyCode: string, at: Date): Promise<{ ended: number; begun: number }> => {
  const [row] = await tx.query<{ ended: number; begun: number }>(sql`
    select coalesce(sum(ST_Area(geom)) filter (where valid_to = ${at}::timestamptz), 0) as ended,
      coalesce(sum(ST_Area(geom)) filter (where valid_from = ${at}::timestamptz), 0) as begun
    from unit_version
    where county_code = ${countyCode} and is_leaf and (valid_from = ${at}::timestamptz or valid_to = ${at}::timestamptz)`)
  return row!
}

export interface Place {
  code: string
  lng: number
  lat: number
}

/** Buildings of some leaves. [lng, lat] in degrees. */
export const listBuildingPlaces = (
  db: Queryable,
  codes: readonly string[],
): Promise<(Place & { households: number; residents: number })[]> =>
  db.query(sql`
    select unit_code as code, ST_X(geom) as lng, ST_Y(geom) as lat, households, residents from building where unit_code = any(${codes}::text[])`)

/** Cameras of some leaves. */
export const listCameraPlaces = (db: Queryable, codes: readonly string[]): Promise<Place[]> =>
  db.query(sql`select unit_code as code, ST_X(geom) as lng, ST_Y(geom) as lat from camera where unit_code = any(${codes}::text[])`)

/** Open incidents of some leaves. */
export const listOpenPlaces = (db: Queryable, countyCode: string, codes: readonly string[]): Promise<Place[]> =>
  db.query(sql`
    select t.unit_code as code, ST_X(t.geom) as lng, ST_Y(t.geom) as lat from incident t
    where t.county_code = ${countyCode} and ${join([OPEN, sql`t.geom is not null`, sql`t.unit_code = any(${codes}::text[])`], ' and ')}`)

/** How many posts some leaves have. */
export const countPostsOf = async (db: Queryable, codes: readonly string[]): Promise<number> => {
  const [row] = await db.query<{ count: number }>(sql`select count(*)::int as count from post where unit_code = any(${codes}::text[])`)
  return row!.count
}
