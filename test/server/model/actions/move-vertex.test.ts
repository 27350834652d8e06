import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import { plan } from '#model/replay.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { area, drawCoverage, expectSound } from '../../../fixtures/leaves.ts'

/** The border of A and B has a corner in the middle (1.5, 1) after the first action. */
function bent(): Coverage {
  const coverage = drawCoverage(`
    AB
    AB
  `)
  const answer = plan(coverage, { type: 'insert-vertex', edge: [at(1, 0), at(1, 2)], at: at(1.5, 1) })
  if ('reason' in answer) throw new Error(answer.reason)
  coverage.apply(answer)
  return coverage
}

const reason = (coverage: Coverage, action: Action) => {
  const answer = plan(coverage, action)
  return 'reason' in answer ? answer.reason : null
}

describe('corners of a shared border', () => {
  it('bend it for both neighbours', () => {
    const coverage = bent()
    expectSound(coverage)
    expect(area(coverage, 'A')).toBe(2.5)
    expect(area(coverage, 'B')).toBe(1.5)
  })

  it('move, and both neighbours follow', () => {
    const coverage = bent()
    const answer = plan(coverage, { type: 'move-vertex', from: at(1.5, 1), to: at(0.5, 1) })
    if ('reason' in answer) throw new Error(answer.reason)
    expect(answer.arcs.removed).toHaveLength(1)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'A')).toBe(1.5)
    expect(area(coverage, 'B')).toBe(2.5)
  })

  it('go, and the border is straight again', () => {
    const coverage = bent()
    const answer = plan(coverage, { type: 'remove-vertex', at: at(1.5, 1) })
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expect(area(coverage, 'A')).toBe(2)
  })

  it('say why they cannot be moved', () => {
    const coverage = bent()
    expect(reason(coverage, { type: 'move-vertex', from: at(0.3, 0.3), to: at(1, 1) })).toBe('no-vertex-here')
    expect(reason(coverage, { type: 'move-vertex', from: at(1, 0), to: at(1, 1) })).toBe('is-junction')
    expect(reason(coverage, { type: 'move-vertex', from: at(0, 0), to: at(-1, 0) })).toBe('is-outline')
    expect(reason(coverage, { type: 'move-vertex', from: at(1.5, 1), to: at(1.5, 1) })).toBe('same-place')
    expect(reason(coverage, { type: 'move-vertex', from: at(1.5, 1), to: at(3, 1) })).toBe('crosses-border')
    expect(reason(coverage, { type: 'move-vertex', from: at(1.5, 1), to: at(2, 2) })).toBe('touches-border')
    expect(reason(coverage, { type: 'move-vertex', from: at(1.5, 1), to: [400, 0] })).toBe('off-the-globe')
    expect(reason(coverage, { type: 'remove-vertex', at: at(1, 2) })).toBe('is-junction')
    expect(reason(coverage, { type: 'insert-vertex', edge: [at(0, 0), at(2, 2)], at: at(1, 1) })).toBe('no-border-here')
    expectSound(coverage)
  })

  it('of the county’s own line move by their own action, which changes its land', () => {
    const coverage = bent()
    expect(reason(coverage, { type: 'move-outline', from: at(1.5, 1), to: at(1, 1) })).toBe('is-no-outline')
    const answer = plan(coverage, { type: 'move-outline', from: at(0, 0), to: at(-1, 0) })
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'A')).toBe(3.5)
  })

  it('do not cross an island, even where no line meets another', () => {
    const coverage = drawCoverage(`
      AAAAAB
      AAACAB
      AAAAAB
    `)
    const bend = plan(coverage, { type: 'insert-vertex', edge: [at(5, 0), at(5, 3)], at: at(4.5, 1) })
    if ('reason' in bend) throw new Error(bend.reason)
    coverage.apply(bend)
    // Past C on both sides: C would lie in B, and its border says A.
    const answer = plan(coverage, { type: 'move-vertex', from: at(4.5, 1), to: at(1, 1.5) })
    expect('reason' in answer && answer.reason).toBe('would-collapse')
  })
})
