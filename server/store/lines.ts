/** Roads and rivers: as features for the workbench, and what an import reads and writes. */
import type { LineKind } from '#contract/line.ts'
import { codeAt, countyOf } from '#model/code.ts'
import type { Queryable } from '../db/db.ts'
import { empty, sql } from '../db/sql.ts'

/** Features of the lines of a county, or of those that meet one of its units, as GeoJSON texts. */
export const listLineFeatures = async (db: Queryable, unitCode: string): Promise<string[]> => {
  const isCounty = codeAt(unitCode, 'county') === unitCode
  const meeting = isCounty
    ? empty
    : sql`and exists (select 1 from unit_version u where u.valid_to is null and u.code = ${unitCode} and ST_Intersects(u.geom, l.geom))`
  const rows = await db.query<{ id: number; lineKind: LineKind; name: string | null; geometry: string }>(sql`
    select l.id, l.line_kind as "lineKind", l.name, ST_AsGeoJSON(l.geom, 7) as geometry
    from line l where l.county_code = ${countyOf(unitCode)} ${meeting}
    order by l.id`)
  return rows.map(
    ({ id, geometry, ...properties }) => `{"type":"Feature","id":${id},"geometry":${geometry},"properties":${JSON.stringify(properties)}}`,
  )
}
