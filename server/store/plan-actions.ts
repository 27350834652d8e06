/** A plan's actions, one row each, and the saves that wrote them. */
import type { Action } from '#model/actions/action.ts'
import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** The plan's actions from the `from`-th on, in order. */
export const listActions = async (db: Queryable, planId: number, from = 0): Promise<Action[]> => {
  const rows = await db.query<{ action: Action }>(
    sql`select action from plan_action where plan_id = ${planId}::bigint and n >= ${from}::int order by n`,
  )
  return rows.map(({ action }) => action)
}

export interface PlanSave {
  planId: number
  /** The plan's after the save. */
  revision: number
  from: number
  actions: readonly Action[]
  /** Codes of all leaves of the base that the plan's actions touch now. */
  touched: readonly string[]
  at: Date
  author: string
  person: string
  /** Where the plan starts from another version of the borders now. */
  base?: Date
}

/**
 * Writes a save: from the `from`-th on the plan's actions are now `actions`; those that they replace are kept with the save.
 * False when the plan's revision is not the one before: somebody else was faster.
 */
export const insertSave = async (tx: Queryable, save: PlanSave): Promise<boolean> => {
  const { planId, revision, from, actions, touched, at, author, person, base = null } = save
  const raised = await tx.execute(sql`
    update plan set revision = ${revision}, action_count = ${from + actions.length}, touched = ${touched}::text[], updated_at = ${at},
      base = coalesce(${base}::timestamptz, base)
    where id = ${planId}::bigint and revision = ${revision - 1}`)
  if (raised === 0) return false
  await tx.execute(sql`
    with gone as (delete from plan_action where plan_id = ${planId}::bigint and n >= ${from}::int returning n, action)
    insert into plan_save (plan_id, revision, from_n, replaced, at, author, person)
    select ${planId}::bigint, ${revision}, ${from}, coalesce(json_agg(action order by n), '[]'), ${at}, ${author}, ${person} from gone`)
  await tx.bulk(
    'plan_action',
    ['plan_id', 'n', 'action'],
    actions.map((action, index) => [planId, from + index, JSON.stringify(action)]),
  )
  return true
}

/** What was saved after a revision: from which action on the plan may differ, and the last save. Null: nothing. */
export const findSavesAfter = async (
  db: Queryable,
  planId: number,
  revision: number,
): Promise<{ from: number; at: Date; author: string } | null> => {
  const [row] = await db.query<{ from: number; at: Date; author: string }>(sql`
    select (min(from_n) over ())::int as from, at, author from plan_save
    where plan_id = ${planId}::bigint and revision > ${revision}::int order by revision desc limit 1`)
  return row ?? null
}

/** Everybody who ever saved actions in the plan. */
export const listSavers = async (db: Queryable, planId: number): Promise<string[]> => {
  const rows = await db.query<{ person: string }>(sql`select distinct person from plan_save where plan_id = ${planId}::bigint`)
  return rows.map(({ person }) => person)
}
