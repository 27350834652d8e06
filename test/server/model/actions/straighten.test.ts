import { describe, expect, it } from 'vitest'
import { plan } from '#model/replay.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { area, drawCoverage, expectSound } from '../../../fixtures/leaves.ts'

/** Stairs between A and B, each step a cell of some 100 metres. */
const stairs = `
  AAAB
  AABB
  ABBB
`

describe('straightening', () => {
  it('drops corners within the tolerance and keeps the junctions', () => {
    const coverage = drawCoverage(stairs)
    const answer = plan(coverage, { type: 'straighten', edge: [at(1, 0), at(1, 1)], tolerance: 500 })
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(answer.arcs.added[0]!.points).toHaveLength(4)
    expect(area(coverage, 'A')).toBeCloseTo(6, 9)
  })

  it('says when there is nothing to drop, and leaves the county’s line alone', () => {
    const coverage = drawCoverage(stairs)
    expect(plan(coverage, { type: 'straighten', edge: [at(1, 0), at(1, 1)], tolerance: 1 })).toMatchObject({ reason: 'nothing-to-drop' })
    expect(plan(coverage, { type: 'straighten', edge: [at(0, 0), at(0, 3)], tolerance: 1 })).toMatchObject({ reason: 'is-outline' })
  })

  it('stops short of what lies in the way', () => {
    // C stands in the bend of A and B: the straight line would run through it.
    const coverage = drawCoverage(`
      AAAAB
      ACABB
      ABBBB
    `)
    const answer = plan(coverage, { type: 'straighten', edge: [at(1, 0), at(1, 1)], tolerance: 5000 })
    if (!('reason' in answer)) coverage.apply(answer)
    expectSound(coverage)
  })
})
