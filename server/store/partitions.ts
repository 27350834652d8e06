/**
 * Monthly partitions of the table `incident`, by reportedAt in UTC. They are made before rows come; a row of a month that
 * was not foreseen falls into the default partition and is moved out of it when its month is made.
 */
import type { Queryable } from '../db/db.ts'
import { raw, sql } from '../db/sql.ts'

/** First instant of the UTC month that lies `months` after that of `at`. */
const monthStart = (at: Date, months = 0): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1))

const nameOf = (month: Date): string => `incident_${month.toISOString().slice(0, 7).replace('-', '_')}`

/** First instants of the months of [from, to] that have no partition yet. */
const missingMonths = async (tx: Queryable, from: Date, to: Date): Promise<Date[]> => {
  const existing = await tx.query<{ name: string }>(
    sql`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'incident'::regclass`,
  )
  const known = new Set(existing.map(({ name }) => name))
  const months: Date[] = []
  for (let month = monthStart(from); month <= to; month = monthStart(month, 1)) if (!known.has(nameOf(month))) months.push(month)
  return months
}

/**
 * Makes the partitions that cover [from, to], ends included; those that exist stay. Resolves with the names made.
 * Call it inside a transaction: rows that arrive meanwhile wait for its end.
 */
export const ensurePartitions = async (tx: Queryable, from: Date, to: Date): Promise<string[]> => {
  if ((await missingMonths(tx, from, to)).length === 0) return []
  // A row that had been sent to the default partition before its month was attached would be refused there: it waits at the door.
  await tx.execute(sql`lock table incident in share row exclusive mode`)
  const months = await missingMonths(tx, from, to)
  for (const month of months) {
    const lower = raw(`'${month.toISOString()}'`)
    const upper = raw(`'${monthStart(month, 1).toISOString()}'`)
    const table = raw(nameOf(month))
    // Made apart, filled from the default partition, then attached: a plain "partition of" fails while strays are there.
    await tx.execute(sql`create table ${table} (like incident including defaults including constraints)`)
    await tx.execute(sql`
      with stray as (delete from incident_default where reported_at >= ${lower} and reported_at < ${upper} returning *)
      insert into ${table} select * from stray`)
    await tx.execute(sql`alter table incident attach partition ${table} for values from (${lower}) to (${upper})`)
  }
  return months.map(nameOf)
}
