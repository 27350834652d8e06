/** Plans as their authors handle them: begun, renamed, talked about; and what every other command on a plan begins with. */
import type { z } from 'zod'
import { allows, type Permission, reach } from '#model/access.ts'
import { countyOf, isWithin } from '#model/code.ts'
import type { Targets } from '#model/targets.ts'
import { isEditable, permissionOfStep, type PlanStep, possibleSteps } from '#model/plan.ts'
import type { newComment, newPlan, planChange, PlanSummary, Plan } from '#contract/plan.ts'
import { Problem } from '#contract/problem.ts'
import type { PlanMessage } from '#contract/stream.ts'
import type { Db, Queryable } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { insertAudit } from '../store/audit.ts'
import { findBase } from '../store/bases.ts'
import { insertOutbox } from '../store/outbox.ts'
import { listActions, listSavers } from '../store/plan-actions.ts'
import { findPlan, insertComment, insertPlan, listComments, lockPlan, type PlanRow, updatePlanText } from '../store/plans.ts'
import { findTokenOwner } from '../store/tokens.ts'
import { isUnitCode } from '../store/users.ts'
import type { PlanReplays } from './plan-replay.ts'

export interface PlanContext {
  db: Db
  replays: PlanReplays
  targets: Targets
  now: () => Date
}

/** Begins a plan on today's borders. Throws `outside-jurisdiction`, or `bad-request` for a unit that there is not. */
export async function createPlan(
  { db, now }: Pick<PlanContext, 'db' | 'now'>,
  actor: Actor,
  input: z.output<typeof newPlan>,
): Promise<PlanRow> {
  const { name, unitCode, note = '' } = input
  requireWithin(actor, 'plan.edit', unitCode)
  const at = now()
  return db.transaction(async (tx) => {
    const countyCode = countyOf(unitCode)
    const base = await findBase(tx, countyCode)
    if (!base || !(await isUnitCode(tx, unitCode))) {
      const message = `no unit has the code ${unitCode}`
      throw new Problem('bad-request', `body/unitCode: ${message}`, [{ where: 'body/unitCode', message }])
    }
    const person = await personOf(tx, actor)
    const id = await insertPlan(tx, { countyCode, unitCode, name, note, base, author: actor.displayName, person, at })
    const plan = (await findPlan(tx, id))!
    await tell(tx, actor, plan, { action: 'plan.create', change: 'created', at, detail: { name } })
    return plan
  })
}

/** Renames a plan, or changes its note. Throws `not-found`; `unlawful-transition` for one that nothing changes any more. */
export async function changePlan(
  { db, now }: PlanContext,
  actor: Actor,
  id: number,
  { name, note }: z.output<typeof planChange>,
): Promise<PlanRow> {
  const at = now()
  return db.transaction(async (tx) => {
    const plan = await lockPlanFor(tx, actor, 'plan.edit', id)
    if (plan.state === 'in_force' || plan.state === 'withdrawn') {
      throw new Problem('unlawful-transition', `A plan that is ${plan.state} is not changed any more.`)
    }
    await updatePlanText(tx, id, { name: name ?? plan.name, note: note ?? plan.note, at })
    await tell(tx, actor, plan, { action: 'plan.change', change: 'changed', at, detail: { name: name ?? plan.name } })
    return (await findPlan(tx, id))!
  })
}

/** Says something about a plan, in whatever state it is. Throws `not-found`. */
export async function commentPlan(
  { db, now }: PlanContext,
  actor: Actor,
  id: number,
  { text, where }: z.output<typeof newComment>,
): Promise<PlanRow> {
  const at = now()
  return db.transaction(async (tx) => {
    const plan = await lockPlanFor(tx, actor, 'plan.review', id)
    await insertComment(tx, { planId: id, at, author: actor.displayName, text, where })
    await tell(tx, actor, plan, { action: 'plan.comment', change: 'changed', at })
    return plan
  })
}

/** The plan when the actor may read it. Throws `not-found`. */
export async function getPlan(db: Queryable, actor: Actor, id: number): Promise<PlanRow> {
  return visible(await findPlan(db, id), actor, 'plan.read', id)
}

/** As `getPlan`, and held until the transaction ends. */
export async function lockPlanFor(tx: Queryable, actor: Actor, permission: Permission, id: number): Promise<PlanRow> {
  return visible(await lockPlan(tx, id), actor, permission, id)
}

function visible(plan: PlanRow | null, actor: Actor, permission: Permission, id: number): PlanRow {
  if (!plan || !isWithin(plan.unitCode, reach(actor, permission))) throw new Problem('not-found', `There is no plan ${id}.`)
  return plan
}

/** Throws `plan-outdated` while borders that the plan touches are no longer those that it starts from. */
export function requireCurrent({ outdated }: PlanRow): void {
  if (outdated) throw new Problem('plan-outdated', 'Borders that the plan touches have changed since: return it to draft and rebase it.')
}

/** Whom an actor stands for: a token for the user who made it, so that nobody approves his own plan by a token of his. */
export async function personOf(db: Queryable, { kind, id }: Actor): Promise<string> {
  if (kind === 'user') return `user:${id}`
  const owner = id === null ? null : await findTokenOwner(db, id)
  return owner === null ? `${kind === 'system' ? 'system' : 'token'}:${id ?? 0}` : `user:${owner}`
}

/** True when the actor, or the user who made his token, wrote any part of the plan. */
export async function hasWritten(db: Queryable, actor: Actor, plan: PlanRow): Promise<boolean> {
  const person = await personOf(db, actor)
  return person === plan.person || (await listSavers(db, plan.id)).includes(person)
}

interface Told {
  action: string
  change: PlanMessage['change']
  at: Date
  detail?: Record<string, unknown>
}

/** The audit row and the message of a write; `plan` is as it stands after it. */
export async function tell(tx: Queryable, actor: Pick<Actor, 'name'>, plan: PlanRow, { action, change, at, detail }: Told): Promise<void> {
  const { id, countyCode, unitCode, revision, state } = plan
  await insertAudit(tx, actor, { action, noun: 'plan', nounId: id, unitCode, ...(detail && { detail }) })
  const message: PlanMessage = { noun: 'plan', change, at: at.toISOString(), id, unitCode, revision, state }
  await insertOutbox(tx, { countyCode, unitCode, message })
}

export const summaryOf = (row: PlanRow): PlanSummary => ({
  id: row.id,
  name: row.name,
  unitCode: row.unitCode,
  state: row.state,
  revision: row.revision,
  base: row.base.toISOString(),
  outdated: row.outdated,
  actionCount: row.actionCount,
  author: row.author,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  effectiveOn: row.effectiveOn,
  inForceAt: row.inForceAt?.toISOString() ?? null,
})

/** The plan whole, as this actor may handle it. */
export async function wholePlan(db: Queryable, actor: Actor, row: PlanRow): Promise<Plan> {
  const may = (permission: Permission) => allows(actor, permission, row.unitCode) === true
  const steps: PlanStep[] = possibleSteps(row.state).filter((step) => may(permissionOfStep(step)))
  const isOwn = steps.includes('approve') && (await hasWritten(db, actor, row))
  return {
    ...summaryOf(row),
    note: row.note,
    actions: await listActions(db, row.id),
    comments: await listComments(db, row.id),
    steps: isOwn ? steps.filter((step) => step !== 'approve') : steps,
    editable: isEditable(row.state) && may('plan.edit'),
  }
}
