/** Counties of this installation. */
import type { County } from '#contract/unit.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { standing } from './clauses.ts'

/** All counties, by code. */
export const listCounties = (db: Queryable): Promise<County[]> =>
  db.query<County>(sql`
    select code, name, name_en as "nameEn", time_zone as "timeZone", synthetic, attribution from county order by code`)

/** Time zone (IANA name) of the county of a unit in force at an instant (null: now); null when there is no such unit. */
export const findTimeZone = async (db: Queryable, unitCode: string, at: Date | null = null): Promise<string | null> => {
  const [row] = await db.query<{ timeZone: string }>(sql`
    select c.time_zone as "timeZone" from unit_version u join county c on c.code = u.county_code
    where u.code = ${unitCode} and ${standing(at)}`)
  return row?.timeZone ?? null
}

export const findCounty = async (db: Queryable, code: string): Promise<County | null> => {
  const [county] = await db.query<County>(sql`
    select code, name, name_en as "nameEn", time_zone as "timeZone", synthetic, attribution from county where code = ${code}`)
  return county ?? null
}

/** Makes the county, or gives it these names, zone and attribution. */
export const putCounty = async (tx: Queryable, { code, name, nameEn, timeZone, synthetic, attribution }: County): Promise<void> => {
  await tx.execute(sql`
    insert into county (code, name, name_en, time_zone, synthetic, attribution)
    values (${code}, ${name}, ${nameEn}, ${timeZone}, ${synthetic}, ${attribution})
    on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, time_zone = excluded.time_zone,
      synthetic = excluded.synthetic, attribution = excluded.attribution`)
}
