import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import { type Scope, scopeOf, villageOf } from '#model/plan-scope.ts'
import { at } from '../../fixtures/ascii-map.ts'
import { act, codedCoverage } from '../../fixtures/coded-coverage.ts'
import { leafFor } from '../../fixtures/leaves.ts'

const [WEST, EAST, TOWN] = ['331004001001', '331004001002', '331004001']
const [A, B, C, D] = [`${WEST}001`, `${WEST}002`, `${EAST}001`, `${EAST}002`]
/** A and B lie in the western village, C and D in the eastern one. */
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

const reach = (coverage: Coverage, unitCode: string, ...actions: Action[]): Scope => {
  act(coverage, ...actions.slice(0, -1))
  const leaves = new Map(coverage.leaves)
  const [difference] = act(coverage, actions.at(-1)!)
  return scopeOf(difference!, (id) => leaves.get(id), (id) => coverage.leaves.get(id), unitCode) // prettier-ignore
}
const NOTHING: Scope = { outside: [], outline: false, reparents: false }

describe('how far an action reaches', () => {
  it('is nowhere beyond its village while only inner borders move', () => {
    const bend: Action = { type: 'insert-vertex', edge: [at(0, 2), at(3, 2)], at: at(1, 2) }
    const move: Action = { type: 'move-vertex', from: at(1, 2), to: at(1, 2.5) }
    expect(reach(draw(), WEST, bend, move)).toEqual(NOTHING)
  })

  it('takes a vertex that is let into the rim for no move', () => {
    const split: Action = { type: 'split', unit: A, line: [at(-1, 3.3), at(4, 3.4)], newIds: ['n1'] }
    expect(reach(draw(), WEST, split)).toEqual(NOTHING)
  })

  it('tells the county’s own line', () => {
    expect(reach(draw(), TOWN, { type: 'move-outline', from: at(0, 0), to: at(-0.3, 0) })).toEqual({ ...NOTHING, outline: true })
  })

  it('tells land that goes to another village, and what the plan does not hold', () => {
    const move: Action = { type: 'move-junction', from: at(3, 2), to: at(3.4, 2) }
    expect(reach(draw(), TOWN, move)).toEqual({ ...NOTHING, reparents: true })
    const scope = reach(draw(), WEST, move)
    expect(scope.outside.sort()).toEqual([C, D])
    expect(reach(draw(), WEST, { type: 'move-outline', from: at(6, 0), to: at(6.3, 0) }).outside).toEqual([D])
  })

  it('lets a junction slide along the county’s line without moving that', () => {
    expect(reach(draw(), WEST, { type: 'move-junction', from: at(0, 2), to: at(0, 2.5) })).toEqual(NOTHING)
    expect(reach(draw(), TOWN, { type: 'move-junction', from: at(3, 0), to: at(3.5, 0) })).toEqual({ ...NOTHING, reparents: true })
  })

  it('tells a unit that changes its village, or leaves the plan', () => {
    const describe: Action = { type: 'describe', unit: A, parentCode: EAST }
    expect(reach(draw(), TOWN, describe)).toEqual({ ...NOTHING, reparents: true })
    expect(reach(draw(), WEST, describe).outside).toEqual([A])
    expect(reach(draw(), WEST, { type: 'renumber', parentCode: EAST }).outside.sort()).toEqual([C, D])
    expect(reach(draw(), WEST, { type: 'describe', unit: B, name: '新' })).toEqual(NOTHING)
  })
})

describe('the village of a leaf', () => {
  it('is above it, or itself', () => {
    expect(villageOf(leafFor('x', { parentCode: `${WEST}003`, level: 'microgrid' }))).toBe(WEST)
    expect(villageOf(leafFor(WEST, { parentCode: TOWN, level: 'village' }))).toBe(WEST)
    expect(villageOf(leafFor('y', { parentCode: '029510' }))).toBe('029510')
  })
})
