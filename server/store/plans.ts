/** Rows of plan: what a plan is, how far it has come, and what was said about it. Its actions are in plan-actions.ts. */
import type { PlanComment, PlanSaying } from '#contract/plan.ts'
import type { PlanState, PlanStep } from '#model/plan.ts'
import type { Queryable } from '../db/db.ts'
import { empty, type Sql, sql } from '../db/sql.ts'
import { within } from './clauses.ts'

export interface PlanRow {
  id: number
  countyCode: string
  unitCode: string
  name: string
  note: string
  state: PlanState
  revision: number
  base: Date
  /** True when a leaf that the plan touches has changed since its base. */
  outdated: boolean
  actionCount: number
  author: string
  /** Whom the author's name means: `user:7`, `token:3`. */
  person: string
  createdAt: Date
  updatedAt: Date
  /** Day of the county's calendar, YYYY-MM-DD. */
  effectiveOn: string | null
  inForceAt: Date | null
  timeZone: string
}

const OUTDATED = sql`(p.state not in ('in_force', 'withdrawn') and exists (
    select 1 from unit_version v
    where v.code = any(p.touched) and (v.valid_from > p.base or v.valid_to > p.base)))`

const COLUMNS = sql`p.id, p.county_code as "countyCode", p.unit_code as "unitCode", p.name, p.note, p.state, p.revision, p.base,
  ${OUTDATED} as outdated, p.action_count as "actionCount", p.author, p.person, p.created_at as "createdAt", p.updated_at as "updatedAt",
  p.effective_on as "effectiveOn", p.in_force_at as "inForceAt", c.time_zone as "timeZone"`

/** Plans whose unit lies within `prefix`, the latest touched first. */
export const listPlans = (db: Queryable, prefix: string, state: PlanState | undefined): Promise<PlanRow[]> =>
  db.query<PlanRow>(sql`
    select ${COLUMNS} from plan p join county c on c.code = p.county_code
    where true ${within(sql`p.unit_code`, prefix)} ${state ? sql`and p.state = ${state}::plan_state` : empty}
    order by p.updated_at desc, p.id desc`)

const planWhere = async (db: Queryable, id: number, lock: Sql): Promise<PlanRow | null> => {
  const [row] = await db.query<PlanRow>(
    sql`select ${COLUMNS} from plan p join county c on c.code = p.county_code where p.id = ${id}::bigint ${lock}`,
  )
  return row ?? null
}

export const findPlan = (db: Queryable, id: number): Promise<PlanRow | null> => planWhere(db, id, empty)

/** As `findPlan`, and nobody else changes the plan until the transaction ends. */
export const lockPlan = (tx: Queryable, id: number): Promise<PlanRow | null> => planWhere(tx, id, sql`for update of p`)

/** Plans that wait for their day, the earliest first. */
export const listScheduled = (db: Queryable): Promise<PlanRow[]> =>
  db.query<PlanRow>(sql`
    select ${COLUMNS} from plan p join county c on c.code = p.county_code where p.state = 'scheduled' order by p.effective_on, p.id`)

export interface NewPlanRow {
  countyCode: string
  unitCode: string
  name: string
  note: string
  base: Date
  author: string
  person: string
  at: Date
}

/** Resolves with the new plan's id. */
export const insertPlan = async (tx: Queryable, plan: NewPlanRow): Promise<number> => {
  const [row] = await tx.query<{ id: number }>(sql`
    insert into plan (county_code, unit_code, name, note, base, author, person, created_at, updated_at)
    values (${plan.countyCode}, ${plan.unitCode}, ${plan.name}, ${plan.note}, ${plan.base}, ${plan.author}, ${plan.person}, ${plan.at}, ${plan.at})
    returning id`)
  return row!.id
}

export const updatePlanText = async (
  tx: Queryable,
  id: number,
  { name, note, at }: { name: string; note: string; at: Date },
): Promise<void> => {
  await tx.execute(sql`update plan set name = ${name}, note = ${note}, updated_at = ${at} where id = ${id}::bigint`)
}

export interface PlanMove {
  from: PlanState
  to: PlanState
  revision: number
  /** Given with `scheduled`, kept with `in_force`. */
  effectiveOn: string | null
  inForceAt?: Date | null
  at: Date
}

/** Moves a plan from one state to another. False when it is not in that state and revision (any more). */
export const movePlan = async (
  tx: Queryable,
  id: number,
  { from, to, revision, effectiveOn, inForceAt = null, at }: PlanMove,
): Promise<boolean> => {
  const moved = await tx.execute(sql`
    update plan set state = ${to}::plan_state, effective_on = ${effectiveOn}::date, in_force_at = ${inForceAt}::timestamptz, updated_at = ${at}
    where id = ${id}::bigint and state = ${from}::plan_state and revision = ${revision}`)
  return moved === 1
}

/** Keeps what a plan has changed for whom. */
export const keepEffect = async (tx: Queryable, id: number, effect: object): Promise<void> => {
  await tx.execute(sql`update plan set effect = ${JSON.stringify(effect)}::json where id = ${id}::bigint`)
}

/** What was kept when the plan came into force; null for one that is not. */
export const findEffect = async <T>(db: Queryable, id: number): Promise<T | null> => {
  const [row] = await db.query<{ effect: T | null }>(sql`select effect from plan where id = ${id}::bigint`)
  return row?.effect ?? null
}

/** Lets drafts without any action start from the newest borders: there is nothing in them to repeat. */
export const moveEmptyDrafts = async (tx: Queryable, countyCode: string, base: Date): Promise<void> => {
  await tx.execute(sql`
    update plan set base = ${base}::timestamptz where county_code = ${countyCode} and state = 'draft' and action_count = 0 and base < ${base}::timestamptz`)
}

type CommentRow = Omit<PlanComment, 'at'> & { at: Date }

/** Comments of a plan, the oldest first. */
export const listComments = async (db: Queryable, planId: number): Promise<PlanComment[]> => {
  const rows = await db.query<CommentRow>(sql`
    select id, at, author, text, step, says, case when place is null then null else json_build_array(ST_X(place), ST_Y(place)) end as "where"
    from plan_comment where plan_id = ${planId}::bigint order by id`)
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }))
}

export interface NewCommentRow {
  planId: number
  at: Date
  author: string
  text: string
  says?: PlanSaying | undefined
  step?: PlanStep | undefined
  where?: readonly [number, number] | undefined
}

export const insertComment = async (tx: Queryable, { planId, at, author, text, says, step, where }: NewCommentRow): Promise<void> => {
  const place = where ? sql`ST_SetSRID(ST_MakePoint(${where[0]}::float8, ${where[1]}::float8), 4326)` : sql`null`
  await tx.execute(sql`
    insert into plan_comment (plan_id, at, author, text, says, step, place)
    values (${planId}::bigint, ${at}, ${author}, ${text}, ${says ? JSON.stringify(says) : null}::json, ${step ?? null}, ${place})`)
}
