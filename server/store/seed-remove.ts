/** Removes a county with all that stands in it, so that it can be seeded anew. Users, tokens and the audit log stay. */
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

export const removeCounty = async (tx: Queryable, code: string): Promise<void> => {
  const below = `${code}%`
  await tx.execute(sql`delete from incident_transition where incident_id in (select id from incident_key where county_code = ${code})`)
  await tx.execute(sql`delete from incident where county_code = ${code}`)
  await tx.execute(sql`delete from incident_key where county_code = ${code}`)
  await tx.execute(sql`delete from team where unit_code like ${below}`)
  await tx.execute(sql`delete from post where unit_code like ${below}`)
  await tx.execute(sql`delete from camera where county_code = ${code}`)
  await tx.execute(sql`delete from line where county_code = ${code}`)
  await tx.execute(sql`delete from building where county_code = ${code}`)
  await tx.execute(sql`delete from unit_border where county_code = ${code}`)
  await tx.execute(sql`delete from plan where county_code = ${code}`)
  await tx.execute(sql`delete from unit_version where county_code = ${code}`)
  await tx.execute(sql`delete from unit_code where unit_id in (select id from unit where county_code = ${code})`)
  await tx.execute(sql`delete from unit where county_code = ${code}`)
  await tx.execute(sql`delete from county where code = ${code}`)
}
