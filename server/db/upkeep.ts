/**
 * What PostgreSQL's background workers do and the embedded database has nobody for: checkpoints, without which its log grows
 * for as long as it runs and a start after a kill replays all of it, and vacuum, without which dead rows pile up.
 */
import pg from 'pg'
import type { Db } from './db.ts'
import { sql } from './sql.ts'

const LOOK_EVERY_MS = 60_000
/** Log written since the last checkpoint, and since the last vacuum, that makes the next one due. */
const CHECKPOINT_BYTES = 32 * 1024 * 1024
const VACUUM_BYTES = 64 * 1024 * 1024

/** One look after the embedded database: resolves with what was due and done. */
export const createUpkeep = (db: Db, { checkpointBytes = CHECKPOINT_BYTES, vacuumBytes = VACUUM_BYTES } = {}) => {
  let sinceVacuum = 0
  return async (): Promise<('checkpoint' | 'vacuum')[]> => {
    const done: ('checkpoint' | 'vacuum')[] = []
    const [log] = await db.query<{ bytes: number }>(
      sql`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) as bytes from pg_control_checkpoint()`,
    )
    if (log!.bytes >= checkpointBytes) {
      await db.script('checkpoint')
      sinceVacuum += log!.bytes
      done.push('checkpoint')
    }
    if (sinceVacuum >= vacuumBytes) {
      sinceVacuum = 0
      const tables = await db.query<{ name: string }>(
        sql`select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`,
      )
      // One by one: whoever waits for the only session waits for one table, not for all.
      for (const { name } of tables) await db.script(`vacuum analyze ${pg.escapeIdentifier(name)}`)
      done.push('vacuum')
    }
    return done
  }
}

/** Looks after the embedded database every minute until the returned function is called. `onError` hears of what failed. */
export const startUpkeep = (db: Db, onError: (cause: unknown) => void): (() => Promise<void>) => {
  const look = createUpkeep(db)
  let running: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(look).catch(onError)
  }, LOOK_EVERY_MS)
  return async () => {
    clearInterval(timer)
    await running
  }
}
