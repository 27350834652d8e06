import { describe, expect, it } from 'vitest'
import { PERMISSIONS } from '#model/access.ts'
import { isEditable, nextPlanState, permissionOfStep, PLAN_STATES, PLAN_STEPS, possibleSteps } from '#model/plan.ts'

describe('the life of a plan', () => {
  it('goes from the draft to a day', () => {
    expect(nextPlanState('draft', 'submit')).toBe('in_review')
    expect(nextPlanState('in_review', 'approve')).toBe('approved')
    expect(nextPlanState('approved', 'publish')).toBe('scheduled')
  })
  it('is told why a step is not lawful, and allows no other', () => {
    expect(nextPlanState('draft', 'approve')).toEqual({ reason: 'a plan that is draft cannot approve' })
    for (const state of PLAN_STATES) {
      for (const step of PLAN_STEPS) expect(typeof nextPlanState(state, step) === 'string').toBe(possibleSteps(state).includes(step))
    }
  })
  it('ends in force or withdrawn', () => {
    expect(PLAN_STATES.filter((state) => possibleSteps(state).length === 0)).toEqual(['in_force', 'withdrawn'])
  })
  it('is edited as a draft only', () => {
    expect(PLAN_STATES.filter(isEditable)).toEqual(['draft'])
  })
  it('asks for a permission at every step', () => {
    for (const step of PLAN_STEPS) expect(PERMISSIONS).toContain(permissionOfStep(step))
  })
})
