import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { touched } from '#model/difference.ts'
import { changesOf } from '#model/plan-outcome.ts'
import { brokenEdges } from '#model/plan-proof.ts'
import { bordersOf, unionsAbove } from '#model/plan-units.ts'
import { at } from '../../fixtures/ascii-map.ts'
import { gridAt, moveDifference } from '../../fixtures/ascii-coverage.ts'
import { act, codedCoverage } from '../../fixtures/coded-coverage.ts'

const WEST = '331004001001'
const [A, B, C, D] = [`${WEST}001`, `${WEST}002`, '331004001002001', '331004002001001']
const draw = () =>
  codedCoverage(
    `
    AAACCC
    AAACCC
    BBBDDD
    BBBDDD
  `,
    { A, B, C, D },
  )
const split: Action = { type: 'split', unit: A, line: [at(-1, 3), at(4, 3)], newIds: ['n1'] }

const outcome = (...actions: Action[]) => {
  const [before, after] = [draw(), draw()]
  const ids = act(after, ...actions).flatMap((difference) => [...touched(difference)])
  return { before, after, ids, changes: changesOf(before, after, new Set(ids)) }
}

describe('the outcome of a plan', () => {
  it('names units that came, changed and went', () => {
    const { changes } = outcome(split, { type: 'merge', units: [A, B], keep: B })
    expect(changes.map(({ id, before, after, moved }) => [id, before !== null, after !== null, moved])).toEqual([
      [A, true, false, true],
      [B, true, true, true],
      // Its border with the new unit begins where none did.
      [C, true, true, true],
      ['n1', false, true, true],
    ])
  })

  it('does not name what is as it was in the end', () => {
    expect(outcome({ type: 'describe', unit: B, name: 'x' }, { type: 'describe', unit: B, name: B }).changes).toEqual([])
    const bend: Action = { type: 'insert-vertex', edge: [at(0, 2), at(3, 2)], at: at(1, 2) }
    expect(outcome(bend, { type: 'remove-vertex', at: at(1, 2) }).changes).toEqual([])
    expect(outcome({ type: 'describe', unit: B, unitKind: 'dedicated' }).changes).toMatchObject([{ id: B, moved: false }])
  })

  it('is not fooled by a new unit that takes the id of one that went', () => {
    const { changes } = outcome({ type: 'merge', units: [A, B], keep: B }, { ...split, unit: B, newIds: [A] })
    expect(changes.map(({ id, before, after }) => [id, before?.leaf.code ?? null, after?.leaf.code ?? null])).toEqual([
      [A, A, null],
      [A, null, null],
      [B, B, B],
      [C, C, C],
    ])
  })

  it('has the unions above the changed leaves, and those without a leaf empty', () => {
    const { after, changes } = outcome({ type: 'describe', unit: C, parentCode: WEST })
    const unions = unionsAbove(after, changes, (id) => (id === C ? `${WEST}003` : id))
    expect(unions.map(({ code, level, polygons }) => [code, level, polygons.length])).toEqual([
      ['331004', 'county', 1],
      ['331004001', 'town', 1],
      [WEST, 'village', 1],
      ['331004001002', 'village', 0],
    ])
    expect(unions[2]!.polygons).toEqual(after.union(new Set([A, B, C])))
  })

  it('draws each border once, with the coarsest level that it parts', () => {
    const { after } = outcome()
    const drawn = bordersOf(after, (id) => id)
    const between = (a: string | null, b: string | null) =>
      drawn.filter(({ left, right }) => [left, right].includes(a) && [left, right].includes(b))
    expect(between(A, B)).toMatchObject([{ level: 'grid', line: expect.arrayContaining([at(0, 2), at(3, 2)]) }])
    expect(between(A, C)).toMatchObject([{ level: 'village' }])
    expect(between(B, D)).toMatchObject([{ level: 'town' }])
    expect(between(null, D)).toMatchObject([{ level: 'county' }])
  })
})

describe('the proof of a plan', () => {
  it('finds nothing broken after sound actions, on the county’s own line neither', () => {
    const { before, after, ids } = outcome(split, { type: 'move-outline', from: at(0, 0), to: at(-0.5, 0) })
    expect(brokenEdges(before, after, new Set(ids))).toEqual([])
  })

  it('finds the edges that do not cancel when a neighbour was forgotten', () => {
    const [before, after] = [draw(), draw()]
    after.apply(moveDifference(after, gridAt(3, 2), gridAt(3.5, 2)))
    expect(brokenEdges(before, after, [A, B, C, D])).toEqual([])
    expect(brokenEdges(before, after, [A, B, C]).length).toBeGreaterThan(0)
  })
})
