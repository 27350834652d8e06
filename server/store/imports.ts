/** Import profiles kept for the next time, and the record of what was imported. */
import type { ImportNoun, ImportProfile, ImportSummary } from '#contract/transfer.ts'
import { importProfile } from '#contract/transfer.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** A kept profile of this noun, or null. */
export const findProfile = async (db: Queryable, noun: ImportNoun, name: string): Promise<ImportProfile | null> => {
  const [row] = await db.query<{ profile: unknown }>(sql`select profile from import_profile where name = ${name} and noun = ${noun}`)
  return row ? importProfile.parse(row.profile) : null
}

/** Keeps a profile under its name, over an older one. */
export const putProfile = async (tx: Queryable, noun: ImportNoun, name: string, profile: ImportProfile): Promise<void> => {
  await tx.execute(sql`
    insert into import_profile (name, noun, profile) values (${name}, ${noun}, ${JSON.stringify(profile)}::jsonb)
    on conflict (name) do update set noun = excluded.noun, profile = excluded.profile, updated_at = now()`)
}

/** Records a run with its first notes. */
export const insertRun = async (tx: Queryable, actor: string, fileName: string, summary: ImportSummary): Promise<void> => {
  const kept = { ...summary, notes: summary.notes.slice(0, 100) }
  await tx.execute(sql`
    insert into import_run (actor, noun, file_name, summary) values (${actor}, ${summary.noun}, ${fileName}, ${JSON.stringify(kept)}::jsonb)`)
}

/** Holds other imports off until the transaction ends: two at once would each think the other's rows new. */
export const lockImports = async (tx: Queryable): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('gridward import'))`)
}
