/** What the workbench asks of the server, and what the answers to a save mean for whoever made it. */
import { endpoints } from '#contract/endpoints.ts'
import type { PlanStep } from '#model/plan.ts'
import type { SaveAnswer, SendSave } from '../state/plan-saving.svelte.ts'
import type { PlanServer } from '../state/plans.svelte.ts'
import { actionsText } from '../edit/action-text.ts'
import { ApiProblem, call, callWithJson } from './client.ts'

const STEP_ENDPOINTS = {
  submit: endpoints.submitPlan,
  return: endpoints.returnPlan,
  approve: endpoints.approvePlan,
  publish: endpoints.publishPlan,
  withdraw: endpoints.withdrawPlan,
} as const satisfies Record<PlanStep, unknown>

const save: SendSave = async (id, { revision: before, from, actions }): Promise<SaveAnswer> => {
  const json = new Blob([`{"revision":${before},"from":${from},"actions":`, actionsText(actions), '}'])
  try {
    const { revision, savedAt } = await callWithJson(endpoints.savePlanActions, json, { params: { id } })
    return { saved: { revision, savedAt: new Date(savedAt) } }
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status >= 500 || error.status === 429) return { unreachable: error as Error }
    return error.extras.newerActions ? { newer: error.extras.newerActions } : { refused: error }
  }
}

export const planServer: PlanServer = {
  list: async () => (await call(endpoints.listPlans)).plans,
  read: (id) => call(endpoints.plan, { params: { id } }),
  create: (body) => call(endpoints.createPlan, { body }),
  change: (id, body) => call(endpoints.changePlan, { params: { id }, body }),
  save,
  step: (id, step, body) => call(STEP_ENDPOINTS[step], { params: { id }, body }),
  comment: (id, body) => call(endpoints.commentPlan, { params: { id }, body }),
  difference: (id) => call(endpoints.planDifference, { params: { id } }),
  usedCodes: async (id) => (await call(endpoints.planCodes, { params: { id } })).used,
  rebase: (id, revision) => call(endpoints.rebasePlan, { params: { id }, body: { revision } }),
}
