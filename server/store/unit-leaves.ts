/** The units of a county as a coverage is built from them: leaves with their polygons, and what lies above. */
import type { Level, UnitKind } from '#model/level.ts'
import type { GridPolygons } from '#model/rings.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { standing } from './clauses.ts'
import { readMultiPolygon } from './ewkb.ts'

/** What one version says of a unit, its polygon left out. */
export interface StandingUnit {
  code: string
  parentCode: string | null
  level: Level
  unitKind: UnitKind
  name: string
  nameEn: string | null
  isLeaf: boolean
  validFrom: Date
}

export interface StandingLeaf extends StandingUnit {
  /** On the integer grid, outer rings turned left. */
  polygons: GridPolygons
}

/**
 * All units of a county that are in force at an instant (null: now), by code; only the leaves come with their polygons. `outline` is
 * the county's own polygon.
 */
export const listStanding = async (
  db: Queryable,
  countyCode: string,
  at: Date | null = null,
): Promise<{ leaves: StandingLeaf[]; above: StandingUnit[]; outline: GridPolygons }> => {
  const rows = await db.query<StandingUnit & { ewkb: string | null }>(sql`
    select code, parent_code as "parentCode", level, unit_kind as "unitKind", name, name_en as "nameEn", is_leaf as "isLeaf",
      valid_from as "validFrom", case when is_leaf or level = 'county' then geom::text end as ewkb
    from unit_version where ${standing(at)} and county_code = ${countyCode} order by code collate "C"`)
  const leaves: StandingLeaf[] = []
  const above: StandingUnit[] = []
  let outline: GridPolygons = []
  for (const { ewkb, ...unit } of rows) {
    const polygons = ewkb === null ? [] : readMultiPolygon(ewkb)
    if (unit.level === 'county') outline = polygons
    if (unit.isLeaf) leaves.push({ ...unit, polygons })
    else above.push(unit)
  }
  return { leaves, above, outline }
}
