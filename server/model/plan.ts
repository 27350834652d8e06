/** The life of a plan: a named set of boundary changes, written, reviewed, approved by somebody else, in force on a date. */
import type { Permission } from './access.ts'

export const PLAN_STATES = ['draft', 'in_review', 'approved', 'scheduled', 'in_force', 'withdrawn'] as const
export type PlanState = (typeof PLAN_STATES)[number]

export const PLAN_STEPS = ['submit', 'return', 'approve', 'publish', 'withdraw'] as const
export type PlanStep = (typeof PLAN_STEPS)[number]

/** publish sets the date (approved → scheduled); only the job at midnight makes `in_force`. */
const STEPS: Readonly<Record<PlanStep, { from: readonly PlanState[]; to: PlanState; permission: Permission }>> = {
  submit: { from: ['draft'], to: 'in_review', permission: 'plan.edit' },
  return: { from: ['in_review', 'approved', 'scheduled'], to: 'draft', permission: 'plan.review' },
  approve: { from: ['in_review'], to: 'approved', permission: 'plan.approve' },
  publish: { from: ['approved'], to: 'scheduled', permission: 'plan.publish' },
  withdraw: { from: ['draft', 'in_review', 'approved', 'scheduled'], to: 'withdrawn', permission: 'plan.edit' },
}

/** The permission that a step asks for. */
export const permissionOfStep = (step: PlanStep): Permission => STEPS[step].permission

/** The state after a step, or why it is not lawful. */
export function nextPlanState(state: PlanState, step: PlanStep): PlanState | { reason: string } {
  const { from, to } = STEPS[step]
  return from.includes(state) ? to : { reason: `a plan that is ${state} cannot ${step}` }
}

/** Steps that the state allows, in the order of a plan's life. */
export const possibleSteps = (state: PlanState): PlanStep[] => PLAN_STEPS.filter((step) => STEPS[step].from.includes(state))

/** Actions may be changed in a draft only: what is reviewed stands still. */
export const isEditable = (state: PlanState): boolean => state === 'draft'
