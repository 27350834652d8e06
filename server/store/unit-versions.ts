/** Units as a coverage: the current version of each in a county, and the change to a new set of versions. */
import type { Level, UnitKind } from '#model/level.ts'
import { type GridPolygons, readPolygons } from '#model/rings.ts'
import type { MultiPolygon } from 'geojson'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { lineEwkb, multiPolygonEwkb, pointEwkb } from './ewkb.ts'

/** What one version of a unit says. Polygons are on the integer grid, canonical; labelPoint is [lng, lat]. */
export interface UnitFacts {
  code: string
  parentCode: string | null
  level: Level
  unitKind: UnitKind
  name: string
  nameEn: string | null
  isLeaf: boolean
  polygons: GridPolygons
  labelPoint: [number, number]
  areaM2: number
  households: number | null
  residents: number | null
  source: string | null
}

/** The current version of a unit; `ewkb` is its geometry as text, to be compared. */
export interface CurrentUnit extends Omit<UnitFacts, 'polygons' | 'labelPoint' | 'areaM2'> {
  unitId: number
  ewkb: string
}

export const listCurrentUnits = (db: Queryable, countyCode: string): Promise<CurrentUnit[]> =>
  db.query<CurrentUnit>(sql`
    select unit_id as "unitId", code, parent_code as "parentCode", level, unit_kind as "unitKind", name, name_en as "nameEn",
      is_leaf as "isLeaf", households, residents, source, geom::text as ewkb
    from unit_version where county_code = ${countyCode} and valid_to is null order by code`)

/** Polygons of the current leaves of a county. */
export const listLeafPolygons = async (db: Queryable, countyCode: string): Promise<{ code: string; polygons: GridPolygons }[]> => {
  const rows = await db.query<{ code: string; geometry: MultiPolygon }>(sql`
    select code, ST_AsGeoJSON(geom, 7)::json as geometry
    from unit_version where county_code = ${countyCode} and valid_to is null and is_leaf order by code`)
  return rows.map(({ code, geometry }) => ({ code, polygons: readPolygons(geometry).polygons }))
}

/** Every code that was ever given to a unit or anything below it: none is used again. */
export const listUsedCodes = async (db: Queryable, unitCode: string): Promise<string[]> => {
  const rows = await db.query<{ code: string }>(sql`select code from unit_code where code like ${unitCode + '%'}`)
  return rows.map(({ code }) => code)
}

/** Ends the current versions of these codes. A version that began at this very instant or later is dropped: it was never in force. */
export const endVersions = async (tx: Queryable, codes: readonly string[], at: Date): Promise<void> => {
  await tx.execute(
    sql`delete from unit_version where valid_to is null and code = any(${codes}::text[]) and valid_from >= ${at}::timestamptz`,
  )
  await tx.execute(sql`update unit_version set valid_to = ${at}::timestamptz where valid_to is null and code = any(${codes}::text[])`)
}

/** Makes a unit for every code that has none yet. Resolves with the ids of all these codes. */
export const ensureUnits = async (tx: Queryable, countyCode: string, codes: readonly string[]): Promise<Map<string, number>> => {
  const known = await tx.query<{ code: string; id: number }>(
    sql`select code, unit_id as id from unit_code where code = any(${codes}::text[])`,
  )
  const ids = new Map(known.map(({ code, id }) => [code, id]))
  const fresh = codes.filter((code) => !ids.has(code))
  const given = await tx.query<{ id: number }>(
    sql`select nextval(pg_get_serial_sequence('unit', 'id')) as id from generate_series(1, ${fresh.length}::int)`,
  )
  for (const [index, code] of fresh.entries()) ids.set(code, given[index]!.id)
  const rows = fresh.map((code) => ({ code, id: ids.get(code)! }))
  await tx.bulk('unit', ['id', 'county_code'], rows.map(({ id }) => [id, countyCode])) // prettier-ignore
  await tx.bulk('unit_code', ['code', 'unit_id'], rows.map(({ code, id }) => [code, id])) // prettier-ignore
  return ids
}

const VERSION_COLUMNS = [
  ...['unit_id', 'code', 'parent_code', 'county_code', 'level', 'unit_kind', 'name', 'name_en', 'is_leaf', 'geom', 'label_point'],
  ...['area_m2', 'households', 'residents', 'source', 'valid_from'],
]

