/** Buildings that come from files: known by county and external key, loaded and changed in batches; and the counts of their units. */
import type { GridPolygons } from '#model/rings.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { pointEwkb, polygonEwkb } from './ewkb.ts'

/** location: [lng, lat] on the 1e-7 grid; footprint: rings on the integer grid. */
export interface ImportedBuilding {
  key: string
  unitCode: string
  households: number
  residents: number
  location: [number, number]
  footprint: GridPolygons[number] | null
}

/** A building as the database writes it: equal texts are equal geometries. */
export interface StoredBuilding extends Omit<ImportedBuilding, 'location' | 'footprint'> {
  geom: string
  footprint: string | null
}

export const storedBuilding = ({ location, footprint, ...rest }: ImportedBuilding): StoredBuilding => ({
  ...rest,
  geom: pointEwkb(location),
  footprint: footprint && polygonEwkb(footprint),
})

/** The buildings of these external keys, by key. */
export const findBuildings = async (db: Queryable, countyCode: string, keys: readonly string[]): Promise<Map<string, StoredBuilding>> => {
  const rows = await db.query<StoredBuilding>(sql`
    select external_key as key, unit_code as "unitCode", households, residents, geom::text as geom, footprint::text as footprint
    from building where county_code = ${countyCode} and external_key = any(${keys}::text[])`)
  return new Map(rows.map((row) => [row.key, row]))
}

export const insertImportedBuildings = async (tx: Queryable, countyCode: string, buildings: readonly StoredBuilding[]): Promise<void> => {
  await tx.bulk(
    'building',
    ['county_code', 'external_key', 'unit_code', 'households', 'residents', 'geom', 'footprint'],
    buildings.map((each) => [countyCode, each.key, each.unitCode, each.households, each.residents, each.geom, each.footprint]),
  )
}

export const updateImportedBuildings = async (tx: Queryable, countyCode: string, buildings: readonly StoredBuilding[]): Promise<void> => {
  await tx.execute(sql`
    update building b set unit_code = c."unitCode", households = c.households, residents = c.residents, geom = c.geom::geometry,
      footprint = c.footprint::geometry
    from jsonb_to_recordset(${JSON.stringify(buildings)}::jsonb) as c(key text, "unitCode" text, households integer, residents integer,
      geom text, footprint text)
    where b.county_code = ${countyCode} and b.external_key = c.key`)
}

/**
 * Gives the current versions of these leaves the sums of their buildings, and the units above (`above`) the sums of their leaves;
 * no new version, since no border moves. A unit none of whose leaves was ever counted stays without a count.
 */
export const countPeople = async (tx: Queryable, leaves: readonly string[], above: readonly string[]): Promise<void> => {
  await tx.execute(sql`
    update unit_version u set households = n.households, residents = n.residents
    from (
      select code, coalesce(sum(b.households), 0)::int as households, coalesce(sum(b.residents), 0)::int as residents
      from unnest(${leaves}::text[]) given (code) left join building b on b.unit_code = given.code
      group by code
    ) n
    where u.code = n.code and u.valid_to is null and u.is_leaf`)
  await tx.execute(sql`
    update unit_version u set households = n.households, residents = n.residents
    from (
      select given.code, sum(l.households)::int as households, sum(l.residents)::int as residents
      from unnest(${above}::text[]) given (code) join unit_version l on l.valid_to is null and l.is_leaf and starts_with(l.code, given.code)
      group by given.code
    ) n
    where u.code = n.code and u.valid_to is null and not u.is_leaf`)
}
