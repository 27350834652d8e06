import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOpen, type State, STATES } from '#model/incident.ts'
import { nextState, possible, TRANSITIONS, type Transition } from '#model/workflow.ts'

const walk = (start: State, ...steps: Transition[]) =>
  steps.reduce<State | { reason: string }>((state, step) => (typeof state === 'string' ? nextState(state, step) : state), start)

describe('workflow', () => {
  it('goes round the closed loop', () => {
    expect(walk('reported', 'accept', 'route', 'assign', 'handle', 'feedback', 'close')).toBe('closed')
  })
  it('lets a worker settle it on the spot', () => {
    expect(walk('reported', 'close')).toBe('closed')
  })
  it('returns, pauses and resumes', () => {
    expect(walk('reported', 'accept', 'assign', 'return', 'accept')).toBe('accepted')
    expect(nextState('paused', 'resume', 'handling')).toBe('handling')
    expect(nextState('paused', 'resume')).toBe('accepted')
  })
  it('presses without moving', () => {
    expect(nextState('assigned', 'supervise')).toBe('assigned')
  })
  it('says why not', () => {
    expect(nextState('reported', 'assign')).toEqual({ reason: 'assign is not possible while reported' })
    expect(nextState('closed', 'accept')).toHaveProperty('reason')
  })
  it('moves nothing that is finished, and lets everything open be cancelled', () => {
    for (const state of STATES) {
      expect(possible(state).includes('cancel')).toBe(isOpen(state))
      if (!isOpen(state)) expect(possible(state)).toEqual([])
    }
  })
  it('reaches every state, and from every open state an end', () => {
    const reach = (start: State) => {
      const seen = new Set<State>([start])
      for (const state of seen) {
        for (const transition of possible(state)) {
          const next = nextState(state, transition)
          if (typeof next === 'string') seen.add(next)
        }
      }
      return seen
    }
    expect([...reach('reported')].sort()).toEqual([...STATES].sort())
    for (const state of STATES.filter(isOpen)) expect(reach(state)).toContain('closed')
  })
  it('agrees with its own list of what is possible', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATES), fc.constantFrom(...TRANSITIONS), (state, transition) => {
        expect(typeof nextState(state, transition) === 'string').toBe(possible(state).includes(transition))
      }),
    )
  })
})
