/** The audit log: who did what to which thing, where. Written in the command's own transaction, never changed. */
import type { Queryable } from '../db/db.ts'
import { type Sql, sql } from '../db/sql.ts'
import type { Actor } from '../middleware/actor.ts'

export interface AuditEntry {
  /** The trade's verb: `incident.accept`, `user.create`. */
  action: string
  noun: string
  nounId: string | number
  /** Where it happened; null when nowhere. */
  unitCode: string | null
  /** Nothing personal. */
  detail?: Record<string, unknown>
}

/** `insert into audit …` as a fragment, to stand in the same statement as what it tells of; `from` names a relation that must have a row. */
export const auditFrom = (
  { name }: Pick<Actor, 'name'>,
  { action, noun, nounId, unitCode, detail = {} }: AuditEntry,
  from: Sql,
): Sql => sql`
  insert into audit (actor, action, noun, noun_id, unit_code, detail)
  select ${name}::text, ${action}::text, ${noun}::text, ${String(nounId)}::text, ${unitCode}::text, ${JSON.stringify(detail)}::jsonb
  from ${from}`

/** Writes one entry. */
export const insertAudit = async (tx: Queryable, actor: Pick<Actor, 'name'>, entry: AuditEntry): Promise<void> => {
  await tx.execute(auditFrom(actor, entry, sql`(values (1)) as always`))
}
