import { describe, expect, it } from 'vitest'
import { replay, type ReplayedIncident, type ReplayedStep } from '../../../../server/model/heat/replay.ts'

const at = (hour: number): Date => new Date(Date.UTC(2026, 2, 1, hour))
const incident = (id: string, reported: number): ReplayedIncident => ({ id, severity: 'yellow', reportedAt: at(reported), acceptedAt: null, assignedAt: null }) // prettier-ignore
const step = (incidentId: string, hour: number, transition: string, toState: ReplayedStep['toState']): ReplayedStep => ({ incidentId, at: at(hour), transition, toState }) // prettier-ignore

const INCIDENTS = [incident('a', 1), incident('b', 2), incident('c', 9)]
const STEPS = [
  ...[step('a', 1, 'report', 'reported'), step('b', 2, 'report', 'reported'), step('a', 3, 'accept', 'accepted')],
  ...[step('a', 4, 'supervise', 'accepted'), step('b', 5, 'close', 'closed'), step('a', 6, 'return', 'returned')],
  ...[step('c', 9, 'report', 'reported'), step('a', 10, 'cancel', 'cancelled')],
]

describe('a replay', () => {
  it('shows what was open at an instant, with the state and the deadline of then', () => {
    const { open } = replay(INCIDENTS, STEPS, at(4))
    expect(open).toEqual([
      { id: 'a', state: 'accepted', dueAt: at(5), closedAt: null, supervisions: 1, version: 3 },
      { id: 'b', state: 'reported', dueAt: new Date(at(2).getTime() + 30 * 60_000), closedAt: null, supervisions: 0, version: 1 },
    ])
    expect(replay(INCIDENTS, STEPS, at(0)).open).toEqual([])
    expect(replay(INCIDENTS, STEPS, at(10)).open.map(({ id }) => id)).toEqual(['c'])
  })

  it('starts the clock of a step anew where an incident came back', () => {
    expect(replay(INCIDENTS, STEPS, at(7)).open).toMatchObject([{ id: 'a', state: 'returned', dueAt: at(8) }])
  })

  it('tells every change after it, oldest first', () => {
    const { changes } = replay(INCIDENTS, STEPS, at(4))
    expect(
      changes.map(({ at: when, standing }) => [when.getUTCHours(), standing.id, standing.state, standing.closedAt?.getUTCHours()]),
    ).toEqual([
      ...[[5, 'b', 'closed', 5], [6, 'a', 'returned', undefined], [9, 'c', 'reported', undefined], [10, 'a', 'cancelled', 10]], // prettier-ignore
    ])
  })

  it('takes what an import knew for what no step tells', () => {
    const imported = { ...incident('a', 1), acceptedAt: at(2), assignedAt: at(8) }
    const steps = [step('a', 1, 'report', 'assigned')]
    expect(replay([imported], steps, at(3)).open[0]!.dueAt).toEqual(new Date(at(2).getTime() + 3 * 86_400_000))
  })
})
