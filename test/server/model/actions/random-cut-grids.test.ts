import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action, Split } from '#model/actions/action.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { type Coverage, coverageOf } from '#model/coverage.ts'
import { gridOf, netDifference, reverse } from '#model/difference.ts'
import { plan, replay, undo } from '#model/replay.ts'
import { toMultiPolygon } from '#model/rings.ts'
import { leafFor, polygonsIn, VILLAGE, wholeArea2 } from '../../../fixtures/leaves.ts'
import { actionFor, type Whim, whim } from '../../../fixtures/random-actions.ts'
import { randomCoverage, type RandomCoverage } from '../../../fixtures/random-coverage.ts'

/** Most features are micro-grids of two or three grids, the others grids without any. */
function cutCoverage({ features }: RandomCoverage): Coverage {
  const { topology, faults } = checkPolygons(features)
  if (!topology) throw new Error(JSON.stringify(faults))
  const leaves = features.map(({ id }, index) =>
    index % 4 === 3 ? leafFor(id) : leafFor(id, { level: 'microgrid', parentCode: `${VILLAGE}00${1 + (index % 3)}` }),
  )
  return coverageOf(topology, leaves)
}

/** What the other verbs do to grids with micro-grids, now and then; otherwise what a hand does. */
function nextAction(coverage: Coverage, each: Whim, step: number): Action {
  const units = [...new Set([...coverage.leaves.values()].map((leaf) => gridOf(leaf) ?? leaf.id))].sort()
  const unit = units[each.other % units.length]!
  const usual = actionFor(coverage, each, step, each.pick % 4 !== 0)
  switch (each.dx % 12) {
    case 0:
      return { type: 'renumber', parentCode: each.pick % 2 === 0 ? VILLAGE : `${VILLAGE}001` }
    case 1:
      return { type: 'describe', unit, name: `name ${step}`, parentCode: each.pick % 2 === 0 ? VILLAGE : '331004001002' }
    case 2:
    case -2:
    case 4:
      return { ...splitOf(coverage, each, step), below: true }
    case 3: {
      const into = { unit: { id: `n${step}`, name: 'whole', unitKind: 'general' as const, parentCode: VILLAGE } }
      const ids = coverage.leaves.has(unit) ? [unit] : [...coverage.leavesOfGrid(unit)]
      const { coordinates } = toMultiPolygon(coverage.union(new Set(ids)))
      return { type: 'divide', units: [unit], into: [{ ...into, polygons: coordinates as [number, number][][][] }] }
    }
    default:
      return usual
  }
}

/** A split of a unit that is a leaf. */
function splitOf(coverage: Coverage, each: Whim, step: number): Split {
  const plain = [...coverage.leaves.values()].filter(({ level }) => level === 'grid').map(({ id }) => id).sort() // prettier-ignore
  const usual = actionFor(coverage, { ...each, verb: 5 }, step) as Split
  return { ...usual, unit: plain[each.other % Math.max(1, plain.length)] ?? usual.unit }
}

const stateOf = (coverage: Coverage) => ({
  leaves: [...coverage.leaves.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  grids: [...coverage.grids.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  polygons: polygonsIn(coverage),
})

/** Every micro-grid is of a grid that is there, every grid has some, and no id is a grid's and a leaf's. */
function expectNested(coverage: Coverage): void {
  const held = new Set([...coverage.leaves.values()].map(gridOf).filter((id) => id !== null))
  expect([...coverage.grids.keys()].sort()).toEqual([...held].sort())
  for (const id of held) {
    expect(coverage.leaves.has(id)).toBe(false)
    expect([...coverage.leavesOfGrid(id)].sort()).toEqual([...coverage.leaves.values()].filter((leaf) => gridOf(leaf) === id).map((leaf) => leaf.id).sort()) // prettier-ignore
  }
}

const VERBS = ['split', 'split below', 'merge', 'hand-over', 'cut-out', 'redraw-border', 'renumber', 'describe', 'divide']

function namedBy(action: Action): string[] {
  if (action.type === 'renumber') return [`${VILLAGE}001`]
  const { unit, units } = action as { unit?: unknown; units?: readonly string[] }
  return [...(units ?? []), ...(typeof unit === 'string' ? [unit] : [])]
}

describe('any sequence of actions on grids that are cut into micro-grids', () => {
  it('keeps a coverage, its area, its grids and its undo, and is the same on the other side', () => {
    const done = new Map<string, number>()
    fc.assert(
      fc.property(randomCoverage, fc.array(whim, { minLength: 1, maxLength: 12 }), (random, whims) => {
        const coverage = cutCoverage(random)
        const before = stateOf(coverage)
        const area = wholeArea2(coverage)
        const actions: Action[] = []
        const differences = []
        for (const [step, each] of whims.entries()) {
          const action = nextAction(coverage, each, step)
          const isOfGrid = namedBy(action).some((id) => coverage.grids.has(id))
          const answer = plan(coverage, action)
          if ('reason' in answer) continue
          coverage.apply(answer)
          actions.push(action)
          differences.push(answer)
          const after = polygonsIn(coverage)
          expect(checkPolygons(after).faults, `${action.type} ${JSON.stringify(action)}`).toEqual([])
          expect(after.every(({ polygons }) => polygons.length > 0)).toBe(true)
          expectNested(coverage)
          const verb = action.type === 'split' && action.below ? 'split below' : action.type
          if (isOfGrid || verb === 'split below' || verb === 'cut-out') done.set(verb, (done.get(verb) ?? 0) + 1)
        }
        expect(Math.abs(wholeArea2(coverage) - area)).toBeLessThanOrEqual(4e5 * 2 * (1 + actions.length))
        const other = cutCoverage(random)
        expect(replay(other, actions).refused).toEqual([])
        const after = stateOf(coverage)
        expect(stateOf(other)).toEqual(after)
        const net = netDifference(differences)
        undo(coverage, differences)
        expect(stateOf(coverage)).toEqual(before)
        coverage.apply(net)
        expect(stateOf(coverage)).toEqual(after)
        coverage.apply(reverse(net))
        expect(stateOf(coverage)).toEqual(before)
      }),
      { numRuns: 200 },
    )
    for (const type of VERBS) expect(done.get(type) ?? 0, type).toBeGreaterThan(0)
  })
})
