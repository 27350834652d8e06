import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { fromGrid } from '#model/crs.ts'
import type { Difference } from '#model/difference.ts'
import { plan } from '#model/replay.ts'
import { History } from '../../../web/edit/history.ts'
import { isDenial } from '../../../web/edit/denial.ts'
import { asciiCoverage, gridAt } from '../../fixtures/ascii-coverage.ts'

/* The corner of A and B stands at (2, 1), in the middle of their common border.
 *
 *   AABB
 *   AABB
 */
const drawing = `
AABB
AABB`
const setUp = () => {
  const coverage = asciiCoverage(drawing)
  const applied: Difference[] = []
  return {
    coverage,
    applied,
    history: new History(coverage, function* (difference) {
      applied.push(difference)
    }),
  }
}
const place = (x: number, y: number) => fromGrid(gridAt(x, y))
const insert = (x: number, y: number): Action => ({ type: 'insert-vertex', edge: [place(2, 0), place(2, 2)], at: place(x, y) })
const move = (x: number, y: number, tox: number, toy: number): Action => ({ type: 'move-vertex', from: place(x, y), to: place(tox, toy) })
const textOf = ({ coverage }: ReturnType<typeof setUp>): string =>
  JSON.stringify([...coverage.leaves.keys()].sort().map((id) => coverage.polygonsOf(id).map((rings) => rings.map((ring) => [...ring]))))

describe('the history of a plan', () => {
  it('does again what was undone as it was, without working it out anew', () => {
    const bench = setUp()
    bench.history.do([insert(1.5, 1)])
    const [difference] = bench.applied
    bench.history.undo()
    bench.history.redo()
    expect(bench.applied.at(-1)).toBe(difference)
    expect(bench.history.actions).toHaveLength(1)
  })

  it('takes up what was worked out elsewhere, until the coverage changes', () => {
    const bench = setUp()
    const action = insert(1.5, 1)
    const foreseen = plan(bench.coverage, action) as Difference
    bench.history.foresee(action, foreseen)
    bench.history.do([action])
    expect(bench.applied).toEqual([foreseen])
    const next = move(1.5, 1, 1, 1)
    bench.history.foresee(next, { reason: 'crosses-border' })
    expect(bench.history.do([next])).toEqual({ reason: 'crosses-border' })
    bench.history.undo()
    bench.history.redo()
    expect(isDenial(bench.history.do([next]))).toBe(false)
  })

  it('gives back the first state, bit for bit, when everything is undone', () => {
    const bench = setUp()
    const first = textOf(bench)
    for (const action of [insert(1.5, 1), move(1.5, 1, 2.5, 1), move(2.5, 1, 3, 1.5)])
      expect(isDenial(bench.history.do([action]))).toBe(false)
    const last = textOf(bench)
    expect(last).not.toBe(first)
    while (bench.history.canUndo) bench.history.undo()
    expect(textOf(bench)).toBe(first)
    while (bench.history.canRedo) bench.history.redo()
    expect(textOf(bench)).toBe(last)
    expect(bench.history.actions).toHaveLength(3)
  })

  it('forgets what was undone when something else is done', () => {
    const { history } = setUp()
    history.do([insert(1.5, 1)])
    history.undo()
    history.do([insert(2.5, 1)])
    expect(history.canRedo).toBe(false)
    expect(history.actions).toEqual([insert(2.5, 1)])
  })

  it('takes up what was undone before it began, and drops it where the ground is another', () => {
    const bench = setUp()
    bench.history.do([insert(1.5, 1)])
    bench.history.do([move(1.5, 1, 2.5, 1)])
    const last = textOf(bench)
    bench.history.undo()
    bench.history.undo()
    const again = setUp()
    again.history.recall(bench.history.undone)
    again.history.redo()
    again.history.redo()
    expect(textOf(again)).toBe(last)
    expect(again.history.canRedo).toBe(false)
    const elsewhere = setUp()
    elsewhere.history.recall([[move(1.5, 1, 2.5, 1)]])
    expect(elsewhere.history.redo()).toMatchObject({ reason: 'no-vertex-here' })
    expect(elsewhere.history.canRedo).toBe(false)
  })

  it('does a step of several actions wholly or not at all', () => {
    const bench = setUp()
    const first = textOf(bench)
    const answer = bench.history.do([insert(1.5, 1), move(0.5, 0.5, 1, 1)])
    expect(answer).toMatchObject({ reason: 'no-vertex-here' })
    expect(textOf(bench)).toBe(first)
    expect(bench.history.canUndo).toBe(false)
    bench.history.do([insert(1.5, 1), move(1.5, 1, 2.5, 1)])
    bench.history.undo()
    expect(textOf(bench)).toBe(first)
  })

  it('takes a trial out before anything else happens', () => {
    const bench = setUp()
    const first = textOf(bench)
    expect(bench.history.try(insert(1.2, 1)).changed).toEqual(new Set(['A', 'B']))
    expect(textOf(bench)).not.toBe(first)
    bench.history.try(insert(2.8, 1))
    expect(bench.history.actions).toEqual([])
    bench.history.do([insert(1.5, 1)])
    expect(bench.history.trying).toBeNull()
    bench.history.undo()
    expect(textOf(bench)).toBe(first)
  })

  it('shows nothing where the trial is refused', () => {
    const bench = setUp()
    const first = textOf(bench)
    bench.history.try(insert(1.5, 1))
    expect(bench.history.try(move(0.5, 0.5, 1, 1)).denial).toMatchObject({ reason: 'no-vertex-here' })
    expect(textOf(bench)).toBe(first)
  })

  it('tells every difference, so that whoever follows arrives where the coverage is', () => {
    const bench = setUp()
    const follower = asciiCoverage(drawing)
    bench.history.try(insert(1.2, 1))
    bench.history.do([insert(1.5, 1)])
    bench.history.do([move(1.5, 1, 2.5, 1)])
    bench.history.undo()
    for (const difference of bench.applied) follower.apply(difference)
    expect(follower.polygonsOf('A')).toEqual(bench.coverage.polygonsOf('A'))
  })

  it('refuses what the guard refuses', () => {
    const coverage = asciiCoverage(drawing)
    const history = new History(
      coverage,
      function* () {},
      () => ({ reason: 'outside-plan', units: ['B'] }),
    )
    expect(history.do([insert(1.5, 1)])).toEqual({ reason: 'outside-plan', units: ['B'] })
    expect(history.canUndo).toBe(false)
  })
})
