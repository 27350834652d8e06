/** What is wrong with what a plan leads to: the rule that no state may break, and the validations of the model. */
import type { Finding } from '#model/finding.ts'
import { brokenEdges } from '#model/plan-proof.ts'
import type { PlanCheck } from '#contract/plan.ts'
import type { Queryable } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { findBase } from '../store/bases.ts'
import { listActions } from '../store/plan-actions.ts'
import type { PlanRow } from '../store/plans.ts'
import { type PlanReplays, Sheet } from './plan-replay.ts'
import { getPlan, type PlanContext } from './plans.ts'

/** Findings on a plan's sheet, the errors first. */
export async function findingsOf(_db: Queryable, _plan: PlanRow, sheet: Sheet): Promise<Finding[]> {
  return brokenEdges(sheet.ground, sheet.coverage, sheet.touched()).map(({ from: [ax, ay], to: [bx, by] }) => ({
    code: 'gap',
    severity: 'error',
    units: [],
    where: [ax, ay],
    extent: [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)],
    value: null,
    limit: null,
  }))
}

/** What a plan's check says. For an outdated plan also which actions no longer apply today. Throws `not-found`. */
export async function checkPlan({ db, replays }: PlanContext, actor: Actor, id: number): Promise<PlanCheck> {
  const plan = await getPlan(db, actor, id)
  const sheet = await replays.take(db, plan)
  const findings = await findingsOf(db, plan, sheet)
  replays.keep(plan, sheet)
  const refused = plan.outdated ? await refusedToday(db, replays, plan) : sheet.refused
  return { findings, refused: refused.map(({ index, refusal }) => ({ index, reason: refusal.reason })) }
}

async function refusedToday(db: Queryable, replays: PlanReplays, plan: PlanRow): Promise<Sheet['refused']> {
  const base = (await findBase(db, plan.countyCode))!
  const sheet = new Sheet(await replays.ground(db, plan.countyCode, base))
  for (const action of await listActions(db, plan.id)) sheet.do(action)
  return sheet.refused
}
