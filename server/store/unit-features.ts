/** Units as features, by code: at an instant, or as they last were within an interval. */
import type { Level, UnitKind } from '#model/level.ts'
import type { Reader } from '../db/db.ts'
import { empty, join, type Sql, sql } from '../db/sql.ts'
import { meets, within } from './clauses.ts'
import type { FeatureFilter, FeatureRow } from './feature-rows.ts'

export interface UnitFilter extends FeatureFilter {
  level?: Level | undefined
  unitKind?: UnitKind | undefined
  /** Validity; an end that is null is open. Undefined: now, by the database's clock. */
  during?: { from: Date | null; to: Date | null } | undefined
}

interface UnitRow {
  geometry: string
  code: string
  parentCode: string | null
  countyCode: string
  level: Level
  unitKind: UnitKind
  name: string
  nameEn: string | null
  isLeaf: boolean
  areaM2: number
  households: number | null
  residents: number | null
  source: string | null
  synthetic: boolean
  validFrom: Date
  validTo: Date | null
}

const valid = (during: UnitFilter['during']): Sql => {
  if (!during) return sql`u.valid_from <= now() and (u.valid_to is null or u.valid_to > now())`
  const begun = during.to ? sql`u.valid_from <= ${during.to}::timestamptz` : sql`true`
  const lasting = during.from ? sql`(u.valid_to is null or u.valid_to > ${during.from}::timestamptz)` : sql`true`
  const until = during.to ? sql`and later.valid_from <= ${during.to}::timestamptz` : empty
  return sql`${begun} and ${lasting} and not exists (
    select 1 from unit_version later where later.code = u.code and later.valid_from > u.valid_from ${until})`
}

const matching = ({ prefixes, bbox, level, unitKind, during }: UnitFilter): Sql => sql`
  ${valid(during)} ${join(
    prefixes.map((prefix) => within(sql`u.code`, prefix)),
    ' ',
  )} ${meets(sql`u.geom`, bbox)}
  ${level ? sql`and u.level = ${level}::unit_level` : empty} ${unitKind ? sql`and u.unit_kind = ${unitKind}::unit_kind` : empty}`

/** How many match, and the database's time, at which `during` may be held fast for the pages that follow. */
export const countUnitFeatures = async (db: Reader, filter: UnitFilter): Promise<{ count: number; at: Date }> => {
  const [row] = await db.query<{ count: number; at: Date }>(
    sql`select count(*)::int as count, now() as at from unit_version u where ${matching(filter)}`,
  )
  return row!
}

/** Up to `limit` units behind the code `after`, by code. */
export const listUnitFeatures = async (db: Reader, filter: UnitFilter, after: string | null, limit: number): Promise<FeatureRow[]> => {
  // Byte by byte, as the index on codes has them: digits stand in that order in every collation.
  const rows = await db.query<UnitRow>(sql`
    with page as (
      select u.id from unit_version u
      where ${matching(filter)} ${after === null ? empty : sql`and u.code ~>~ ${after}`}
      order by u.code using ~<~ limit ${limit}
    )
    select ST_AsGeoJSON(ST_ForcePolygonCCW(u.geom), 7) as geometry, u.code, u.parent_code as "parentCode", u.county_code as "countyCode",
      u.level, u.unit_kind as "unitKind", u.name, u.name_en as "nameEn", u.is_leaf as "isLeaf", u.area_m2 as "areaM2",
      u.households, u.residents, u.source, c.synthetic, u.valid_from as "validFrom", u.valid_to as "validTo"
    from page join unit_version u using (id) join county c on c.code = u.county_code
    order by u.code using ~<~`)
  return rows.map(({ geometry, ...properties }) => ({
    id: properties.code,
    geometry,
    properties: { ...properties },
    key: [properties.code],
  }))
}
