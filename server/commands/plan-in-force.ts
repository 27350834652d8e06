/**
 * A plan comes into force: one transaction in which its actions are done on today's borders, proved, and written as new versions,
 * with everything that stands on the land re-assigned. Whatever fails leaves all as it was, and the plan goes back to `approved`.
 */
import type { PlanSaying } from '#contract/plan.ts'
import { Problem } from '#contract/problem.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { OutOfCodes } from '#model/plan-codes.ts'
import { changedGrids, changesOf, type LeafChange } from '#model/plan-outcome.ts'
import { brokenEdges } from '#model/plan-proof.ts'
import { startOf } from '#model/time.ts'
import type { Queryable } from '../db/db.ts'
import { SYSTEM } from '../middleware/actor.ts'
import { findBase } from '../store/bases.ts'
import { lockImports } from '../store/imports.ts'
import { announceReload } from '../store/outbox.ts'
import { listActions } from '../store/plan-actions.ts'
import { findPlan, insertComment, keepEffect, listScheduled, lockPlan, moveEmptyDrafts, movePlan, type PlanRow } from '../store/plans.ts'
import { effectOf } from './plan-difference.ts'
import { continuedCodes } from './plan-continuation.ts'
import { Sheet } from './plan-replay.ts'
import { writePlan } from './plan-write.ts'
import { type PlanContext, requireCurrent, tell } from './plans.ts'

/** Midnight of the plan's day, as its county lives it. */
export const midnightOf = ({ effectiveOn, timeZone }: PlanRow): Date => startOf(effectiveOn!, timeZone)

type InForceContext = Omit<PlanContext, 'targets'>

export interface InForce {
  id: number
  /** Null when it failed. */
  inForceAt: Date | null
  /** Why it failed. */
  reason?: string
}

/**
 * Puts every plan in force whose midnight has passed, the earliest first, each in a transaction of its own. Another server that
 * does the same finds nothing left. Rejects, and will be tried again, when the database itself does not answer.
 */
export async function putDuePlansInForce(context: InForceContext): Promise<InForce[]> {
  const results: InForce[] = []
  for (const plan of await listScheduled(context.db)) {
    if (midnightOf(plan) > context.now()) continue
    const result = await putInForce(context, plan.id)
    if (result) results.push(result)
  }
  return results
}

async function putInForce(context: InForceContext, id: number): Promise<InForce | null> {
  try {
    return await context.db.transaction((tx) => bringAbout(tx, context, id))
  } catch (cause) {
    const failure = failureOf(cause)
    if (failure === null) throw cause
    return (await giveBack(context, id, failure)) ? { id, inForceAt: null, reason: failure.detail } : null
  }
}

interface Failure extends PlanSaying {
  /** A sentence for the log. */
  detail: string
}

/** What lies with the plan; null for what lies with the database's being away, full, or busy. */
function failureOf(cause: unknown): Failure | null {
  if (cause instanceof OutOfCodes) return { code: 'failed-codes', params: { unit: cause.parentCode }, detail: cause.message }
  if (cause instanceof Problem) return { ...sayingOf(cause), detail: cause.message }
  const { code } = cause as { code?: unknown }
  // Classes of SQLSTATE: data (22) and integrity (23).
  const isData = typeof code === 'string' && /^2[23]...$/.test(code)
  return isData ? { code: 'failed-database', params: { message: (cause as Error).message }, detail: (cause as Error).message } : null
}

function sayingOf({ code, message, extras, errors }: Problem): PlanSaying {
  if (code === 'plan-outdated') return { code: 'failed-outdated', params: {} }
  const { refused } = extras
  if (refused) return { code: 'failed-refused', params: { number: refused.index + 1, reason: refused.reason } }
  const [first] = errors ?? []
  return first ? { code: first.message === 'gap' ? 'failed-gap' : 'failed-cover', params: { where: first.where } } : { code: 'failed-database', params: { message } } // prettier-ignore
}

async function giveBack({ db, now }: InForceContext, id: number, { code, params, detail }: Failure): Promise<boolean> {
  const at = now()
  return db.transaction(async (tx) => {
    const plan = await lockPlan(tx, id)
    if (plan?.state !== 'scheduled') return false
    await movePlan(tx, id, { from: 'scheduled', to: 'approved', revision: plan.revision, effectiveOn: null, at })
    const says = { code, params: { ...params, day: plan.effectiveOn! } }
    await insertComment(tx, { planId: id, at, author: SYSTEM.displayName, text: '', says })
    await tell(tx, SYSTEM, (await findPlan(tx, id))!, { action: 'plan.fail', change: 'changed', at, detail: { reason: detail } })
    return true
  })
}