/** Adds a version to units that have none in force. */
export const insertVersions = async (
  tx: Queryable,
  countyCode: string,
  units: readonly UnitFacts[],
  ids: ReadonlyMap<string, number>,
  validFrom: Date,
): Promise<void> => {
  await tx.bulk(
    'unit_version',
    VERSION_COLUMNS,
    units.map((unit) => [
      ...[ids.get(unit.code), unit.code, unit.parentCode, countyCode, unit.level, unit.unitKind, unit.name, unit.nameEn, unit.isLeaf],
      ...[multiPolygonEwkb(unit.polygons), pointEwkb(unit.labelPoint), unit.areaM2],
      ...[unit.households, unit.residents, unit.source, validFrom],
    ]),
  )
}

export interface BorderFacts {
  level: Level
  left: string | null
  right: string | null
  line: [lng: number, lat: number][]
}

interface StandingBorder {
  id: number
  level: Level
  left: string | null
  right: string | null
  ewkb: string
}

const borderKey = (level: Level, left: string | null, right: string | null, ewkb: string): string =>
  `${level} ${left ?? ''} ${right ?? ''} ${ewkb}`

/**
 * Puts a county's borders into force at `at`: those that are no longer among `borders` end, new ones begin, and a line that stands
 * already, in whichever direction it was written, is left alone. Resolves with how many ended and began.
 */
export const replaceBorders = async (
  tx: Queryable,
  countyCode: string,
  borders: readonly BorderFacts[],
  at: Date,
): Promise<{ ended: number; begun: number }> => {
  const standing = await tx.query<StandingBorder>(sql`
    select id, level, left_code as "left", right_code as "right", geom::text as ewkb
    from unit_border where county_code = ${countyCode} and valid_to is null`)
  const known = new Map(standing.map(({ id, level, left, right, ewkb }) => [borderKey(level, left, right, ewkb), id]))
  const fresh: unknown[][] = []
  for (const { level, left, right, line } of borders) {
    const forward = lineEwkb(line)
    const isThere =
      known.delete(borderKey(level, left, right, forward)) || known.delete(borderKey(level, right, left, lineEwkb(line.toReversed())))
    if (!isThere) fresh.push([countyCode, level, left, right, forward, at])
  }
  const ended = [...known.values()]
  // One that began at this very instant was never in force.
  await tx.execute(sql`delete from unit_border where id = any(${ended}::bigint[]) and valid_from >= ${at}::timestamptz`)
  await tx.execute(sql`update unit_border set valid_to = ${at}::timestamptz where id = any(${ended}::bigint[])`)
  await tx.bulk('unit_border', ['county_code', 'level', 'left_code', 'right_code', 'geom', 'valid_from'], fresh)
  return { ended: ended.length, begun: fresh.length }
}

/**
 * After the borders have moved: gives every incident, camera and building of the county that has a place the leaf that holds it
 * now (the lowest code on a shared border). Resolves with how many incidents and cameras changed.
 */
export const relocate = async (tx: Queryable, countyCode: string): Promise<{ incidents: number; cameras: number }> => {
  const leaf = sql`
    select v.code from unit_version v where v.valid_to is null and v.is_leaf and v.county_code = ${countyCode} and ST_Covers(v.geom, t.geom)
    order by v.code limit 1`
  const incidents = await tx.execute(sql`
    update incident i set unit_code = coalesce(n.code, ${countyCode}), version = i.version + 1, updated_at = now(),
      placement = case when n.code is null then 'outside' else 'inside' end::placement
    from (select t.id, t.reported_at, (${leaf}) as code from incident t where t.county_code = ${countyCode} and t.geom is not null) n
    where i.id = n.id and i.reported_at = n.reported_at and i.unit_code <> coalesce(n.code, ${countyCode})`)
  const cameras = await tx.execute(sql`
    update camera c set unit_code = coalesce(n.code, ${countyCode}), updated_at = now(),
      placement = case when n.code is null then 'outside' else 'inside' end::placement
    from (select t.id, (${leaf}) as code from camera t where t.county_code = ${countyCode}) n
    where c.id = n.id and c.unit_code <> coalesce(n.code, ${countyCode})`)
  await tx.execute(sql`
    update building b set unit_code = coalesce(n.code, ${countyCode})
    from (select t.id, (${leaf}) as code from building t where t.county_code = ${countyCode}) n
    where b.id = n.id and b.unit_code <> coalesce(n.code, ${countyCode})`)
  return { incidents, cameras }
}
