import { fireEvent, render, screen, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { type Figures, IMPOSSIBLE, type Proposal, type ProposedUnit, type VillageProposal } from '#model/partition/redivision.ts'
import { speak } from '../../../../web/i18n/i18n.ts'
import type { Attempt } from '../../../../web/state/proposals.svelte.ts'
import { impossibleWords } from '../../../../web/panels/workbench/impossible-words.ts'
import { attemptName, bestOf, factorOf, optionsOf, postsTouched, type Wish } from '../../../../web/panels/workbench/proposal-figures.ts'
import Proposals from '../../../../web/panels/workbench/Proposals.svelte'

const VILLAGES: Record<string, string> = { v1: '长里村', v2: '东桥社区', t1: '金沙镇' }
const figures = (change: Partial<Figures> = {}): Figures => ({
  ...{
    inRange: 6,
    units: 8,
    unitsPossible: 8,
    spread: 58.2,
    households: 3034,
    moved: 212,
    movedAtLeast: 200,
    compactness: 0.42,
    innerBorderM: 1000,
    alongLinesM: 714,
  },
  ...{ validBefore: 5, validUntouched: 5, unitsChanged: 3 },
  ...change,
})
/** A square of 0.01° at the given column. */
const unit = (id: string, column: number, changed: boolean, isNew = false): ProposedUnit => {
  const [x, y, side] = [1_214_000_000 + column * 100_000, 285_000_000, 100_000]
  const ring = Int32Array.from([x, y, x + side, y, x + side, y + side, x, y + side])
  return { id, isNew, changed, unitKind: 'general', polygons: [[ring]], households: 400, residents: 1200 }
}
const village = (code: string, change: Partial<VillageProposal> = {}): VillageProposal => ({
  ...{
    code,
    units: [unit(`${code}-1`, 0, true), unit(`${code}-2`, 1, false)],
    ended: [],
    inPieces: [],
    impossible: null,
    figures: figures(),
  },
  ...change,
})
const proposal = (change: Partial<Figures> = {}): Proposal => ({ villages: [village('v1'), village('v2')], figures: figures(change) })
const attempt = (id: number, change: Partial<Attempt> = {}): Attempt => ({
  ...{ id, options: { preset: 'repair', seed: id }, scope: 't1', status: 'done', progress: null, proposal: proposal() },
  ...change,
})
const attempts = [
  attempt(0),
  attempt(1, { proposal: proposal({ units: 7, inRange: 7, spread: 31, moved: 486, alongLinesM: 880, unitsChanged: 4 }) }),
  attempt(2, { proposal: proposal({ units: 7, inRange: 7, spread: 24, moved: 1140, alongLinesM: 640, unitsChanged: 6 }) }),
]
const said: unknown[][] = []
const hear =
  (name: string, answer: unknown = undefined) =>
  (...args: unknown[]) => {
    said.push([name, ...args])
    return answer as never
  }
const props = (change: object = {}) => ({
  ...{ attempts, chosenId: 1, scopes: [{ code: 'v1', name: '长里村' }, { code: 't1', name: '金沙镇' }], isReady: true, hasLines: true, editable: true }, // prettier-ignore
  ...{ targets: { min: 300, max: 500 }, outlineOf: () => [], postsOf: () => null, nameOf: (code: string) => VILLAGES[code] ?? code },
  ...{ start: hear('start'), choose: hear('choose'), stop: hear('stop'), again: hear('again'), drop: hear('drop'), standingOf: () => ({ taken: new Set<string>(), instead: null, overtaken: false }), adopt: hear('adopt', null), close: hear('close') }, // prettier-ignore
  ...change,
})
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))

afterEach(() => {
  speak({ lang: 'zh' })
  said.length = 0
})

