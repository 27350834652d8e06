/*
 * Two villages of one town; grid 2 of the first is cut into micro-grids:
 *   a  b  d
 *   a  c  d
 */
import { describe, expect, it } from 'vitest'
import { newCodesOf, renumbersOf } from '#model/renumbering.ts'
import { at } from '../../fixtures/ascii-map.ts'
import { act, codedCoverage } from '../../fixtures/coded-coverage.ts'
import { VILLAGE } from '../../fixtures/leaves.ts'

const OTHER = '331004001002'
const [ONE, TWO, FAR] = [`${VILLAGE}001`, `${VILLAGE}002`, `${OTHER}001`]
const CODES = { A: ONE, B: `${TWO}01`, C: `${TWO}02`, D: FAR }
const USED = [...Object.values(CODES), TWO, VILLAGE, OTHER]
const county = () => codedCoverage('ABD\nACD', CODES)
const pairs = (answer: ReturnType<typeof newCodesOf>) => 'units' in answer && answer.units.map(({ before, after }) => [before, after])

describe('renumbering a place', () => {
  it('is one action for each parent of grids in it; of a grid, its micro-grids', () => {
    const of = (code: string) => renumbersOf(county(), code).map(({ parentCode }) => parentCode)
    expect(of('331004001')).toEqual([VILLAGE, OTHER])
    expect(of(VILLAGE)).toEqual([VILLAGE])
    expect(of(TWO)).toEqual([TWO])
    expect(of(ONE)).toEqual([])
    expect(of('331004009')).toEqual([])
  })

  it('leaves out what is renumbered already', () => {
    const coverage = county()
    act(coverage, ...renumbersOf(coverage, VILLAGE))
    expect(renumbersOf(coverage, '331004001').map(({ parentCode }) => parentCode)).toEqual([OTHER])
  })

  it('shows the codes that the plan would give, those of the micro-grids of a renumbered grid too, and changes nothing', () => {
    const coverage = county()
    expect(pairs(newCodesOf(coverage, renumbersOf(coverage, VILLAGE), USED))).toEqual([
      [ONE, `${VILLAGE}003`],
      [TWO, `${VILLAGE}004`],
      [`${TWO}01`, `${VILLAGE}00401`],
      [`${TWO}02`, `${VILLAGE}00402`],
    ])
    expect([...coverage.leaves.values(), ...coverage.grids.values()].some(({ renumber }) => renumber)).toBe(false)
  })

  it('numbers micro-grids below their grid, which keeps its code', () => {
    const coverage = county()
    expect(pairs(newCodesOf(coverage, renumbersOf(coverage, TWO), USED))).toEqual([
      [`${TWO}01`, `${TWO}03`],
      [`${TWO}02`, `${TWO}04`],
    ])
  })

  it('counts a new unit in where it lies, and one that is renumbered elsewhere out', () => {
    const coverage = county()
    act(coverage, { type: 'renumber', parentCode: OTHER })
    act(coverage, { type: 'split', unit: ONE, line: [at(0, 1), at(1, 1)], newIds: ['n1'] })
    const answer = newCodesOf(coverage, renumbersOf(coverage, VILLAGE), USED)
    expect(
      'units' in answer &&
        answer.units
          .filter(({ level }) => level === 'grid')
          .map(({ id }) => id)
          .sort(),
    ).toEqual([ONE, TWO, 'n1'])
  })

  it('says below which parent no number is left', () => {
    const coverage = county()
    const used = Array.from({ length: 99 }, (_, n) => TWO + String(n + 1).padStart(2, '0'))
    expect(newCodesOf(coverage, renumbersOf(coverage, TWO), used)).toEqual({ fullBelow: TWO })
  })
})
