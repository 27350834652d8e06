import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { plan, replay, undo } from '#model/replay.ts'
import { coverageFrom, polygonsIn, wholeArea2 } from '../../../fixtures/leaves.ts'
import { actionFor, whim } from '../../../fixtures/random-actions.ts'
import { randomCoverage } from '../../../fixtures/random-coverage.ts'

const VERBS = [
  ...['move-vertex', 'move-junction', 'insert-vertex', 'remove-vertex', 'split', 'merge', 'hand-over', 'cut-out', 'redraw-border'],
  ...['straighten'],
]

describe('any sequence of actions', () => {
  it('keeps a coverage, its area and its undo, and is the same on the other side', () => {
    const done = new Map<string, number>()
    fc.assert(
      fc.property(randomCoverage, fc.array(whim, { minLength: 1, maxLength: 14 }), ({ features }, whims) => {
        const coverage = coverageFrom(features)
        const before = polygonsIn(coverage)
        const area = wholeArea2(coverage)
        const actions: Action[] = []
        const differences = []
        for (const [step, each] of whims.entries()) {
          const action = actionFor(coverage, each, step)
          const answer = plan(coverage, action)
          if ('reason' in answer) continue
          coverage.apply(answer)
          actions.push(action)
          differences.push(answer)
          const after = polygonsIn(coverage)
          const check = checkPolygons(after)
          expect(check.faults, `${action.type} ${JSON.stringify(action)}`).toEqual([])
          expect(after.every(({ polygons }) => polygons.length > 0)).toBe(true)
        }
        for (const { type } of actions) done.set(type, (done.get(type) ?? 0) + 1)
        // The county's own line may gain a vertex up to a unit off it: that, and nothing else, may change the area.
        const span = 4e5 * 2 * (1 + actions.length)
        expect(Math.abs(wholeArea2(coverage) - area)).toBeLessThanOrEqual(span)
        const other = coverageFrom(features)
        const replayed = replay(other, actions)
        expect(replayed.refused).toEqual([])
        expect(polygonsIn(other)).toEqual(polygonsIn(coverage))
        undo(coverage, differences)
        expect(polygonsIn(coverage)).toEqual(before)
      }),
      { numRuns: 200 },
    )
    // Every verb must have had its turn, or the test says nothing of it.
    for (const type of VERBS) expect(done.get(type) ?? 0, type).toBeGreaterThan(0)
  })
})
