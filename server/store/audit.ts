/** The audit log: who did what to which thing, where. Written in the command's own transaction, never changed. */
import type { Queryable } from '../db/db.ts'
import { type Sql, sql } from '../db/sql.ts'

export interface AuditEntry {
  /** Actor.name. */
  actor: string
  /** The trade's verb: `incident.accept`, `user.create`. */
  action: string
  noun: string
  nounId: string
  unitCode: string | null
  /** Nothing personal. */
  detail?: Record<string, unknown>
}

/** `insert into audit …` as a fragment, to stand in the same statement as what it tells of; `from` names a relation that must have a row. */
export const auditFrom = (entry: AuditEntry, from: Sql): Sql => sql`
  insert into audit (actor, action, noun, noun_id, unit_code, detail)
  select ${entry.actor}::text, ${entry.action}::text, ${entry.noun}::text, ${entry.nounId}::text, ${entry.unitCode}::text,
         ${JSON.stringify(entry.detail ?? {})}::jsonb
  from ${from}`

/** Writes one entry. */
export const insertAudit = async (tx: Queryable, entry: AuditEntry): Promise<void> => {
  await tx.execute(auditFrom(entry, sql`(values (1)) as always`))
}
