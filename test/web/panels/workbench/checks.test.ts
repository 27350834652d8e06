import { fireEvent, render, screen, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { REFUSALS } from '#model/actions/action.ts'
import { type Finding, FINDINGS } from '#model/finding.ts'
import { ApiProblem } from '../../../../web/api/client.ts'
import { speak } from '../../../../web/i18n/i18n.ts'
import { badgeOf, detailOf, inWeight, passedChecks, titleOf } from '../../../../web/panels/workbench/finding-words.ts'
import Findings from '../../../../web/panels/workbench/Findings.svelte'
import { planSentence } from '../../../../web/panels/workbench/plan-problems.ts'
import { refusalWords } from '../../../../web/panels/workbench/refusal-words.ts'
import { factOf, together, type UnitFacts } from '../../../../web/panels/workbench/selected.ts'
import Selected from '../../../../web/panels/workbench/Selected.svelte'

const finding = (code: Finding['code'], change: Partial<Finding> = {}): Finding => ({
  code,
  severity: 'error',
  units: ['a'],
  where: [121.4, 28.5],
  extent: [121.39, 28.49, 121.41, 28.51],
  value: null,
  limit: null,
  ...change,
})
const NAMES: Record<string, string> = { a: '东桥 01', b: '长里 02', c: '长里 03' }
const nameOf = (id: string) => NAMES[id] ?? id
const gap = finding('gap', { units: ['a', 'b'], value: 214 })
const sliver = finding('sliver', { units: ['c'], value: 3.08, limit: 10 })
const few = finding('too-few-households', { severity: 'warning', units: ['c'], value: 297, limit: 300 })

afterEach(() => speak({ lang: 'zh' }))

describe('findings in words', () => {
  it('say what, where and how much', () => {
    expect([gap, sliver, few].map((each) => [titleOf(each), detailOf(each, nameOf)])).toEqual([
      ['缝隙', '东桥 01 与 长里 02 之间，214 m²'],
      ['碎片', '长里 03，宽 3.1 m'],
      ['低于 300 户', '长里 03，297 户'],
    ])
  })
  it('have words for every code in both languages, with no gap left open', () => {
    for (const lang of ['zh', 'en'] as const) {
      speak({ lang })
      for (const code of FINDINGS) {
        const each = finding(code, { value: 12, limit: 20 })
        expect(`${titleOf(each)} ${detailOf(each, nameOf)}`).not.toMatch(/workbench\.|\{\{|undefined/)
      }
      for (const code of REFUSALS) expect(refusalWords(code)).not.toMatch(/workbench\.|^[a-z-]+$/)
    }
  })
  it('number errors, and give the others a letter', () => {
    expect(
      inWeight([few, gap, finding('outline', { severity: 'info' }), sliver])
        .map(badgeOf)
        .map(({ text, look }) => `${text} ${look}`),
    ).toEqual(['1 error', '2 error', '低 below', '注 plain'])
  })
  it('leave the rest of many names uncounted', () => {
    expect(detailOf(finding('overlap', { units: ['a', 'b', 'c', 'd', 'e'], value: 2 }), nameOf)).toBe(
      '东桥 01 与 长里 02 与 长里 03 等，另 2 个 之间，2 m²',
    )
  })
  it('know what is in order', () => {
    expect(passedChecks([gap, few])).toEqual(['overlap', 'rings', 'parent', 'sliver', 'island', 'buildings', 'staff'])
  })
  it('pass on a reason that is no code of ours', () => {
    expect(refusalWords('the planner does not hold plan.outline')).toBe('the planner does not hold plan.outline')
  })
})

describe('the panel of the checks', () => {
  it('counts errors and hints, lists them and what passed', () => {
    render(Findings, { findings: [few, gap, sliver], nameOf, look: () => {} })
    expect(screen.getByText('2 项错误，1 项提醒')).toBeTruthy()
    expect(
      screen.getAllByRole('listitem').map((each) => within(each).getAllByRole('button')[0]!.textContent!.trim().replace(/\s+/g, ' ')),
    ).toEqual(['1 缝隙 东桥 01 与 长里 02 之间，214 m²', '2 碎片 长里 03，宽 3.1 m', '低 低于 300 户 长里 03，297 户'])
    expect(screen.getByText(/^改动处已通过：无重叠、环闭合、不越上级边界/)).toBeTruthy()
  })
  it('shows the place, and mends where it can', async () => {
    const done: string[] = []
    render(Findings, {
      findings: [gap, sliver, few],
      nameOf,
      look: (each: Finding) => void done.push(`look ${each.code}`),
      mend: (each: Finding, action: string) => void done.push(`${action} ${each.code}`),
    })
    await fireEvent.click(screen.getByRole('button', { name: '补齐，缝隙' }))
    await fireEvent.click(screen.getByRole('button', { name: '并入，碎片' }))
    await fireEvent.click(screen.getByRole('button', { name: '定位，低于 300 户' }))
    expect(done).toEqual(['fill gap', 'join sliver', 'look too-few-households'])
  })
  it('offers only to look where nothing can mend', () => {
    render(Findings, { findings: [gap], nameOf, look: () => {} })
    expect(screen.queryByRole('button', { name: /补齐/ })).toBeNull()
  })
  it('names everything as in order when nothing was found', () => {
    render(Findings, { findings: [], nameOf, look: () => {} })
    expect(screen.queryByRole('listitem')).toBeNull()
    expect(screen.getByText(/户数达标、不穿房屋、都有人员$/)).toBeTruthy()
  })
})

describe('what is chosen', () => {
  const unit = (id: string, change: Partial<UnitFacts> = {}): UnitFacts => ({
    id,
    name: NAMES[id] ?? id,
    households: 468,
    residents: 1204,
    areaM2: 521_000,
    compactness: 0.394,
    openIncidents: 7,
    incidentsPerMonth: 31,
    posts: 4,
    facts: null,
    ...change,
  })
  const cells = (): string[][] => screen.getAllByRole('row').map((each) => [...each.children].map((cell) => cell.textContent!.trim()))

  it('stands side by side with the border it shares', () => {
    render(Selected, { units: [unit('a'), unit('c', { posts: 0, openIncidents: null })], border: { arcs: 1, corners: 7, lengthM: 1234 } })
    expect(screen.getByText('共用边界 1 条，7 个角点，1.2 km')).toBeTruthy()
    expect(cells()).toEqual([
      ['', '东桥 01', '长里 03'],
      ['户数', '468', '468'],
      ['人口', '1,204', '1,204'],
      ['面积 km²', '0.52', '0.52'],
      ['紧凑度', '0.39', '0.39'],
      ['在办事件', '7', '—'],
      ['近 30 天事件', '31', '31'],
      ['岗位', '4', '0'],
      ['每岗户数', '117', '—'],
    ])
  })
  it('is added up when it is many, without a compactness', () => {
    render(Selected, { units: ['a', 'b', 'c', 'd'].map((id) => unit(id)) })
    expect(cells()[0]).toEqual(['', '共 4 个网格'])
    expect(cells()[1]).toEqual(['户数', '1,872'])
    expect(cells()[4]).toEqual(['紧凑度', '—'])
  })
  it('adds what is known to what is not', () => {
    expect(together([unit('a'), unit('b', { openIncidents: null })]).openIncidents).toBe(7)
    expect(together([unit('a', { posts: null })]).posts).toBeNull()
    expect(factOf(unit('a', { posts: null }), 'householdsPerPost')).toBeNull()
  })
  it('says how to choose while nothing is', () => {
    render(Selected, { units: [] })
    expect(screen.getByText(/按住 Shift/)).toBeTruthy()
  })
})

describe('what the server refuses', () => {
  const refused = (code: string, more: object = {}) =>
    new ApiProblem({ type: `/problems/${code}`, title: code, status: 422, code, detail: 'in detail', ...more })
  it('is said in the planner’s words', () => {
    expect(planSentence(refused('own-plan'))).toContain('要由别人审核')
    expect(planSentence(refused('bad-file'))).toBe('文件读不了：in detail')
    expect(planSentence(refused('not-ready'))).not.toMatch(/workbench\./)
  })
  it('names the errors of a plan that is handed in', () => {
    const errors = [
      { where: 'n1 n2', message: 'no-number' },
      { where: 'n1', message: 'gap' },
      { where: 'n2', message: 'gap' },
    ]
    expect(planSentence(refused('plan-has-errors', { errors }))).toBe('方案还有错误，服务器没有接受：缝隙 与 所属村（社区）的编号用完。')
    expect(planSentence(refused('plan-has-errors'))).toBe('方案里还没有改动。')
  })
  it('names the step that cannot be done', () => {
    const step = { index: 3, reason: 'not-neighbours', where: null, units: [] }
    expect(planSentence(refused('action-refused', { refused: step }))).toBe('第 4 步做不了：两个网格不相邻')
  })
})
