/** Whether the county in this database came with the embedded database's template and still waits for its incidents. */
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

const KEY = 'demo-pending'

export const findPending = async (db: Queryable): Promise<boolean> =>
  (await db.query(sql`select 1 from setting where key = ${KEY}`)).length > 0

export const markPending = async (tx: Queryable, isPending: boolean): Promise<void> => {
  if (isPending) await tx.execute(sql`insert into setting (key, value) values (${KEY}, 'true') on conflict (key) do nothing`)
  else await tx.execute(sql`delete from setting where key = ${KEY}`)
}