describe('figures side by side', () => {
  it('mark the best of each row, and none when all are the same', () => {
    expect(bestOf([212, 486, 1140], 'moved')).toEqual([true, false, false])
    expect(bestOf([0.75, 1, 1], 'inRange')).toEqual([false, true, true])
    expect(bestOf([5, 5, 5], 'spread')).toEqual([false, false, false])
    expect(bestOf([8, 7, 7], 'units')).toEqual([false, false, false])
    expect(bestOf([null, 0.4], 'along')).toEqual([false, false])
  })
  it('stand in the table as in the cards', () => {
    render(Proposals, { props: props({ targets: { min: 300, max: 500 } }) })
    const cells = (name: string) => within(screen.getByRole('rowheader', { name }).closest('tr')!).getAllByRole('cell')
    expect(cells('达标').map((each) => each.textContent)).toEqual(['6 / 8', '7 / 7', '7 / 7'])
    expect(cells('换格户数').map((each) => each.classList.contains('best'))).toEqual([true, false, false])
    expect(cells('沿路、沿河').map((each) => each.textContent)).toEqual(['71\u00a0%', '88\u00a0%', '64\u00a0%'])
    expect(screen.queryByRole('rowheader', { name: '涉及岗位' })).toBeNull()
    expect(screen.getByText('金沙镇，3 个方案')).toBeTruthy()
  })
  it('count the posts of units that change or end, where they are known', () => {
    const one: Proposal = { villages: [village('v1', { ended: ['gone'], units: [unit('a', 0, true), unit('n1', 1, true, true), unit('b', 2, false)] })], figures: figures() } // prettier-ignore
    expect(postsTouched(one, (id) => ({ a: 3, gone: 2, b: 9, n1: 5 })[id] ?? null)).toBe(5)
    expect(postsTouched(one, () => null)).toBeNull()
  })
  it('are named by stems, or letters', () => {
    expect([0, 1, 2].map((n) => attemptName(n, 'zh'))).toEqual(['甲', '乙', '丙'])
    expect(attemptName(1, 'en')).toBe('B')
  })
})

