import { describe, expect, it } from 'vitest'
import { isOpen, SEVERITIES, STATES } from '#model/incident.ts'
import { dueAt, isOverdue } from '#model/deadline.ts'

const at = (text: string) => new Date(`2025-03-01T${text}Z`)
const reportedAt = at('08:00:00')

describe('deadlines', () => {
  it('counts each step from the instant it began', () => {
    expect(dueAt({ severity: 'red', state: 'reported', reportedAt })).toEqual(at('08:05:00'))
    expect(dueAt({ severity: 'red', state: 'accepted', reportedAt, acceptedAt: at('08:03:00') })).toEqual(at('08:13:00'))
    expect(dueAt({ severity: 'yellow', state: 'handling', reportedAt, acceptedAt: at('08:03:00'), assignedAt: at('09:00:00') })).toEqual(
      new Date('2025-03-04T09:00:00Z'),
    )
    expect(dueAt({ severity: 'green', state: 'fed_back', reportedAt })).toEqual(new Date('2025-03-06T08:00:00Z'))
  })
  it('leaves paused and finished incidents without one, and only those', () => {
    for (const severity of SEVERITIES) {
      for (const state of STATES) expect(dueAt({ severity, state, reportedAt }) !== null).toBe(isOpen(state) && state !== 'paused')
    }
  })
  it('is overdue only past the instant', () => {
    expect(isOverdue(reportedAt, reportedAt)).toBe(false)
    expect(isOverdue(reportedAt, at('08:00:01'))).toBe(true)
    expect(isOverdue(null, at('08:00:01'))).toBe(false)
  })
})
