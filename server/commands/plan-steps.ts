/** The steps of a plan's life: handed in, given back, approved by somebody else, put on a date, withdrawn. */
import type { z } from 'zod'
import type { LngLat } from '#model/crs.ts'
import type { Finding } from '#model/finding.ts'
import { villageOf } from '#model/plan-scope.ts'
import { nextPlanState, permissionOfStep, type PlanStep } from '#model/plan.ts'
import { dayOf, dayStart } from '#model/time.ts'
import type { PlanSaying, stepBody } from '#contract/plan.ts'
import { Problem } from '#contract/problem.ts'
import type { Queryable } from '../db/db.ts'
import { type Actor, SYSTEM } from '../middleware/actor.ts'
import { findPlan, insertComment, movePlan, type PlanRow } from '../store/plans.ts'
import { findingsOf } from './plan-check.ts'
import type { Sheet } from './plan-replay.ts'
import { hasWritten, lockPlanFor, type PlanContext, requireCurrent, tell } from './plans.ts'

type StepBody = z.output<typeof stepBody>

/**
 * Throws `not-found`; `unlawful-transition`; `plan-moved` when the plan is no longer what the actor has seen; `plan-outdated`;
 * `own-plan` for whoever approves what he wrote himself; `plan-has-errors`; `bad-effective-date`.
 */
export async function takePlanStep(context: PlanContext, actor: Actor, id: number, step: PlanStep, body: StepBody): Promise<PlanRow> {
  const { db, replays, now } = context
  const at = now()
  const { plan, sheet } = await db.transaction(async (tx) => {
    const plan = await lockPlanFor(tx, actor, permissionOfStep(step), id)
    const state = nextPlanState(plan.state, step)
    if (typeof state !== 'string') throw new Problem('unlawful-transition', `Not possible: ${state.reason}.`)
    if (plan.revision !== body.revision) {
      throw new Problem('plan-moved', `The plan was saved meanwhile: it is at revision ${plan.revision}. Look at it again.`)
    }
    const effectiveOn = effectiveDay(plan, step, body, at)
    const goesOn = step === 'submit' || step === 'approve' || step === 'publish'
    if (goesOn) requireCurrent(plan)
    if (step === 'approve' && (await hasWritten(tx, actor, plan))) {
      throw new Problem('own-plan', 'Whoever wrote in a plan does not approve it: somebody else must.')
    }
    const { sheet, torn } = step === 'submit' ? await requireSound(tx, context, plan) : { sheet: null, torn: [] }
    await movePlan(tx, id, { from: plan.state, to: state, revision: plan.revision, effectiveOn, at })
    const text = body.comment?.trim() ?? ''
    if (text !== '') await insertComment(tx, { planId: id, at, author: actor.displayName, text, step })
    // Whoever approves reads what was said, and so sees it.
    for (const each of torn) await insertComment(tx, { planId: id, at, author: SYSTEM.displayName, text: '', ...each })
    const moved = (await findPlan(tx, id))!
    const detail = { fromState: plan.state, toState: state, revision: plan.revision, ...(effectiveOn !== null && { effectiveOn }) }
    await tell(tx, actor, moved, { action: `plan.${step}`, change: 'changed', at, detail })
    return { plan: moved, sheet }
  })
  if (sheet) replays.keep(plan, sheet)
  return plan
}

const MOST_DAYS_AHEAD = 5 * 365

/** The first midnight that can still be met is the next one, so today is refused like the past; and a slip of the pen like 2206. */
function effectiveDay({ timeZone }: PlanRow, step: PlanStep, { effectiveOn }: StepBody, at: Date): string | null {
  const where = 'body/effectiveOn'
  if (step !== 'publish') {
    if (effectiveOn === undefined) return null
    throw new Problem('bad-request', `${where}: only publish sets a day`, [{ where, message: 'only publish sets a day' }])
  }
  if (effectiveOn === undefined) throw new Problem('bad-request', `${where}: needed`, [{ where, message: 'needed' }])
  const today = dayOf(at, timeZone)
  const last = dayOf(dayStart(at, timeZone, MOST_DAYS_AHEAD), timeZone)
  if (effectiveOn > today && effectiveOn <= last) return effectiveOn
  const detail = `Today is ${today} in the county (${timeZone}); a plan comes into force at a midnight, tomorrow at the earliest and ${last} at the latest.`
  throw new Problem('bad-effective-date', detail, [{ where, message: `must lie after ${today}, and not after ${last}` }])
}

/** A plan that is handed in has something in it, and no errors. Villages that it tears are told to whoever approves. */
async function requireSound(tx: Queryable, { replays, targets }: PlanContext, plan: PlanRow) {
  if (plan.actionCount === 0) throw new Problem('plan-has-errors', 'There is nothing in the plan yet.')
  const sheet = await replays.take(tx, plan)
  const [refused] = sheet.refused
  if (refused) throw new Problem('action-refused', `Action ${refused.index + 1} cannot be done: ${refused.refusal.reason}.`)
  const findings = await findingsOf(tx, plan, sheet, targets)
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length === 0)
    return { sheet, torn: findings.filter(({ code }) => code === 'outside-parent').map((each) => tornBy(sheet, each)) }
  throw new Problem(
    'plan-has-errors',
    `The plan has ${errors.length} errors; look at its check.`,
    errors.slice(0, 20).map(({ code, units }) => ({ where: units.join(' '), message: code })),
  )
}

function tornBy({ coverage }: Sheet, { units: [unit], where, value, limit }: Finding): { says: PlanSaying; where: LngLat | undefined } {
  const leaf = unit === undefined ? undefined : coverage.leaves.get(unit)
  const code = leaf ? villageOf(leaf) : ''
  return { says: { code: 'torn', params: { unit: code, parts: value ?? 0, before: limit ?? 0 } }, where: where ?? undefined }
}
