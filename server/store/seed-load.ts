/**
 * Loading into tables that hold nothing yet: the months' tables are filled before they become partitions, keys and steps without
 * their indexes, and all indexes are built at the end, by sorting. What the indexes are is read from the catalogue.
 */
import type { Queryable } from '../db/db.ts'
import { raw, sql } from '../db/sql.ts'
import { attachMonth, createMonth, dropMonth, listMonths, monthStart, partitionOf } from './partitions.ts'
import { type IncidentBatch, insertIncidents } from './seed-incidents.ts'

const WITHOUT_INDEXES = ['incident_key', 'incident_transition']
/** For building an index; the server has it back when the transaction ends. */
const SORT_MEMORY = '256MB'

export interface EmptyLoad {
  insert(batch: IncidentBatch): Promise<void>
  /** Tables whose indexes are to be built. */
  readonly unbuilt: number
  /** Makes the months partitions and builds all indexes, telling after each table how many are done. */
  finish(done: (tables: number) => void): Promise<void>
}

/** Takes the indexes of a table away and resolves with the statements that build them again. Those that other tables lean on stay. */
const dropIndexes = async (tx: Queryable, table: string): Promise<string[]> => {
  const found = await tx.query<{ drop: string; build: string }>(sql`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
      format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as build
    from pg_constraint own where conrelid = ${table}::regclass and contype in ('p', 'u')
      and not exists (select 1 from pg_constraint leaning where leaning.contype = 'f' and leaning.conindid = own.conindid)
    union all
    select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    from pg_index where indrelid = ${table}::regclass and not exists (select 1 from pg_constraint where conindid = indexrelid)`)
  for (const { drop } of found) await tx.script(drop)
  return found.map(({ build }) => build)
}

/** Begins such a load inside the transaction `tx`; null when there are incidents already. Nobody else can read the tables until it ends. */
export const beginEmptyLoad = async (tx: Queryable): Promise<EmptyLoad | null> => {
  await tx.execute(sql`lock table incident, incident_key, incident_transition in access exclusive mode`)
  const [found] = await tx.query<{ filled: boolean }>(sql`
    select exists (select 1 from incident) or exists (select 1 from incident_key) or exists (select 1 from incident_transition) as filled`)
  if (found!.filled) return null
  await tx.execute(sql`set local maintenance_work_mem = ${raw(`'${SORT_MEMORY}'`)}`)
  const builds: string[][] = []
  for (const table of WITHOUT_INDEXES) builds.push(await dropIndexes(tx, table))
  const before = new Set((await listMonths(tx)).map((month) => month.getTime()))
  const filled = new Map<number, Date>()
  return {
    async insert(batch) {
      const month = monthStart(batch.from)
      if (!filled.has(month.getTime())) {
        if (before.has(month.getTime())) await dropMonth(tx, month)
        await createMonth(tx, month)
        filled.set(month.getTime(), month)
      }
      await insertIncidents(tx, batch, partitionOf(month))
    },
    get unbuilt() {
      return filled.size + builds.length
    },
    async finish(done) {
      let tables = 0
      for (const month of filled.values()) {
        await attachMonth(tx, month)
        done(++tables)
      }
      for (const statements of builds) {
        for (const statement of statements) await tx.script(statement)
        done(++tables)
      }
    },
  }
}
