/** The units that a plan changes, as they are now, and the codes that it gives. */
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { CurrentUnit } from './unit-versions.ts'

/** Current versions of these codes. */
export const listUnitFacts = (db: Queryable, codes: readonly string[]): Promise<CurrentUnit[]> =>
  db.query<CurrentUnit>(sql`
    select unit_id as "unitId", code, parent_code as "parentCode", level, unit_kind as "unitKind", name, name_en as "nameEn",
      is_leaf as "isLeaf", households, residents, source, geom::text as ewkb
    from unit_version where valid_to is null and code = any(${codes}::text[])`)

/**
 * Makes a unit for each that has no id yet, and writes down the codes that are new; a code that was ever given out is refused by the
 * database. Resolves with the ids of all, by code.
 */
export const insertCodes = async (
  tx: Queryable,
  countyCode: string,
  units: readonly { code: string; unitId: number | null }[],
): Promise<Map<string, number>> => {
  const codes = units.map(({ code }) => code)
  const known = await tx.query<{ code: string; id: number }>(
    sql`select code, unit_id as id from unit_code where code = any(${codes}::text[])`,
  )
  const standing = new Set(known.map(({ code, id }) => `${code} ${id}`))
  const fresh = units.filter(({ unitId }) => unitId === null).length
  const given = await tx.query<{ id: number }>(
    sql`select nextval(pg_get_serial_sequence('unit', 'id')) as id from generate_series(1, ${fresh}::int)`,
  )
  await tx.bulk('unit', ['id', 'county_code'], given.map(({ id }) => [id, countyCode])) // prettier-ignore
  let next = 0
  const ids = new Map(units.map(({ code, unitId }) => [code, unitId ?? given[next++]!.id]))
  const added = [...ids].filter(([code, id]) => !standing.has(`${code} ${id}`))
  await tx.bulk('unit_code', ['code', 'unit_id'], added)
  return ids
}
