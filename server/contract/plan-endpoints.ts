/** The endpoints of plans: a part of the table in endpoints.ts. What a reader's jurisdiction does not hold is not there for him. */
import { z } from 'zod'
import { permissionOfStep, type PlanStep } from '#model/plan.ts'
import { endpoint } from './endpoint.ts'
import {
  actionsSave,
  actionsSaved,
  newComment,
  newPlan,
  plan,
  planChange,
  planCheck,
  planCodes,
  planDifference,
  planParams,
  planQuery,
  planSummary,
  rebaseBody,
  rebased,
  stepBody,
} from './plan.ts'

/** A county of 10,000 grids divided anew is one action. */
const ACTIONS_LIMIT = 48 * 1024 * 1024

const step = <S extends PlanStep>(name: S, summary: string) =>
  endpoint({
    method: 'post',
    path: `/api/plans/:id/${name}`,
    permission: permissionOfStep(name),
    summary,
    params: planParams,
    body: stepBody,
    answer: plan,
  })

export const planEndpoints = {
  listPlans: endpoint({
    method: 'get',
    path: '/api/plans',
    permission: 'plan.read',
    summary: 'Plans of a unit and all below, the latest touched first',
    query: planQuery,
    answer: z.object({ plans: z.array(planSummary) }),
  }),
  createPlan: endpoint({
    method: 'post',
    path: '/api/plans',
    permission: 'plan.edit',
    summary: 'Begin a plan on today’s borders',
    body: newPlan,
    answer: plan,
    statuses: [201],
  }),
  plan: endpoint({
    method: 'get',
    path: '/api/plans/:id',
    permission: 'plan.read',
    summary: 'One plan with its actions and comments',
    params: planParams,
    answer: plan,
  }),
  changePlan: endpoint({
    method: 'patch',
    path: '/api/plans/:id',
    permission: 'plan.edit',
    summary: 'Rename a plan or change its note',
    params: planParams,
    body: planChange,
    answer: plan,
  }),
  savePlanActions: endpoint({
    method: 'post',
    path: '/api/plans/:id/actions',
    permission: 'plan.edit',
    summary: 'Save actions; 409 plan-moved brings what somebody else saved meanwhile',
    params: planParams,
    body: actionsSave,
    bodyLimit: ACTIONS_LIMIT,
    answer: actionsSaved,
  }),
  planDifference: endpoint({
    method: 'get',
    path: '/api/plans/:id/difference',
    permission: 'plan.read',
    summary: 'What the plan changes for whom',
    params: planParams,
    answer: planDifference,
  }),
  planCodes: endpoint({
    method: 'get',
    path: '/api/plans/:id/codes',
    permission: 'plan.read',
    summary: 'Codes that cannot be given out again, to see which ones a plan’s units would get',
    params: planParams,
    answer: planCodes,
  }),
  checkPlan: endpoint({
    method: 'get',
    path: '/api/plans/:id/check',
    permission: 'plan.read',
    summary: 'What is wrong with what the plan leads to',
    params: planParams,
    answer: planCheck,
  }),
  commentPlan: endpoint({
    method: 'post',
    path: '/api/plans/:id/comments',
    permission: 'plan.review',
    summary: 'Say something about a plan, or about a place in it',
    params: planParams,
    body: newComment,
    answer: plan,
    statuses: [201],
  }),
  submitPlan: step('submit', 'Hand a draft in for review'),
  returnPlan: step('return', 'Give a plan back to be worked on'),
  approvePlan: step('approve', 'Approve a plan that somebody else has written'),
  publishPlan: step('publish', 'Say from which day the plan is in force: tomorrow or later'),
  withdrawPlan: step('withdraw', 'Give a plan up'),
  rebasePlan: endpoint({
    method: 'post',
    path: '/api/plans/:id/rebase',
    permission: 'plan.edit',
    summary: 'Repeat a draft’s actions on today’s borders; what no longer applies is dropped and told',
    params: planParams,
    body: rebaseBody,
    answer: rebased,
  }),
} as const
