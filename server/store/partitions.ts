/**
 * Monthly partitions of the table `incident`, by reportedAt in UTC. They are made before rows come; a row of a month that
 * was not foreseen falls into the default partition and is moved out of it when its month is made.
 */
import type { Queryable } from '../db/db.ts'
import { raw, type Sql, sql } from '../db/sql.ts'

/** First instant of the UTC month that lies `months` after that of `at`. */
export const monthStart = (at: Date, months = 0): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1))

/** Name of the partition of the month that `at` lies in. */
export const partitionOf = (at: Date): string => `incident_${at.toISOString().slice(0, 7).replace('-', '_')}`

const bounds = (month: Date): Sql =>
  raw(`for values from ('${monthStart(month).toISOString()}') to ('${monthStart(month, 1).toISOString()}')`)

/** In this transaction a statement that waits for a lock longer than this fails with 55P03. */
export const limitWaiting = async (tx: Queryable, ms: number): Promise<void> => {
  await tx.execute(sql`set local lock_timeout = ${raw(String(ms))}`)
}

/** First instants of the months that have a partition, oldest first. The default partition is none of them. */
export const listMonths = async (tx: Queryable): Promise<Date[]> => {
  const existing = await tx.query<{ name: string }>(sql`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'incident'::regclass and c.relname ~ '^incident_[0-9]{4}_[0-9]{2}$' order by c.relname`)
  return existing.map(({ name }) => new Date(`${name.slice(9).replace('_', '-')}-01T00:00:00Z`))
}

/** First instants of the months of [from, to] that have no partition yet. */
const missingMonths = async (tx: Queryable, from: Date, to: Date): Promise<Date[]> => {
  const known = new Set((await listMonths(tx)).map((month) => month.getTime()))
  const months: Date[] = []
  for (let month = monthStart(from); month <= to; month = monthStart(month, 1)) if (!known.has(month.getTime())) months.push(month)
  return months
}

/** Makes the table of a month without indexes and not yet a partition: what is loaded into it now costs least. */
export const createMonth = async (tx: Queryable, month: Date): Promise<void> => {
  await tx.execute(sql`create table ${raw(partitionOf(month))} (like incident including defaults including constraints)`)
}

/** Makes the table of a month a partition, which gives it the indexes and the key of its parent. */
export const attachMonth = async (tx: Queryable, month: Date): Promise<void> => {
  await tx.execute(sql`alter table incident attach partition ${raw(partitionOf(month))} ${bounds(month)}`)
}

/** Removes a month that has a partition, with all in it. */
export const dropMonth = async (tx: Queryable, month: Date): Promise<void> => {
  await tx.execute(sql`drop table ${raw(partitionOf(month))}`)
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
    // Made apart, filled from the default partition, then attached: a plain "partition of" fails while strays are there.
    await createMonth(tx, month)
    await tx.execute(sql`
      with stray as (
        delete from incident_default where reported_at >= ${month}::timestamptz and reported_at < ${monthStart(month, 1)}::timestamptz returning *
      )
      insert into ${raw(partitionOf(month))} select * from stray`)
    await attachMonth(tx, month)
  }
  return months.map(partitionOf)
}

/** First instants of the months whose rows lie in the default partition, with how many; 'infinity' is no month and stays there. */
export const listStrays = async (tx: Queryable): Promise<{ month: Date; rows: number }[]> =>
  tx.query<{ month: Date; rows: number }>(sql`
    select date_trunc('month', reported_at, 'UTC') as month, count(*) as rows
    from incident_default where isfinite(reported_at) group by 1 order by 1`)
