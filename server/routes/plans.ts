/** Boundary plans: their life, their actions, and what they would change. */
import { Router } from 'express'
import { reach } from '#model/access.ts'
import type { PlanStep } from '#model/plan.ts'
import type { Targets } from '#model/targets.ts'
import { endpoints } from '#contract/endpoints.ts'
import { rebasePlan, saveActions } from '../commands/plan-actions.ts'
import { checkPlan } from '../commands/plan-check.ts'
import { planDifference } from '../commands/plan-difference.ts'
import { PlanReplays } from '../commands/plan-replay.ts'
import { takePlanStep } from '../commands/plan-steps.ts'
import { changePlan, commentPlan, createPlan, getPlan, type PlanContext, summaryOf, wholePlan } from '../commands/plans.ts'
import type { Db } from '../db/db.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { listPlans } from '../store/plans.ts'
import { listUsedCodes } from '../store/unit-versions.ts'
import { serve } from './serve.ts'

const NO_STORE = { 'Cache-Control': 'no-store' }
const STEPS = {
  submit: endpoints.submitPlan,
  return: endpoints.returnPlan,
  approve: endpoints.approvePlan,
  publish: endpoints.publishPlan,
  withdraw: endpoints.withdrawPlan,
} satisfies Record<PlanStep, unknown>

export interface PlanDeps {
  db: Db
  targets: Targets
  now?: () => Date
}

export function planRoutes({ db, targets, now = () => new Date() }: PlanDeps): Router {
  const router = Router()
  const context: PlanContext = { db, replays: new PlanReplays(), targets, now }

  serve(router, endpoints.listPlans, async ({ actor, query }) => {
    if (query.unit !== undefined) requireWithin(actor, 'plan.read', query.unit)
    const rows = await listPlans(db, query.unit ?? reach(actor, 'plan.read'), query.state)
    return { body: { plans: rows.map(summaryOf) }, headers: NO_STORE }
  })
  serve(router, endpoints.createPlan, async ({ actor, body }) => ({
    body: await wholePlan(db, actor, await createPlan(context, actor, body)),
  }))
  serve(router, endpoints.plan, async ({ actor, params }) => ({
    body: await wholePlan(db, actor, await getPlan(db, actor, params.id)),
    headers: NO_STORE,
  }))
  serve(router, endpoints.changePlan, async ({ actor, params, body }) => ({
    body: await wholePlan(db, actor, await changePlan(context, actor, params.id, body)),
  }))
  serve(router, endpoints.savePlanActions, async ({ actor, params, body }) => ({
    body: await saveActions(context, actor, params.id, body),
  }))
  serve(router, endpoints.planDifference, async ({ actor, params }) => ({
    body: await planDifference(context, actor, params.id),
    headers: NO_STORE,
  }))
  serve(router, endpoints.planCodes, async ({ actor, params }) => ({
    body: { used: await listUsedCodes(db, (await getPlan(db, actor, params.id)).unitCode) },
    headers: NO_STORE,
  }))
  serve(router, endpoints.checkPlan, async ({ actor, params }) => ({
    body: await checkPlan(context, actor, params.id),
    headers: NO_STORE,
  }))
  serve(router, endpoints.commentPlan, async ({ actor, params, body }) => ({
    body: await wholePlan(db, actor, await commentPlan(context, actor, params.id, body)),
  }))
  for (const [step, line] of Object.entries(STEPS) as [PlanStep, (typeof STEPS)[PlanStep]][]) {
    serve(router, line, async ({ actor, params, body }) => ({
      body: await wholePlan(db, actor, await takePlanStep(context, actor, params.id, step, body)),
    }))
  }
  serve(router, endpoints.rebasePlan, async ({ actor, params, body }) => {
    const { plan, dropped } = await rebasePlan(context, actor, params.id, body.revision)
    return { body: { ...(await wholePlan(db, actor, plan)), dropped } }
  })
  return router
}
