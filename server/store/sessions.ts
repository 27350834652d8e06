/** What sessions need besides the library's own table: the secret that signs their cookies, and the bell that ends them. */
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** Rung by a sign-out, and in the transaction of whatever takes rights away; every server on this database then forgets what it remembers. */
export const ACCESS_CHANNEL = 'access'

export const ringAccess = async (tx: Queryable): Promise<void> => {
  await tx.query(sql`select pg_notify(${ACCESS_CHANNEL}, '')`)
}

/** True while a session stands: it was not signed out, here or on another server, and has not run out. */
export const isSession = async (db: Queryable, id: string): Promise<boolean> => {
  const [row] = await db.query<{ stands: boolean }>(sql`select exists (select from session where sid = ${id} and expire > now()) as stands`)
  return row!.stands
}

/** The one secret of this installation: `fresh` becomes it when there is none yet. */
export const ensureSessionSecret = async (db: Queryable, fresh: string): Promise<string> => {
  await db.execute(sql`insert into setting (key, value) values ('session-secret', to_jsonb(${fresh}::text)) on conflict (key) do nothing`)
  const [row] = await db.query<{ secret: string }>(sql`select value #>> '{}' as secret from setting where key = 'session-secret'`)
  return row!.secret
}
