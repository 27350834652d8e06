/** Versions of a county's borders, named by the instant since which they have been in force. */
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/**
 * Since when the units of a county have been as they are: the latest beginning of a version, in whole milliseconds, which is what a
 * Date can hold. Null when it has no units.
 */
export const findBase = async (db: Queryable, countyCode: string): Promise<Date | null> => {
  const [row] = await db.query<{ base: Date | null }>(sql`
    select date_trunc('milliseconds', max(valid_from) + interval '999 microseconds') as base
    from unit_version where county_code = ${countyCode}`)
  return row!.base
}
