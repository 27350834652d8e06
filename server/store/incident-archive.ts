/**
 * Old months of incidents outside the table `incident`: a month is taken off as it is, then lies beside it as a table of its own,
 * `incident_archived_YYYY_MM`, which no query of the product reads. Its keys go with it, its steps stay until it is dropped.
 */
import pg from 'pg'
import type { Queryable } from '../db/db.ts'
import { join, raw, type Sql, sql } from '../db/sql.ts'
import { ensurePartitions, listMonths, partitionOf } from './partitions.ts'

const archivedOf = (month: Date): string => partitionOf(month).replace('incident_', 'incident_archived_')
const archived = (month: Date): Sql => raw(archivedOf(month))

/** Months that were taken off and not dropped, oldest first. */
export const listArchivedMonths = async (tx: Queryable): Promise<Date[]> => {
  const found = await tx.query<{ name: string }>(sql`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
      and relname ~ '^incident_archived_[0-9]{4}_[0-9]{2}$' order by relname`)
  return found.map(({ name }) => new Date(`${name.slice(18).replace('_', '-')}-01T00:00:00Z`))
}

/** Months that have a partition and lie before an instant, oldest first. */
export const listMonthsBefore = async (tx: Queryable, before: Date): Promise<Date[]> =>
  (await listMonths(tx)).filter((month) => month < before)

/** How many incidents a month has that is not taken off, and how many of them are open. */
export const countMonth = async (tx: Queryable, month: Date): Promise<{ incidents: number; open: number }> => {
  const [row] = await tx.query<{ incidents: number; open: number }>(sql`
    select count(*) as incidents, count(*) filter (where state not in ('closed', 'cancelled')) as open from ${raw(partitionOf(month))}`)
  return row!
}

/** Nobody writes or reads incidents until the transaction ends. */
export const lockIncidents = async (tx: Queryable): Promise<void> => {
  await tx.execute(sql`lock table incident in access exclusive mode`)
}

/** Takes a month off. The table must be locked. */
export const detachMonth = async (tx: Queryable, month: Date): Promise<void> => {
  await tx.execute(sql`alter table incident detach partition ${raw(partitionOf(month))}`)
  await tx.execute(sql`alter table ${raw(partitionOf(month))} rename to ${archived(month)}`)
}

/** Removes the keys of a month that was taken off, so that a repeat of an old import brings its incidents anew. */
export const dropKeys = (tx: Queryable, month: Date): Promise<number> =>
  tx.execute(sql`
    delete from incident_key k using ${archived(month)} a where k.id = a.id and not exists (select 1 from incident i where i.id = a.id)`)

/** Removes a month that was taken off with its steps. Resolves with how many steps. */
export const dropArchivedMonth = async (tx: Queryable, month: Date): Promise<number> => {
  const steps = await tx.execute(sql`
    delete from incident_transition t using ${archived(month)} a
    where t.incident_id = a.id and not exists (select 1 from incident i where i.id = a.id)`)
  await tx.execute(sql`drop table ${archived(month)}`)
  return steps
}

const columnsOf = async (tx: Queryable, table: string): Promise<string[]> => {
  const found = await tx.query<{ name: string }>(sql`
    select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped order by attnum`)
  return found.map(({ name }) => name)
}

/** Values as COPY's text format has them before escaping; instants in UTC, geometries as hex EWKB. */
export type TextRow = (string | null)[]
export interface ArchivePage {
  incidents: TextRow[]
  steps: TextRow[]
}
export interface ArchiveColumns {
  incidents: string[]
  steps: string[]
}

/** The columns that are archived: all of an incident, all of a step but its number, which it gets anew. */
export const archiveColumns = async (tx: Queryable, month: Date): Promise<ArchiveColumns> => ({
  incidents: await columnsOf(tx, archivedOf(month)),
  steps: (await columnsOf(tx, 'incident_transition')).filter((name) => name !== 'id'),
})

