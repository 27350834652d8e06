import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import type { Coverage } from '#model/coverage.ts'
import { fromGrid } from '#model/crs.ts'
import { plan, replay, undo } from '#model/replay.ts'
import { coverageFrom, polygonsIn, VILLAGE, wholeArea2 } from '../../../fixtures/leaves.ts'
import { randomCoverage } from '../../../fixtures/random-coverage.ts'

/** What a planner's hand might do next, from three random numbers; most of it is possible, some of it is not. */
interface Whim {
  verb: number
  pick: number
  other: number
  dx: number
  dy: number
}

const whim: fc.Arbitrary<Whim> = fc.record({
  verb: fc.nat(11),
  pick: fc.nat(),
  other: fc.nat(),
  dx: fc.integer({ min: -9000, max: 9000 }),
  dy: fc.integer({ min: -9000, max: 9000 }),
})

function actionFor(coverage: Coverage, { verb, pick, other, dx, dy }: Whim, step: number): Action {
  const arcs = [...coverage.arcs.values()].sort((a, b) => (a.points.join() < b.points.join() ? -1 : 1))
  const leaves = [...coverage.leaves.keys()].sort()
  const arc = arcs[pick % arcs.length]!
  const at = (i: number) => fromGrid([arc.points[2 * i]!, arc.points[2 * i + 1]!])
  const by = (from: readonly number[], x: number, y: number) => fromGrid([Math.round(from[0]! * 1e7) + x, Math.round(from[1]! * 1e7) + y])
  const count = arc.points.length / 2
  const inner = Math.min(count - 1, 1 + (other % Math.max(1, count - 2)))
  const unit = leaves[other % leaves.length]!
  const beside = [...coverage.neighboursOf(unit)].sort()
  const edge: [[number, number], [number, number]] = [at(inner - 1), at(inner)]
  const middle = by(edge[0], Math.round((edge[1][0] - edge[0][0]) * 5e6), Math.round((edge[1][1] - edge[0][1]) * 5e6))
  switch (verb) {
    case 0:
      return { type: 'move-vertex', from: at(inner), to: by(at(inner), dx, dy) }
    case 1:
      return { type: 'move-junction', from: at(0), to: by(at(0), dx, dy) }
    case 2:
      return { type: 'move-junction', from: at(0), to: middle }
    case 3:
      return { type: 'insert-vertex', edge, at: by(middle, Math.round(dx / 3), Math.round(dy / 3)) }
    case 4:
      return { type: 'remove-vertex', at: at(inner) }
    case 5:
    case 6:
      return {
        type: 'split',
        unit,
        line: [by(middle, -3 * dx, -3 * dy), by(middle, 40_000, dy), by(middle, 3 * dx, 3 * dy)],
        newIds: [1, 2, 3, 4, 5, 6].map((n) => `n${step}-${n}`),
      }
    case 7:
      return { type: 'merge', units: [unit, beside[pick % Math.max(1, beside.length)] ?? unit], keep: unit }
    case 8:
      return {
        type: 'hand-over',
        unit,
        to: beside[pick % Math.max(1, beside.length)] ?? unit,
        line: [by(middle, -4 * dx, -4 * dy), by(middle, 4 * dx, 4 * dy)],
        at: by(middle, Math.round(dy / 2), Math.round(-dx / 2)),
      }
    case 9:
      return {
        type: 'cut-out',
        ring: [by(middle, dx, dy), by(middle, -dy, dx), by(middle, -dx, -dy), by(middle, dy, -dx)],
        unit: { id: `n${step}`, name: 'market', unitKind: 'dedicated', parentCode: VILLAGE },
      }
    case 10:
      return { type: 'redraw-border', units: [arc.left ?? unit, arc.right ?? unit], line: [at(0), by(middle, dx, dy), at(count - 1)] }
    default:
      return { type: 'straighten', edge, tolerance: Math.abs(dx) / 20 }
  }
}

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
      { numRuns: 300, endOnFailure: true },
    )
    // Every verb must have had its turn, or the test says nothing of it.
    for (const type of VERBS) expect(done.get(type) ?? 0, type).toBeGreaterThan(5)
  })
})
