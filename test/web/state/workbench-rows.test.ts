import { describe, expect, it } from 'vitest'
import { Balance } from '#model/balance.ts'
import { buildingsOf } from '#model/buildings.ts'
import { Rows } from '../../../web/state/workbench-rows.ts'
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
})