const texts = (of: string, columns: readonly string[]): Sql =>
  sql`array[${join(columns.map((name) => raw(`${of}.${pg.escapeIdentifier(name)}::text`)))}]`

/** All of a month that was taken off, in pages of incidents in order of their report, each with its steps in theirs. */
export async function* readArchivedMonth(
  tx: Queryable,
  month: Date,
  { incidents: own, steps: theirs }: ArchiveColumns,
  limit: number,
): AsyncGenerator<ArchivePage> {
  for (let last: { at: string; id: string } | undefined; ;) {
    const behind: Sql = last ? sql`where (a.reported_at, a.id) > (${last.at}::timestamptz, ${last.id}::uuid)` : sql``
    const rows: { at: string; id: string; row: TextRow }[] = await tx.query(sql`
      select a.reported_at::text as at, a.id, ${texts('a', own)} as row
      from ${archived(month)} a ${behind} order by a.reported_at, a.id limit ${limit}::int`)
    if (rows.length === 0) return
    const ids = rows.map(({ id }) => id)
    const steps = await tx.query<{ row: TextRow }>(sql`
      select ${texts('t', theirs)} as row from incident_transition t where t.incident_id = any(${ids}::uuid[]) order by t.incident_id, t.id`)
    yield { incidents: rows.map(({ row }) => row), steps: steps.map(({ row }) => row) }
    last = rows.at(-1)!
  }
}

type TextRows = AsyncIterable<TextRow>

/** Loads an archived month back to where `detachMonth` leaves one, its steps apart from all others until `restoreMonth`. */
export const loadArchivedMonth = async (
  tx: Queryable,
  month: Date,
  columns: ArchiveColumns,
  rows: { incidents: TextRows; steps: TextRows },
): Promise<{ incidents: number; steps: number }> => {
  await tx.execute(sql`create table ${archived(month)} (like incident including defaults)`)
  await tx.execute(sql`drop table if exists pg_temp.archived_step`)
  await tx.execute(sql`create temporary table archived_step (like incident_transition) on commit drop`)
  await tx.execute(sql`alter table archived_step drop column id, add column id bigint generated always as identity`)
  return {
    incidents: await tx.bulk(archivedOf(month), columns.incidents, rows.incidents),
    steps: await tx.bulk('archived_step', columns.steps, rows.steps),
  }
}

/**
 * Puts a month that was taken off, or loaded, back among the incidents. Of an id that is there again meanwhile, what is there stays.
 * `steps`: the columns of the steps that `loadArchivedMonth` holds; null where they never left. Resolves with how many came back.
 */
export const restoreMonth = async (tx: Queryable, month: Date, steps: readonly string[] | null): Promise<number> => {
  await ensurePartitions(tx, month, month)
  const [own, theirs] = [await columnsOf(tx, 'incident'), new Set(await columnsOf(tx, archivedOf(month)))]
  const shared = own.filter((name) => theirs.has(name)).map((name) => pg.escapeIdentifier(name))
  await tx.execute(sql`drop table if exists pg_temp.restored`)
  await tx.execute(sql`create temporary table restored on commit drop as select id from ${archived(month)} with no data`)
  await tx.execute(sql`
    with fresh as (
      insert into incident_key (id, reported_at, county_code, external_key)
      select id, reported_at, county_code, external_key from ${archived(month)} on conflict do nothing returning id
    )
    insert into restored select id from fresh`)
  const count = await tx.execute(sql`
    insert into incident (${join(shared.map((name) => raw(name)))})
    select ${join(shared.map((name) => raw(`a.${name}`)))} from ${archived(month)} a join restored using (id)`)
  if (steps) {
    const names = steps.map((name) => pg.escapeIdentifier(name))
    await tx.execute(sql`
      insert into incident_transition (${join(names.map((name) => raw(name)))})
      select ${join(names.map((name) => raw(`s.${name}`)))} from archived_step s join restored r on r.id = s.incident_id order by s.id`)
  }
  await tx.execute(sql`drop table ${archived(month)}`)
  return count
}
