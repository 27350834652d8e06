/**
 * Monthly partitions of the table `incident`, by reportedAt in UTC. They are made before rows come; a row of a month that
 * was not foreseen falls into the default partition and is moved out of it when its month is made.
 */
import type { Queryable } from '../db/db.ts'
import { raw, sql } from '../db/sql.ts'

/** First instant of the UTC month that lies `months` after that of `at`. */
const monthStart = (at: Date, months = 0): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1))

/**
 * Makes the partitions that cover [from, to], ends included; those that exist stay. Resolves with the names made.
 * Call it inside a transaction when rows may arrive meanwhile.
 */
export const ensurePartitions = async (db: Queryable, from: Date, to: Date): Promise<string[]> => {
  const existing = await db.query<{ name: string }>(
    sql`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'incident'::regclass`,
  )
  const known = new Set(existing.map(({ name }) => name))
  const made: string[] = []
  for (let start = monthStart(from); start <= to; start = monthStart(start, 1)) {
    const name = `incident_${start.toISOString().slice(0, 7).replace('-', '_')}`
    if (known.has(name)) continue
    const lower = raw(`'${start.toISOString()}'`)
    const upper = raw(`'${monthStart(start, 1).toISOString()}'`)
    const table = raw(name)
    // Made apart, filled from the default partition, then attached: a plain "partition of" fails while strays are there.
    await db.execute(sql`create table ${table} (like incident including defaults including constraints)`)
    await db.execute(sql`
      with stray as (delete from incident_default where reported_at >= ${lower} and reported_at < ${upper} returning *)
      insert into ${table} select * from stray`)
    await db.execute(sql`alter table incident attach partition ${table} for values from (${lower}) to (${upper})`)
    made.push(name)
  }
  return made
}
