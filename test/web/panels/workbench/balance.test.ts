import { fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { speak } from '../../../../web/i18n/i18n.ts'
import { changeOf, distanceFrom, inOrder, placeOf, sumOf } from '../../../../web/panels/workbench/balance.ts'
import Balance from '../../../../web/panels/workbench/Balance.svelte'
import type { BalanceRow } from '../../../../web/state/workbench.svelte.ts'

const target = { minHouseholds: 300, maxHouseholds: 500 }
const row = (id: string, households: number, more: Partial<BalanceRow> = {}): BalanceRow => ({
  id,
  code: id,
  name: `东桥 ${id}`,
  nameEn: null,
  parentCode: '331004100201',
  households,
  residents: households * 3,
  areaM2: 500_000,
  before: households,
  target: households < 300 ? 'below' : households > 500 ? 'above' : 'within',
  isTouched: false,
  partOf: null,
  isCut: false,
  ...more,
})
const rows = [
  row('01', 468, { before: 512, isTouched: true }),
  row('02', 418),
  row('03', 297),
  row('04', 530),
  row('05', 90, { target: 'exempt' }),
]
const ids = (list: readonly BalanceRow[]): string[] => list.map(({ id }) => id)
const none: ReadonlySet<string> = new Set()

afterEach(() => speak({ lang: 'zh' }))

describe('the balance', () => {
  it('counts those in range among those of whom it is asked', () => {
    expect(sumOf(rows)).toEqual({ inRange: 2, counted: 4, households: 1803 })
  })
  it('says how far a unit is out of range, and nothing of exempt ones', () => {
    expect(rows.map((each) => distanceFrom(each, target))).toEqual([0, 0, 3, 30, 0])
  })
  it('gives no change for a unit that is new', () => {
    expect(changeOf(row('n1', 120, { before: null }))).toBeNull()
    expect(changeOf(rows[0]!)).toBe(-44)
  })
  it('ends its line a fifth above the target, and lets nothing run over it', () => {
    expect(placeOf(600, target)).toBe(1)
    expect(placeOf(9000, target)).toBe(1)
    expect(placeOf(300, target)).toBeCloseTo(0.5)
  })
})

describe('the order of the list', () => {
  it('is by name while all are in sight, whatever is chosen', () => {
    expect(ids(inOrder(rows, 'unit', new Set(['04']), target))).toEqual(['01', '02', '03', '04', '05'])
  })
  it('puts chosen and touched ones first in a long list', () => {
    const long = Array.from({ length: 40 }, (_, i) => row(String(i + 1).padStart(2, '0'), 400, { isTouched: i === 20 }))
    expect(ids(inOrder(long, 'unit', new Set(['33']), target)).slice(0, 3)).toEqual(['33', '21', '01'])
  })
  it('counts numbers in names as numbers', () => {
    expect(ids(inOrder([row('10', 400), row('2', 400)], 'unit', none, target))).toEqual(['2', '10'])
  })
  it('can be by distance from the target, and by change', () => {
    expect(ids(inOrder(rows, 'households', none, target)).slice(0, 2)).toEqual(['04', '03'])
    expect(ids(inOrder(rows, 'change', none, target))[0]).toBe('01')
  })
})

describe('the panel of the balance', () => {
  const props = { rows, target, moved: 44, before: 1847, chosen: ['01'], choose: () => {} }
  const text = (): string => document.body.textContent!.replace(/\s+/g, ' ')

  it('says how many are in range, the sum and what the step moves', () => {
    render(Balance, { props })
    expect(text()).toContain('2 / 4')
    expect(text()).toContain('目标 300–500 户')
    expect(text()).toContain('户，合计 \u221244')
    expect(screen.getByText('44')).toBeTruthy()
  })
  it('says that the sum stays', () => {
    render(Balance, { props: { ...props, before: 1803 } })
    expect(text()).toContain('户，合计不变')
  })
  it('reads each unit out with where it stood, and how far it is out of range', () => {
    render(Balance, { props })
    expect(screen.getByRole('button', { name: '东桥 01，468 户，原 512 户' }).getAttribute('aria-pressed')).toBe('true')
    expect(screen.getByRole('button', { name: '东桥 03，297 户，低 3' })).toBeTruthy()
    expect(screen.getByRole('button', { name: '东桥 04，530 户，高 30' }).className).toContain('above')
  })
  it('draws where a unit stood only when it has moved', () => {
    render(Balance, { props })
    expect(document.querySelectorAll('.dot.before')).toHaveLength(1)
    expect(document.querySelectorAll('.dot.after')).toHaveLength(5)
  })
  it('chooses by a click, and adds with Shift', async () => {
    const chosen: [string, boolean][] = []
    render(Balance, { props: { ...props, choose: (id: string, add: boolean) => void chosen.push([id, add]) } })
    await fireEvent.click(screen.getByRole('button', { name: /东桥 02/ }))
    await fireEvent.click(screen.getByRole('button', { name: /东桥 03/ }), { shiftKey: true })
    expect(chosen).toEqual([
      ['02', false],
      ['03', true],
    ])
  })
  it('keeps its rows in place while something is dragged', async () => {
    const { rerender } = render(Balance, { props: { ...props, settled: false } })
    await fireEvent.click(screen.getByRole('button', { name: '户' }))
    const order = () => screen.getAllByRole('button', { name: /^东桥/ }).map((each) => each.textContent!.slice(0, 5))
    expect(order()[0]).toBe('东桥 04')
    await rerender({ ...props, settled: false, rows: rows.map((each) => (each.id === '04' ? row('04', 400) : each)) })
    expect(order()[0]).toBe('东桥 04')
    await rerender({ ...props, settled: true, rows: rows.map((each) => (each.id === '04' ? row('04', 400) : each)) })
    expect(order()[0]).toBe('东桥 03')
  })
  it('draws ten thousand units as a few rows, and says how many there are', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => row(String(i), 400))
    render(Balance, { props: { ...props, rows: many, chosen: [] } })
    const drawn = screen.getAllByRole('listitem')
    expect(drawn.length).toBeLessThan(60)
    expect(drawn[0]!.getAttribute('aria-setsize')).toBe('10000')
  })
  it('says what to do when there is nothing', () => {
    render(Balance, { props: { ...props, rows: [] } })
    expect(text()).toContain('打开一个方案，或先导入网格')
  })
  it('says what failed and tries again on request', () => {
    let asked = 0
    render(Balance, { props: { ...props, reading: { status: 'failed', since: '14:30:00', retry: () => asked++ } } })
    expect(screen.getByRole('alert').textContent).toContain('户数均衡取不到')
    screen.getByRole('button', { name: '重试' }).click()
    expect(asked).toBe(1)
  })
  it('speaks English', () => {
    speak({ lang: 'en' })
    render(Balance, { props })
    expect(screen.getByRole('button', { name: '东桥 03, 297 households, 3 under' })).toBeTruthy()
  })
})
