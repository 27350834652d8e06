import { describe, expect, it } from 'vitest'
import type { Action } from '#model/actions/action.ts'
import { Balance } from '#model/balance.ts'
import { buildingsOf } from '#model/buildings.ts'
import { touched } from '#model/difference.ts'
import { Rows, rowsAt } from '../../../web/state/workbench-rows.ts'
import { at } from '../../fixtures/ascii-map.ts'
import { act, codedCoverage } from '../../fixtures/coded-coverage.ts'

const VILLAGE = '331004001001'
const [A, B, C] = ['001', '002', '003'].map((grid) => `${VILLAGE}${grid}`) as [string, string, string]
const targets = { minHouseholds: 300, maxHouseholds: 500, exempt: [], minWidth: 10, clearance: 3 }
const county = () => codedCoverage('AABBCC', { A, B, C })

describe('the rows of the balance', () => {
  it('are those of the units that are there, when a plan is opened again', () => {
    const [coverage, today] = [county(), county()]
    const [balance, balanceToday] = [coverage, today].map((each) => new Balance(each, buildingsOf([]))) as [Balance, Balance]
    const rows = new Rows({ coverage, balance, today, balanceToday, targets }, VILLAGE)
    expect(rows.all.map(({ id }) => id)).toEqual([A, B, C])
    for (const difference of act(coverage, { type: 'merge', units: [A, B], keep: A })) balance.follow(difference)
    rows.renew(new Set([A, B]))
    expect(rows.all.map(({ id }) => id)).toEqual([A, C])
  })

  it('have one for a cut grid, with what its micro-grids hold, as long as it is cut', () => {
    const cut = () => codedCoverage('AABBCC', { A: `${A}01`, B: `${A}02`, C })
    const houses = buildingsOf([[0.5, 100], [2.5, 250], [4.5, 400]].map(([x, households]) => ({ location: at(x!, 0.5), households: households!, residents: 2 * households! }))) // prettier-ignore
    const [coverage, today] = [cut(), cut()]
    const [balance, balanceToday] = [coverage, today].map((each) => new Balance(each, houses)) as [Balance, Balance]
    const rows = new Rows({ coverage, balance, today, balanceToday, targets }, VILLAGE)
    const figures = () => rowsAt(rows.all, 'grid').map(({ id, households, before, target, isCut, isTouched }) => [id, households, before, target, isCut, isTouched]) // prettier-ignore
    const did = (...actions: Action[]) => {
      const touchedIds = new Set<string>()
      for (const difference of act(coverage, ...actions)) {
        balance.follow(difference)
        for (const id of touched(difference)) touchedIds.add(id)
      }
      rows.update(touchedIds, touchedIds)
    }
    expect(figures()).toEqual([
      [C, 400, 400, 'within', false, false],
      [A, 350, 350, 'within', true, false],
    ])
    expect(rowsAt(rows.all, 'microgrid').map(({ id, target, partOf }) => [id, target, partOf])).toEqual([
      [`${A}01`, 'exempt', A],
      [`${A}02`, 'exempt', A],
      [C, 'within', null],
    ])
    expect(rows.of(A)!.areaM2).toBeCloseTo(rows.of(`${A}01`)!.areaM2 + rows.of(`${A}02`)!.areaM2, 0)
    did({ type: 'describe', unit: A, name: '改名' })
    expect(rows.of(A)!.name).toBe('改名')
    did({ type: 'merge', units: [A, C], keep: A })
    expect(figures()).toEqual([[A, 750, 350, 'above', true, true]])
  })
})
