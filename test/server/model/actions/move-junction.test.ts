import { describe, expect, it } from 'vitest'
import type { MoveJunction } from '#model/actions/action.ts'
import { plan } from '#model/replay.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { area, drawCoverage, expectSound } from '../../../fixtures/leaves.ts'

const move = (from: [number, number], to: [number, number]): MoveJunction => ({ type: 'move-junction', from, to })

/*
 *   AAB        A, B and C meet in (2, 1); A and B meet the county's line in (2, 2).
 *   CCB
 */
const drawing = `
  AAB
  CCB
`

describe('a junction', () => {
  it('takes every border with it that ends there', () => {
    const coverage = drawCoverage(drawing)
    const answer = plan(coverage, move(at(2, 1), at(1, 1.5)))
    if ('reason' in answer) throw new Error(answer.reason)
    expect(answer.arcs.removed).toHaveLength(3)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'A') + area(coverage, 'B') + area(coverage, 'C')).toBeCloseTo(6, 9)
    expect(area(coverage, 'A')).toBeLessThan(2)
  })

  it('slides along the county’s line, which keeps all its corners', () => {
    const coverage = drawCoverage(drawing)
    const answer = plan(coverage, move(at(2, 2), at(1, 2)))
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'A')).toBe(1.5)
    expect(area(coverage, 'B')).toBe(2.5)
    expect(coverage.vertexAt(...grid(at(2, 2)))).toHaveLength(1)
  })

  it('says why it cannot be moved', () => {
    const coverage = drawCoverage(drawing)
    const reason = (action: MoveJunction) => {
      const answer = plan(coverage, action)
      return 'reason' in answer ? answer.reason : null
    }
    expect(reason(move(at(2, 2), at(1, 3)))).toBe('leaves-outline')
    expect(reason(move(at(0, 0), at(1, 0.5)))).toBe('is-no-junction')
    expect(reason(move(at(0.5, 0.5), at(1, 0.5)))).toBe('no-vertex-here')
    expect(reason(move(at(2, 1), at(5, 1)))).toBe('crosses-border')
    expect(reason(move(at(2, 1), at(0, 1)))).toBe('would-collapse')
  })
})

const grid = ([lng, lat]: [number, number]): [number, number] => [Math.round(lng * 1e7), Math.round(lat * 1e7)]
