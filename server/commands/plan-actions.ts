/**
 * Saving what a planner did, and doing it again on newer borders. Every save is replayed with the model first: what the model
 * refuses, or what reaches further than the plan or its author may, is stored in no part.
 */
import type { Action, Refusal } from '#model/actions/action.ts'
import { allows, reach } from '#model/access.ts'
import { codeLength, isWithin, levelOf } from '#model/code.ts'
import { MANY_VERTICES, verticesOf } from '#model/large.ts'
import { isEditable } from '#model/plan.ts'
import { scopeOf } from '#model/plan-scope.ts'
import type { z } from 'zod'
import type { actionsSave, actionsSaved, NewerActions, RefusedAction } from '#contract/plan.ts'
import { Problem } from '#contract/problem.ts'
import type { Queryable } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { findBase } from '../store/bases.ts'
import { findSavesAfter, insertSave, listActions } from '../store/plan-actions.ts'
import { findPlan, type PlanRow } from '../store/plans.ts'
import { Sheet, type Step } from './plan-replay.ts'
import { getPlan, lockPlanFor, personOf, type PlanContext, tell } from './plans.ts'

type Saved = z.infer<typeof actionsSaved>

/**
 * Throws `not-found`; `unlawful-transition` for a plan that is no draft; `plan-moved`, with what is newer, when somebody else saved
 * meanwhile; `action-refused` for the first action that cannot be done; `outside-plan` or `not-allowed` for one that reaches too far.
 * A save that arrives twice, because its answer was lost, is answered like the first time.
 */
export async function saveActions(
  { db, replays, now }: Omit<PlanContext, 'targets'>,
  actor: Actor,
  id: number,
  { revision, from, actions }: z.output<typeof actionsSave>,
): Promise<Saved> {
  const at = now()
  const prepared = actions.some((action) => verticesOf(action) >= MANY_VERTICES)
    ? await prepare({ db, replays }, actor, id, { revision, from, actions })
    : null
  const { answer, done } = await db.transaction(async (tx) => {
    const plan = await lockPlanFor(tx, actor, 'plan.edit', id)
    if (plan.revision !== revision) return { answer: await repeated(tx, plan, { revision, from, actions }), done: null }
    requireDraft(plan)
    if (from > plan.actionCount) {
      const message = `the plan has ${plan.actionCount} actions`
      throw new Problem('bad-request', `body/from: ${message}`, [{ where: 'body/from', message }])
    }
    const sheet = prepared ?? (await replays.take(tx, plan))
    if (!prepared) sheet.undoTo(from)
    // Saved by an older version of the model, which allowed it.
    const [stale] = sheet.refused
    if (stale) throw refused(stale.index, stale.refusal)
    let isDone = false
    try {
      if (!prepared) await doAll(actor, plan, sheet, { from, actions })
      isDone = true
    } finally {
      // The plan is as it was: the next try need not begin from nothing.
      if (!isDone && from === plan.actionCount) {
        sheet.undoTo(from)
        replays.keep(plan, sheet)
      }
    }
    const author = { author: actor.displayName, person: await personOf(tx, actor) }
    const save = { planId: id, revision: revision + 1, from, actions, touched: sheet.touchedCodes(), at, ...author }
    if (!(await insertSave(tx, save))) throw new Problem('conflict', 'The plan was saved at the same time. Try again.')
    const saved = (await findPlan(tx, id))!
    await tell(tx, actor, saved, {
      action: 'plan.save',
      change: 'changed',
      at,
      detail: { revision: saved.revision, from, count: actions.length },
    })
    return { answer: answerOf(saved), done: { plan: saved, sheet } }
  })
  if (done) replays.keep(done.plan, done.sheet)
  return answer
}

/**
 * Large actions, done before the plan is held: nobody else waits for the database meanwhile. Null when the plan is not what the save
 * builds on, which the save itself will find.
 */
async function prepare(
  { db, replays }: Pick<PlanContext, 'db' | 'replays'>,
  actor: Actor,
  id: number,
  { revision, from, actions }: z.output<typeof actionsSave>,
): Promise<Sheet | null> {
  const plan = await getPlan(db, actor, id)
  if (!isWithin(plan.unitCode, reach(actor, 'plan.edit'))) return null
  if (plan.revision !== revision || !isEditable(plan.state) || from > plan.actionCount) return null
  const sheet = await replays.take(db, plan)
  sheet.undoTo(from)
  await doAll(actor, plan, sheet, { from, actions })
  return sheet
}

async function doAll(
  actor: Actor,
  plan: PlanRow,
  sheet: Sheet,
  { from, actions }: Pick<z.output<typeof actionsSave>, 'from' | 'actions'>,
): Promise<void> {
  for (const [n, action] of actions.entries()) {
    const step = await sheet.do(action)
    if ('reason' in step) throw refused(from + n, step)
    requireScope(actor, plan, sheet, step, from + n)
  }
}

export interface Rebased {
  plan: PlanRow
  dropped: { index: number; action: Action; reason: string }[]
}

/**
 * Does a draft's actions again on today's borders, and drops those that no longer apply. Throws `not-found`, `unlawful-transition`,
 * and `plan-moved` as a save does.
 */