async function bringAbout(tx: Queryable, { replays, now }: InForceContext, id: number): Promise<InForce | null> {
  // Imports change units too; and two plans of one county must not be worked out side by side.
  await lockImports(tx)
  const plan = await lockPlan(tx, id)
  if (plan?.state !== 'scheduled') return null
  requireCurrent(plan)
  const { countyCode } = plan
  const base = (await findBase(tx, countyCode))!
  const sheet = new Sheet(await replays.ground(tx, countyCode, base))
  for (const action of await listActions(tx, id)) await sheet.do(action)
  prove(sheet)
  const { changes, continued } = await changesIn(tx, sheet, sheet.touched())
  // Later than all that is, so that every version has its time even if an import was faster than this midnight's job.
  const inForceAt = new Date(Math.max(midnightOf(plan).getTime(), base.getTime() + 1))
  const at = now()
  await keepEffect(tx, id, { ...(await effectOf(tx, plan, sheet, changes)), continued })
  const writing = { countyCode, ground: sheet.ground, coverage: sheet.coverage, changes, outlineMoved: movesOutline(sheet), inForceAt, at }
  if (changes.length > 0 || changedGrids(sheet.ground, sheet.coverage).length > 0) await writePlan(tx, writing)
  await movePlan(tx, id, { from: 'scheduled', to: 'in_force', revision: plan.revision, effectiveOn: plan.effectiveOn, inForceAt, at })
  await moveEmptyDrafts(tx, countyCode, inForceAt)
  const detail = { units: changes.length, effectiveOn: plan.effectiveOn }
  await tell(tx, SYSTEM, (await findPlan(tx, id))!, { action: 'plan.in-force', change: 'changed', at, detail })
  await announceReload(tx, 'unit', at)
  return { id, inForceAt }
}

/** The changes; units that go on under another id have their code again, in the coverage too. */
async function changesIn(
  tx: Queryable,
  { ground, coverage }: Sheet,
  touched: ReadonlySet<string>,
): Promise<{ changes: LeafChange[]; continued: Record<string, string> }> {
  const changes = changesOf(ground, coverage, touched)
  const codes = await continuedCodes(tx, changes)
  const continued = Object.fromEntries(codes)
  if (codes.size === 0) return { changes, continued }
  const removed = [...codes.keys()].map((id) => coverage.leaves.get(id)!)
  const added = removed.map((leaf) => ({ ...leaf, code: codes.get(leaf.id)! }))
  coverage.apply({ arcs: { removed: [], added: [] }, leaves: { removed, added } })
  return { changes: changesOf(ground, coverage, touched), continued }
}

/** Throws a Problem when the changes open a gap or make an overlap. */
function prove(sheet: Sheet): void {
  const [refused] = sheet.refused
  if (refused)
    throw new Problem(
      'action-refused',
      `Action ${refused.index + 1} cannot be done on today's borders: ${refused.refusal.reason}.`,
      undefined,
      {
        refused: {
          index: refused.index,
          reason: refused.refusal.reason,
          where: refused.refusal.where ?? null,
          units: refused.refusal.units ?? [],
        },
      },
    )
  const touched = sheet.touched()
  const [broken] = brokenEdges(sheet.ground, sheet.coverage, touched)
  if (broken)
    throw new Problem('plan-has-errors', `There would be a gap or an overlap at ${broken.from.join(', ')}.`, [
      { where: broken.from.join(', '), message: 'gap' },
    ])
  if (movesOutline(sheet)) {
    // What lies outside is nobody's, so the sums of edges say nothing there: the whole cover is looked at.
    const leaves = [...sheet.coverage.leaves.keys()].map((id) => ({ id, polygons: sheet.coverage.polygonsOf(id) }))
    const [fault] = checkPolygons(leaves).faults
    if (fault)
      throw new Problem('plan-has-errors', `${fault.ids.join(', ')}: ${fault.reason}.`, [
        { where: fault.ids.join(', '), message: fault.reason },
      ])
  }
}

const movesOutline = ({ differences }: Sheet): boolean =>
  differences.some(({ arcs }) => [...arcs.removed, ...arcs.added].some(({ left, right }) => left === null || right === null))