describe('a proposal', () => {
  it('is adopted whole', async () => {
    render(Proposals, { props: props() })
    await press('采用乙，再微调')
    expect(said).toEqual([['adopt', 1, ['v1', 'v2']]])
  })
  it('is adopted without a village that was left out', async () => {
    render(Proposals, { props: props() })
    await fireEvent.click(screen.getByRole('checkbox', { name: /长里村/ }))
    await press('采用乙的 1 个村')
    expect(said).toEqual([['adopt', 1, ['v2']]])
  })
  it('says why it cannot be adopted', async () => {
    render(Proposals, { props: props({ adopt: hear('adopt', '新网格没有盖满原来的范围') }) })
    await press(/采用乙/)
    expect(screen.getByRole('alert').textContent).toBe('新网格没有盖满原来的范围')
  })
  it('is no longer offered once the plan has it, or is offered in place of the one that the plan has', async () => {
    const standing = (change: object) => ({ standingOf: () => ({ taken: new Set<string>(), instead: null, overtaken: false, ...change }) })
    const { rerender } = render(Proposals, { props: props(standing({ taken: new Set(['v1', 'v2']) })) })
    expect(screen.queryByRole('button', { name: /采用/ })).toBeNull()
    expect(screen.getByRole('status').textContent).toMatch(/^方案里已是乙/)
    await rerender(props(standing({ taken: new Set(['v1']) })))
    await press('采用乙的 1 个村')
    await rerender(props(standing({ instead: 0, overtaken: true })))
    await press('改用乙')
    expect(said).toEqual([['adopt', 1, ['v2']], ['adopt', 1, ['v1', 'v2']]]) // prettier-ignore
    await rerender(props(standing({ overtaken: true })))
    expect(screen.queryByRole('button', { name: /采用|改用/ })).toBeNull()
    expect(screen.getByRole('status').textContent).toMatch(/请重算/)
  })
  it('draws what changes in another colour than what stays', () => {
    render(Proposals, { props: props() })
    const card = screen.getByRole('button', { name: '乙，已完成' })
    expect(card.getAttribute('aria-pressed')).toBe('true')
    expect(card.querySelector('.changed')!.getAttribute('d')!.match(/M/g)).toHaveLength(2)
    expect(card.querySelector('.same')!.getAttribute('d')!.match(/M/g)).toHaveLength(2)
  })
  it('that is still sought shows how far it is, and can be stopped', async () => {
    const progress = { phase: 'better', share: 0.4, solved: 3, solvable: 4, moved: 100 } as const
    render(Proposals, { props: props({ attempts: [attempt(0, { status: 'running', progress })], chosenId: 0 }) })
    expect(document.querySelector<HTMLElement>('.progress')!.style.width).toBe('40%')
    expect(screen.queryByRole('button', { name: '重算' })).toBeNull()
    await press('停下')
    expect(said).toEqual([['stop', 0]])
  })
  it('is sought again with another seed, or dropped', async () => {
    render(Proposals, { props: props() })
    await press('重算')
    await press('去掉乙')
    expect(said).toEqual([
      ['again', 1],
      ['drop', 1],
    ])
  })
  it('says which villages cannot be divided, and the nearest answer', () => {
    const impossible = { reason: 'between', households: 560, nearest: { units: 2, smallest: 278, largest: 282 } } as const
    const villages = [village('v1', { impossible }), village('v2')]
    render(Proposals, { props: props({ attempts: [attempt(0, { proposal: { villages, figures: figures() } })], chosenId: 0 }) })
    expect(screen.getByText('1 个村无法全部达标')).toBeTruthy()
    expect(screen.getByText('长里村', { selector: 'b' }).parentElement!.textContent).toContain(
      '全村 560 户，分成 300–500 户的网格除不尽。最接近的是 2 个网格，278–282 户。',
    )
  })
  it('has words for every impossibility in both languages', () => {
    for (const lang of ['zh', 'en'] as const) {
      speak({ lang })
      for (const reason of IMPOSSIBLE) {
        const words = impossibleWords(
          { reason, households: 560, nearest: { units: 1, smallest: 560, largest: 560 } },
          { min: 300, max: 500 },
        )
        expect(words).not.toMatch(/workbench\.|\{\{|undefined/)
      }
    }
  })
})

describe('the form of a proposal', () => {
  const open = (change: object = {}) => render(Proposals, { props: props({ attempts: [], chosenId: null, ...change }) })
  const wish = () => said.find(([name]) => name === 'start')![1] as Wish

  it('repairs the nearest unit unless told otherwise', async () => {
    open()
    await press('生成提案')
    expect(optionsOf(wish())).toEqual({ preset: 'repair', seed: 1 })
    expect(wish().scope).toBe('v1')
  })
  it('tells the search what was chosen', async () => {
    open()
    await fireEvent.click(screen.getByRole('radio', { name: '折中' }))
    await fireEvent.change(screen.getByRole('combobox', { name: '范围' }), { target: { value: 't1' } })
    await fireEvent.input(screen.getByRole('slider', { name: /少换户/ }), { target: { value: '2' } })
    await fireEvent.input(screen.getByRole('spinbutton', { name: /种子/ }), { target: { value: '42' } })
    await press('生成提案')
    expect(optionsOf(wish())).toEqual({ preset: 'mix', seed: 42, weights: { moved: 2 } })
    expect(wish().scope).toBe('t1')
  })
  it('steps from a quarter to four times', () => {
    expect([-4, 0, 4].map(factorOf)).toEqual([0.25, 1, 4])
  })
  it('asks nothing of roads where there are none, and waits for buildings', () => {
    open({ hasLines: false, isReady: false })
    expect(screen.queryByRole('slider', { name: /沿路沿河/ })).toBeNull()
    expect((screen.getByRole('button', { name: '正在载入房屋' }) as HTMLButtonElement).disabled).toBe(true)
  })
  it('is not offered where the plan is not a draft', () => {
    open({ editable: false })
    expect(screen.queryByRole('button', { name: '生成提案' })).toBeNull()
    expect(screen.getByText('方案不在草稿状态，不能提案')).toBeTruthy()
  })
})
