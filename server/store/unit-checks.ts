/** What `npm run check:coverage` looks at: everything stored of a county's units at an instant, and PostGIS' own opinion. */
import type { Level } from '#model/level.ts'
import type { StoredBorder, StoredUnit } from '#model/unit-check.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { standing } from './clauses.ts'
import { readMultiPolygon } from './ewkb.ts'

/** All units of a county in force at an instant (null: now), by code. */
export const listStoredUnits = async (db: Queryable, countyCode: string, at: Date | null): Promise<StoredUnit[]> => {
  const rows = await db.query<{ code: string; parentCode: string | null; level: Level; isLeaf: boolean; ewkb: string }>(sql`
    select code, parent_code as "parentCode", level, is_leaf as "isLeaf", geom::text as ewkb
    from unit_version where county_code = ${countyCode} and ${standing(at)} order by code collate "C"`)
  return rows.map(({ ewkb, ...unit }) => ({ ...unit, polygons: readMultiPolygon(ewkb) }))
}

/** All borders of a county in force at an instant (null: now). */
export const listStoredBorders = async (db: Queryable, countyCode: string, at: Date | null): Promise<StoredBorder[]> => {
  const rows = await db.query<Omit<StoredBorder, 'line'> & { geometry: { coordinates: [number, number][] } }>(sql`
    select level, left_code as "left", right_code as "right", ST_AsGeoJSON(geom, 7)::json as geometry
    from unit_border where county_code = ${countyCode} and ${standing(at)}`)
  return rows.map(({ geometry, ...border }) => ({ ...border, line: geometry.coordinates }))
}

/** Versions in force at an instant (null: now) whose polygon PostGIS calls invalid, with its reason and place. */
export const listInvalid = (
  db: Queryable,
  countyCode: string,
  at: Date | null,
): Promise<{ code: string; reason: string; lng: number | null; lat: number | null }[]> =>
  db.query(sql`
    select code, (detail).reason, ST_X((detail).location) as lng, ST_Y((detail).location) as lat
    from (
      select code, ST_IsValidDetail(geom) as detail
      from unit_version where county_code = ${countyCode} and ${standing(at)} and not ST_IsValid(geom)
    ) invalid
    order by code collate "C"`)
