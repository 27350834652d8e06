import { describe, expect, it } from 'vitest'
import type { Action, Divide } from '#model/actions/action.ts'
import type { Progress, Proposal, RedivisionInput } from '#model/partition/redivision.ts'
import { Proposals, type SearchTells } from '../../../web/state/proposals.svelte.ts'

const INPUT: RedivisionInput = { villages: [], buildings: { x: [], y: [], households: [], residents: [] }, targets: { min: 300, max: 500 } }
const proposal = {} as Proposal
const progress: Progress = { phase: 'better', share: 0.5, solved: 1, solvable: 2, moved: 3 }

/** A search that says what it is told to say. */
function searches() {
  const tells: SearchTells[] = []
  const stopped: number[] = []
  const proposals = new Proposals((_input, _options, heard) => {
    const n = tells.push(heard) - 1
    return {
      stop() {
        stopped.push(n)
        heard.end('stopped')
      },
    }
  })
  return { proposals, tells, stopped }
}

describe('proposals', () => {
  it('show the best so far while they are sought, and stay when they are done', () => {
    const { proposals, tells } = searches()
    proposals.start(INPUT, 't1', { preset: 'repair', seed: 1 })
    tells[0]!.progress(progress)
    tells[0]!.better(proposal)
    expect(proposals.chosen).toMatchObject({ status: 'running', progress, proposal, scope: 't1' })
    tells[0]!.end('done')
    expect(proposals.chosen).toMatchObject({ status: 'done', proposal })
  })
  it('are sought several at once, the newest chosen', () => {
    const { proposals, tells } = searches()
    proposals.start(INPUT, 't1', { preset: 'repair', seed: 1 })
    proposals.start(INPUT, 't1', { preset: 'mix', seed: 2 })
    tells[0]!.better(proposal)
    expect(proposals.attempts.map(({ id, proposal: best }) => [id, best !== null])).toEqual([
      [0, true],
      [1, false],
    ])
    expect(proposals.chosenId).toBe(1)
  })
  it('keep what they have when they are stopped', () => {
    const { proposals, tells, stopped } = searches()
    proposals.start(INPUT, 't1', { preset: 'repair', seed: 1 })
    tells[0]!.better(proposal)
    proposals.stop(0)
    expect(stopped).toEqual([0])
    expect(proposals.chosen).toMatchObject({ status: 'stopped', proposal })
  })
  it('are stopped when they are dropped, and say no more', () => {
    const { proposals, tells, stopped } = searches()
    proposals.start(INPUT, 't1', { preset: 'repair', seed: 1 })
    proposals.start(INPUT, 't1', { preset: 'mix', seed: 2 })
    proposals.drop(1)
    tells[1]!.better(proposal)
    expect(stopped).toEqual([1])
    expect(proposals.attempts.map(({ id }) => id)).toEqual([0])
    expect(proposals.chosenId).toBe(0)
  })
  it('begin to count anew with another plan', () => {
    const { proposals, stopped } = searches()
    proposals.start(INPUT, 't1', { preset: 'repair', seed: 1 })
    proposals.start(INPUT, 't1', { preset: 'repair', seed: 2 })
    proposals.clear()
    expect(stopped).toEqual([0, 1])
    expect(proposals.chosenId).toBeNull()
    proposals.start(INPUT, 't1', { preset: 'repair', seed: 1 })
    expect(proposals.attempts.map(({ id }) => id)).toEqual([0])
  })
  it('are in the plan as long as the step that adopted them is', () => {
    const { proposals } = searches()
    const divide = (parentCode: string): Divide => ({ type: 'divide', units: ['a'], into: [{ unit: { id: 'a', name: 'a', unitKind: 'general', parentCode }, polygons: [] }] }) // prettier-ignore
    const [one, two, other] = [divide('v1'), divide('v2'), divide('v1')]
    const byHand: Action = { type: 'remove-vertex', at: [0, 0] }
    proposals.noteAdopted(0, [one, two])
    expect(proposals.takenOf(0, [one, two])).toEqual(new Set(['v1', 'v2']))
    expect(proposals.lastTaken([byHand, one, two])).toBe(0)
    expect(proposals.takenOf(0, [])).toEqual(new Set())
    expect(proposals.lastTaken([one, two, byHand])).toBeNull()
    proposals.noteAdopted(1, [other])
    expect(proposals.lastTaken([other])).toBe(1)
    expect(proposals.takenOf(0, [other])).toEqual(new Set())
  })
})
