/** When the units of a county changed: what a day or an instant is resolved against, and what a slider steps through. */
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { within } from './clauses.ts'

/**
 * Instants at which a version of a unit with this code prefix began or ended, oldest first, in milliseconds. One that has
 * microseconds is rounded up: seen from there, it is over.
 */
export const listChangeInstants = async (db: Queryable, prefix: string): Promise<number[]> => {
  const rows = await db.query<{ ms: number }>(sql`
    select distinct ceil(extract(epoch from at) * 1000)::bigint as ms
    from (
      select valid_from as at from unit_version where true ${within(sql`code`, prefix)}
      union
      select valid_to from unit_version where valid_to is not null ${within(sql`code`, prefix)}
    ) change
    order by ms`)
  return rows.map(({ ms }) => ms)
}

/** When the first unit of the prefix came into force; null while there is none. */
export const findFirstVersion = async (db: Queryable, prefix: string): Promise<Date | null> => {
  const [row] = await db.query<{ first: Date | null }>(
    sql`select min(valid_from) as first from unit_version where true ${within(sql`code`, prefix)}`,
  )
  return row!.first
}

export interface UnitChange {
  at: Date
  added: number
  ended: number
  changed: number
  /** Grids more, or less where negative. */
  grids: number
}

/** What each of those instants changed inside the prefix, oldest first. A version that follows on another of its unit changes it. */
export const listUnitChanges = async (db: Queryable, prefix: string): Promise<UnitChange[]> => {
  const rows = await db.query<Omit<UnitChange, 'at'> & { ms: number }>(sql`
    with version as (
      select unit_id, level = 'grid' as is_grid, valid_from, valid_to,
        lag(valid_to) over life is not distinct from valid_from as goes_on, lead(valid_from) over life is not distinct from valid_to as is_followed
      from unit_version
      where true ${within(sql`code`, prefix)}
      window life as (partition by unit_id order by valid_from)
    ), step as (
      select valid_from as at, 1 as sign, goes_on as is_change, is_grid from version
      union all
      select valid_to, -1, is_followed, is_grid from version where valid_to is not null
    )
    select ceil(extract(epoch from at) * 1000)::bigint as ms,
      (count(*) filter (where sign = 1 and not is_change))::int as added,
      (count(*) filter (where sign = -1 and not is_change))::int as ended,
      (count(*) filter (where sign = 1 and is_change))::int as changed,
      coalesce(sum(sign) filter (where is_grid), 0)::int as grids
    from step
    group by 1
    order by 1`)
  return rows.map(({ ms, ...row }) => ({ at: new Date(ms), ...row }))
}
