/** Units for lists and labels, and where they lie. Polygons are in unit-features.ts and tiles.ts. */
import type { Bbox } from '#contract/geojson.ts'
import type { UnitSummary } from '#contract/unit.ts'
import type { Queryable, Reader } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { standing } from './clauses.ts'

/** All units of a county that are in force at an instant (null: now), by code: so each comes after the units above it. */
export const listUnits = (db: Queryable, county: string, at: Date | null = null): Promise<UnitSummary[]> =>
  db.query<UnitSummary>(sql`
    select code, parent_code as "parentCode", level, unit_kind as "unitKind", name, name_en as "nameEn", is_leaf as "isLeaf",
      json_build_array(ST_X(label_point), ST_Y(label_point)) as "labelPoint",
      json_build_array(ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)) as bbox,
      area_m2 as "areaM2", households, residents
    from unit_version
    where ${standing(at)} and county_code = ${county}
    order by code collate "C"`)

const WORLD: Bbox = [-180, -90, 180, 90]

/** Box around the unit of this code, or around all counties when it is ''; the world while there is none. */
export const getUnitsBbox = async (db: Reader, code: string): Promise<Bbox> => {
  const which = code === '' ? sql`level = 'county'` : sql`code = ${code}`
  const [row] = await db.query<{ bbox: Bbox | null }>(sql`
    select case when box is null then null else json_build_array(ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)) end as bbox
    from (select ST_Extent(geom) as box from unit_version where valid_to is null and ${which}) extent`)
  return row?.bbox ?? WORLD
}
