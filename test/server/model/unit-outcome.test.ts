import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { touched } from '#model/difference.ts'
import { changesOf } from '#model/plan-outcome.ts'
import { type UnitState, unitChangesOf, withParts } from '#model/unit-outcome.ts'
import { at } from '../../fixtures/ascii-map.ts'
import { act, codedCoverage } from '../../fixtures/coded-coverage.ts'

const VILLAGE = '331004001001'
const [ONE, TWO, THREE, BARE] = [`${VILLAGE}001`, `${VILLAGE}002`, `${VILLAGE}003`, '331004001002']
const [A, B, C] = [`${ONE}01`, `${ONE}02`, `${TWO}01`]
/** The grid ONE is cut into A and B, the grid TWO into C and D; THREE has no micro-grids, the village BARE no grids. */
const draw = () =>
  codedCoverage(
    `
    AABBCCDDEEFF
    AABBCCDDEEFF
  `,
    { A, B, C, D: `${TWO}02`, E: THREE, F: BARE },
  )

const outcome = (...actions: Action[]) => {
  const [before, after] = [draw(), draw()]
  const ids = new Set(act(after, ...actions).flatMap((difference) => [...touched(difference)]))
  const changes = changesOf(before, after, ids)
  const units = unitChangesOf(before, after, changes)
  const said = (state: UnitState | null) => (state ? `${state.leaf.name} ${state.leafIds.size}` : null)
  return { before, after, changes, units, said: Object.fromEntries(units.map((unit) => [unit.id, [said(unit.before), said(unit.after)]])) }
}
const split = (unit: string, x: number, more: Partial<Extract<Action, { type: 'split' }>> = {}): Action => ({
  ...{ type: 'split', unit, line: [at(x, -1), at(x, 3)], newIds: ['n1', 'n2'] },
  ...more,
})

describe('the changes of units', () => {
  it('have a cut grid that is called otherwise, though none of its micro-grids changed', () => {
    const { changes, units, said } = outcome({ type: 'describe', unit: ONE, name: '渡头' })
    expect(changes).toEqual([])
    expect(said).toEqual({ [ONE]: [`${ONE} 2`, '渡头 2'] })
    expect(units[0]!.before!.polygons).toEqual(units[0]!.after!.polygons)
  })

  it('have cut grids that get a new code', () => {
    const { units } = outcome({ type: 'renumber', parentCode: VILLAGE })
    const grids = units.filter(({ after }) => after!.leaf.level === 'grid')
    expect(grids.map(({ id, after }) => [id, after!.leaf.renumber])).toEqual([[ONE, true], [TWO, true], [THREE, true]]) // prettier-ignore
  })

  it('have a grid that is cut now as one that stays, with its new micro-grids', () => {
    expect(outcome(split(THREE, 9, { below: true })).said).toMatchObject({
      ...{ [THREE]: [`${THREE} 1`, `${THREE} 2`], n1: [null, `${THREE}-1 1`], n2: [null, `${THREE}-2 1`] },
    })
  })

  it('have a village that has got its first grids as one that stays', () => {
    const { said, units } = outcome(split(BARE, 11, { below: true }))
    expect(said[BARE]).toEqual([`${BARE} 1`, `${BARE} 2`])
    const { before, after } = units.find(({ id }) => id === BARE)!
    expect(after!.polygons.flat().reduce((sum, ring) => sum + ring.length, 0)).toBeGreaterThanOrEqual(before!.polygons.flat()[0]!.length)
  })

  it('have cut grids that end, and those that grow', () => {
    const { said } = outcome({ type: 'merge', units: [ONE, TWO], keep: ONE })
    expect(said).toMatchObject({ [ONE]: [`${ONE} 2`, `${ONE} 4`], [TWO]: [`${TWO} 2`, null] })
  })

  it('have no cut grid of which only borders within have moved', () => {
    const bend: Action = { type: 'insert-vertex', edge: [at(2, 0), at(2, 2)], at: at(2.3, 1) }
    expect(Object.keys(outcome(bend).said).toSorted()).toEqual([A, B])
  })

  it('have each unit once', () => {
    const { units } = outcome(split(THREE, 9, { below: true }), { type: 'merge', units: [TWO, THREE], keep: TWO }, { type: 'describe', unit: A, name: 'x' }) // prettier-ignore
    expect(new Set(units.map(({ id }) => id)).size).toBe(units.length)
  })
})

describe('the parts of changed units', () => {
  it('are added where they stay as they are', () => {
    const { before, after, changes } = outcome({ type: 'describe', unit: ONE, name: '渡头' }, { type: 'describe', unit: A, name: 'x' })
    const all = withParts(before, after, changes)
    expect(all.map(({ id, before: old, after: now }) => [id, old!.leaf.code, now!.leaf.code])).toEqual([[A, A, A], [B, B, B]]) // prettier-ignore
  })
})