export async function rebasePlan(
  { db, replays, now }: Omit<PlanContext, 'targets'>,
  actor: Actor,
  id: number,
  revision: number,
): Promise<Rebased> {
  const at = now()
  const { plan, dropped, sheet } = await db.transaction(async (tx) => {
    const plan = await lockPlanFor(tx, actor, 'plan.edit', id)
    requireDraft(plan)
    if (plan.revision !== revision) throw await moved(tx, plan, revision)
    const base = (await findBase(tx, plan.countyCode))!
    const before = await listActions(tx, id)
    const sheet = new Sheet(await replays.ground(tx, plan.countyCode, base))
    const kept: Action[] = []
    const dropped: Rebased['dropped'] = []
    for (const [index, action] of before.entries()) {
      const step = await sheet.do(action)
      const reason = 'reason' in step ? step.reason : strays(plan, sheet, step)?.reason
      if (reason === undefined) {
        kept.push(action)
        continue
      }
      sheet.undoTo(kept.length)
      dropped.push({ index, action, reason })
    }
    const author = { author: actor.displayName, person: await personOf(tx, actor) }
    const from = dropped[0]?.index ?? before.length
    const touched = sheet.touchedCodes()
    await insertSave(tx, { planId: id, revision: revision + 1, from, actions: kept.slice(from), touched, at, ...author, base })
    const saved = (await findPlan(tx, id))!
    await tell(tx, actor, saved, {
      action: 'plan.rebase',
      change: 'changed',
      at,
      detail: { base: base.toISOString(), dropped: dropped.length },
    })
    return { plan: saved, dropped, sheet }
  })
  replays.keep(plan, sheet)
  return { plan, dropped }
}

function requireDraft({ state }: PlanRow): void {
  if (!isEditable(state)) throw new Problem('unlawful-transition', `A plan that is ${state} is not edited: return it to draft first.`)
}

const answerOf = ({ revision, actionCount, updatedAt }: PlanRow): Saved => ({ revision, actionCount, savedAt: updatedAt.toISOString() })

/** The answer to a save that the plan holds already; otherwise throws `plan-moved`. */
async function repeated(tx: Queryable, plan: PlanRow, { revision, from, actions }: z.output<typeof actionsSave>): Promise<Saved> {
  const since = await findSavesAfter(tx, plan.id, revision)
  const holds = since && since.from >= from && plan.actionCount === from + actions.length
  if (holds && JSON.stringify(await listActions(tx, plan.id, from)) === JSON.stringify(actions)) return answerOf(plan)
  throw await moved(tx, plan, revision)
}

/** What came in between, as the problem that tells of it. */
async function moved(tx: Queryable, plan: PlanRow, revision: number): Promise<Problem> {
  const since = await findSavesAfter(tx, plan.id, revision)
  const from = since?.from ?? 0
  const newer: NewerActions = {
    revision: plan.revision,
    from,
    actions: await listActions(tx, plan.id, from),
    savedBy: since?.author ?? plan.author,
    savedAt: (since?.at ?? plan.updatedAt).toISOString(),
  }
  return new Problem('plan-moved', `${newer.savedBy} saved the plan meanwhile.`, undefined, { newerActions: newer })
}

/** Where an action reaches beyond the plan, whoever does it. */
function strays({ unitCode }: PlanRow, sheet: Sheet, { difference, before, after }: Step): Omit<RefusedAction, 'index'> | null {
  const { outside } = scopeOf(difference, before, after, unitCode)
  if (outside.length > 0) return { reason: 'outside-plan', where: null, units: outside }
  const lost = difference.leaves.added.find(
    ({ level, parentCode }) => !sheet.isAbove(parentCode) || codeLength(levelOf(parentCode)!) >= codeLength(level),
  )
  return lost ? { reason: 'not-below-parent', where: null, units: [lost.id] } : null
}

function requireScope(actor: Actor, plan: PlanRow, sheet: Sheet, step: Step, index: number): void {
  const stray = strays(plan, sheet, step)
  if (stray?.reason === 'outside-plan') {
    const detail = `Action ${index + 1} changes ${stray.units.join(', ')}, which the plan of ${plan.unitCode} does not hold.`
    throw new Problem('outside-plan', detail, undefined, { refused: { index, ...stray } })
  }
  if (stray) throw refused(index, { reason: 'not-below-parent', units: stray.units })
  const { outline, reparents } = scopeOf(step.difference, step.before, step.after, plan.unitCode)
  for (const [asked, permission] of [
    [outline, 'plan.outline'],
    [reparents, 'plan.reparent'],
  ] as const) {
    const answer = asked ? allows(actor, permission, plan.unitCode) : true
    if (answer === true) continue
    const extras = { refused: { index, reason: permission, where: null, units: [] } }
    throw new Problem('not-allowed', `Action ${index + 1}: ${answer.reason}.`, undefined, extras)
  }
}

function refused(index: number, { reason, where = undefined, units = [] }: Refusal): Problem {
  const place = where ? ` at ${where.join(', ')}` : ''
  return new Problem('action-refused', `Action ${index + 1} cannot be done: ${reason}${place}. Nothing was saved.`, undefined, {
    refused: { index, reason, where: where ?? null, units },
  })
}
