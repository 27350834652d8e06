import { fireEvent, render, screen } from '@testing-library/svelte'
import type { ComponentProps } from 'svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiProblem } from '../../../../web/api/client.ts'
import type { PlanDifference, PlanSummary } from '#contract/plan.ts'
import { speak } from '../../../../web/i18n/i18n.ts'
import { groupsOf } from '../../../../web/panels/workbench/change-rows.ts'
import Changes from '../../../../web/panels/workbench/Changes.svelte'
import ChangesTable from '../../../../web/panels/workbench/ChangesTable.svelte'
import ConflictBanner from '../../../../web/panels/workbench/ConflictBanner.svelte'
import PlanBar from '../../../../web/panels/workbench/PlanBar.svelte'
import PlanPicker from '../../../../web/panels/workbench/PlanPicker.svelte'
import PlanTitle from '../../../../web/panels/workbench/PlanTitle.svelte'
import { hindranceOf, stepOnward, stepsAside, tomorrow } from '../../../../web/panels/workbench/plan-steps.ts'
import RebaseDialog from '../../../../web/panels/workbench/RebaseDialog.svelte'
import Review from '../../../../web/panels/workbench/Review.svelte'
import StepDialog from '../../../../web/panels/workbench/StepDialog.svelte'
import LightPlaces from '../../../fixtures/LightPlaces.svelte'

const ZONE = 'Asia/Shanghai'
const NOW = new Date('2026-11-22T06:32:08Z')
const TOWN = '331004100'
const PLACES = [
  { code: '331004', level: 'county', name: '路桥区', nameEn: null },
  { code: TOWN, level: 'town', name: '新桥镇', nameEn: null },
  { code: '331004100201', level: 'village', name: '新桥村', nameEn: null },
] as const
const summary: PlanSummary = {
  ...{ id: 7, name: '2027 年一季度调整', unitCode: TOWN, state: 'draft', revision: 3, base: '2026-04-01T00:00:00Z', outdated: false },
  ...{ actionCount: 5, author: 'planner', createdAt: '2026-11-20T01:00:00Z', updatedAt: '2026-11-22T06:31:00Z', effectiveOn: null, inForceAt: null }, // prettier-ignore
}
const said: unknown[][] = []
const hear =
  (name: string) =>
  (...args: unknown[]) =>
    void said.push([name, ...args.filter((each) => !(each instanceof Event))])
const hearLater =
  (name: string, answer: unknown = undefined) =>
  async (...args: unknown[]) => {
    said.push([name, ...args])
    return answer as never
  }
const refuse = (code: string, detail = 'no') => new ApiProblem({ type: `/problems/${code}`, title: code, status: 409, code, detail })
const inPlaces = (panel: unknown, props: object) => render(LightPlaces, { panel, given: { ...props }, places: PLACES })
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))
const text = (): string => document.body.textContent!.replace(/\s+/g, ' ')

beforeEach(() => void (said.length = 0))
afterEach(() => speak({ lang: 'zh' }))

describe('the steps of a plan', () => {
  it('have one way on, and others beside it', () => {
    expect(stepOnward(['submit', 'withdraw'])).toBe('submit')
    expect(stepOnward(['return', 'publish', 'withdraw'])).toBe('publish')
    expect(stepOnward(['withdraw'])).toBeNull()
    expect(stepsAside(['return', 'approve', 'withdraw'])).toEqual(['return', 'withdraw'])
  })
  it('say what stands in the way of submitting, and of nothing else', () => {
    const plan = { actionCount: 2, outdated: false }
    expect(hindranceOf('submit', plan, [{ severity: 'warning' }])).toBeNull()
    expect(hindranceOf('submit', plan, [{ severity: 'error' }])).toBe('errors')
    expect(hindranceOf('submit', { ...plan, actionCount: 0 }, [])).toBe('nothing')
    expect(hindranceOf('submit', { ...plan, outdated: true }, [])).toBe('outdated')
    expect(hindranceOf('approve', { ...plan, outdated: true }, [{ severity: 'error' }])).toBeNull()
  })
  it('count days by the county’s clock', () => {
    expect(tomorrow(new Date('2026-11-22T15:59:00Z'), ZONE)).toBe('2026-11-23')
    expect(tomorrow(new Date('2026-11-22T16:01:00Z'), ZONE)).toBe('2026-11-24')
    expect(tomorrow(new Date('2026-12-31T12:00:00Z'), ZONE)).toBe('2027-01-01')
  })
})

describe('the head of the page', () => {
  const bar: ComponentProps<typeof PlanBar> = {
    ...{ status: 'saved', savedAt: NOW, kept: true, zone: ZONE, editable: true, canUndo: true, canRedo: false, steps: ['submit', 'withdraw'], comments: 2 }, // prettier-ignore
    ...{
      hindrance: null,
      undo: hear('undo'),
      redo: hear('redo'),
      propose: hear('propose'),
      openStep: hear('step'),
      openReview: hear('review'),
    },
    ...{ openImport: hear('import'), openExport: hear('export') },
  }

  it('says when it was saved, and that it cannot be', async () => {
    const { rerender } = render(PlanBar, { props: bar })
    expect(screen.getByRole('status').textContent).toBe('已保存 14:32')
    await rerender({ ...bar, status: 'offline' })
    expect(screen.getByRole('status').textContent).toContain('已留在本机')
    await rerender({ ...bar, status: 'offline', kept: false })
    expect(screen.getByRole('status').textContent).toContain('请勿关闭')
  })
  it('undoes, and leads on by the one loud button', async () => {
    render(PlanBar, { props: bar })
    await press(/撤销/)
    await press('提交审核')
    expect(said).toEqual([['undo'], ['step', 'submit']])
    expect((screen.getByRole('button', { name: '重做' }) as HTMLButtonElement).disabled).toBe(true)
  })
  it('says why it does not lead on', () => {
    render(PlanBar, { props: { ...bar, hindrance: 'errors' } })
    const button = screen.getByRole('button', { name: '提交审核' }) as HTMLButtonElement
    expect([button.disabled, button.title]).toEqual([true, '先改正覆盖检查中的错误'])
  })
  it('keeps the rest behind three dots, reached by arrows', async () => {
    render(PlanBar, { props: bar })
    await press('更多')
    expect(screen.getAllByRole('menuitem').map((each) => each.textContent)).toEqual(['导入边界', '导出', '审核意见（2）', '撤回方案'])
    await fireEvent.keyDown(document.activeElement!, { key: 'ArrowUp' })
    expect(document.activeElement!.textContent).toBe('撤回方案')
    await fireEvent.keyDown(document.activeElement!, { key: 'Escape' })
    expect(screen.queryByRole('menuitem')).toBeNull()
  })
  it('offers no tools to who only looks', () => {
    render(PlanBar, { props: { ...bar, editable: false, steps: ['return', 'approve'] } })
    expect(screen.queryByRole('button', { name: /撤销/ })).toBeNull()
    expect(screen.getByRole('button', { name: '审核通过' })).toBeTruthy()
  })
  it('renames the plan in its place; Esc leaves it', async () => {
    render(PlanTitle, {
      props: { plan: { ...summary, editable: true }, scope: '新桥镇', rename: hearLater('rename'), openPicker: hear('pick') },
    })
    await press('2027 年一季度调整')
    const input = screen.getByRole('textbox', { name: '方案名称' })
    await fireEvent.input(input, { target: { value: '  二季度 ' } })
    await fireEvent.keyDown(input, { key: 'Enter' })
    expect(said).toEqual([['rename', '二季度']])
    await press('2027 年一季度调整')
    await fireEvent.keyDown(screen.getByRole('textbox', { name: '方案名称' }), { key: 'Escape' })
    expect(said).toHaveLength(1)
  })
})

describe('a conflict', () => {
  const props = {
    ...{ conflict: { savedBy: '李', savedAt: NOW.toISOString(), actions: [] }, mine: 3, zone: ZONE },
    ...{ look: hear('look'), takeTheirs: hear('theirs'), rebaseMine: hear('mine') },
  }
  it('names who and when, and asks twice before giving up one’s own', async () => {
    render(ConflictBanner, { props })
    expect(text()).toContain('李 在 14:32 保存了这个方案')
    await press('用对方的')
    expect(said).toEqual([])
    await press('确认放弃我的 3 步')
    expect(said).toEqual([['theirs']])
  })
  it('carries one’s own over at a click', async () => {
    render(ConflictBanner, { props })
    await press('把我的接在后面')
    await press('在图上看')
    expect(said).toEqual([['mine'], ['look']])
  })
  it('with nothing of one’s own needs no second question', async () => {
    render(ConflictBanner, { props: { ...props, mine: 0, conflict: { ...props.conflict, savedBy: '' } } })
    expect(text()).toContain('已在别处保存')
    await press('用对方的')
    expect(said).toEqual([['theirs']])
  })
})

describe('a step', () => {
  const props = { planName: '一季度', now: NOW, zone: ZONE, take: hearLater('take'), close: hear('close') }
  it('takes a date from tomorrow on', async () => {
    render(StepDialog, { props: { ...props, step: 'publish' } })
    const date = screen.getByLabelText('生效日期') as HTMLInputElement
    expect(date.min).toBe('2026-11-23')
    await fireEvent.input(date, { target: { value: '2026-11-22' } })
    expect(screen.getByText('最早 2026-11-23')).toBeTruthy()
    await fireEvent.input(date, { target: { value: '2027-01-01' } })
    await fireEvent.submit(document.querySelector('form')!)
    expect(said[0]).toEqual(['take', 'publish', { effectiveOn: '2027-01-01' }])
    await Promise.resolve()
    expect(said.at(-1)).toEqual(['close'])
  })
  it('goes back only with a reason', async () => {
    render(StepDialog, { props: { ...props, step: 'return' } })
    expect((screen.getByRole('button', { name: '退回修改' }) as HTMLButtonElement).disabled).toBe(true)
    await fireEvent.input(screen.getByLabelText('退回原因'), { target: { value: '河东不能划走' } })
    await fireEvent.submit(document.querySelector('form')!)
    expect(said[0]).toEqual(['take', 'return', { comment: '河东不能划走' }])
  })
  it('that the server refuses stays open and says why', async () => {
    render(StepDialog, { props: { ...props, step: 'approve', take: () => Promise.reject(refuse('not-allowed')) } })
    await fireEvent.submit(document.querySelector('form')!)
    expect(await screen.findByRole('alert')).toBeTruthy()
    expect(said).toEqual([])
  })
})

describe('the list of plans', () => {
  const props = {
    ...{
      plans: [summary, { ...summary, id: 8, name: '旧方案', state: 'in_force', effectiveOn: '2026-04-01', outdated: true }],
      error: null,
      openId: 7,
    },
    ...{ zone: ZONE, within: '331004', open: hearLater('open'), create: hearLater('create'), retry: hear('retry'), close: hear('close') },
  } as const
  it('says name, state, area, author and time', async () => {
    inPlaces(PlanPicker, props)
    const rows = screen.getAllByRole('listitem').map((each) => each.textContent!.replace(/\s+/g, ' ').trim())
    expect(rows[0]).toContain('2027 年一季度调整 草稿 新桥镇 · planner 编制 · 2026-11-22 14:31')
    expect(rows[1]).toContain('2026-04-01 生效')
    expect(rows[1]).toContain('现行边界已变')
    await press(/旧方案/)
    expect(said[0]).toEqual(['open', 8])
  })
  it('finds by area', async () => {
    inPlaces(PlanPicker, props)
    await fireEvent.input(screen.getByRole('searchbox'), { target: { value: '没有这样的' } })
    expect(text()).toContain('没有含“没有这样的”的方案')
  })
  it('says what to do when there is none, waits, and says what failed', async () => {
    const { rerender } = inPlaces(PlanPicker, { ...props, plans: [] })
    expect(text()).toContain('还没有方案')
    await rerender({ given: { ...props, plans: null } })
    expect(screen.getByRole('status')).toBeTruthy()
    await rerender({ given: { ...props, plans: null, error: refuse('not-ready') } })
    await press('重试')
    expect(said).toEqual([['retry']])
  })
  it('makes a plan with a name and a unit chosen by name', async () => {
    inPlaces(PlanPicker, props)
    await press('新建方案')
    await press('建立方案')
    expect(text()).toContain('请输入名称')
    expect(text()).toContain('请选择范围')
    await fireEvent.input(screen.getByLabelText('名称'), { target: { value: '二季度' } })
    const box = screen.getByRole('combobox')
    await fireEvent.click(box)
    await fireEvent.input(box, { target: { value: '新桥镇' } })
    await fireEvent.keyDown(box, { key: 'Enter' })
    await press('建立方案')
    expect(said[0]).toEqual(['create', '二季度', TOWN, ''])
  })
  it('makes none for who may not', () => {
    inPlaces(PlanPicker, { ...props, within: null })
    expect(screen.queryByRole('button', { name: '新建方案' })).toBeNull()
  })
})

describe('remarks', () => {
  it('are listed with their step and place, and said with the map’s', async () => {
    const comments = [
      { id: 1, at: NOW.toISOString(), author: 'reviewer', text: '河东不能划走', step: 'return', where: [121.4, 28.5] },
    ] as const
    render(Review, {
      props: {
        comments: comments as never,
        zone: ZONE,
        place: () => [121, 28],
        look: hear('look'),
        say: hearLater('say'),
        close: hear('close'),
      },
    })
    expect(text()).toContain('reviewer 2026-11-22 14:32 退回修改 河东不能划走')
    await press('看位置')
    await fireEvent.input(screen.getByRole('textbox'), { target: { value: '已改' } })
    await fireEvent.click(screen.getByRole('checkbox'))
    await fireEvent.submit(document.querySelector('form')!)
    expect(said).toEqual([
      ['look', [121.4, 28.5]],
      ['say', '已改', [121, 28]],
    ])
  })
})

describe('what changes', () => {
  const square = (x: number) => ({ type: 'Polygon', coordinates: [[[x, 28], [x + 0.01, 28], [x + 0.01, 28.01], [x, 28.01], [x, 28]]] }) // prettier-ignore
  const side = (households: number, x: number) => ({ geometry: square(x), households, residents: households * 3, areaM2: 520_000 })
  const unit = { newCode: null, parentCode: '331004100201', unitKind: 'general' } as const
  const difference: PlanDifference = {
    units: [
      { ...unit, id: 'n1', code: null, name: '新桥 09', before: null, after: side(310, 121.02) },
      { ...unit, id: '331004100201001', code: '331004100201001', name: '新桥 01', before: side(512, 121), after: side(468, 121) },
      {
        ...unit,
        id: '331004100201002',
        code: '331004100201002',
        newCode: '331004100201007',
        name: '新桥 02',
        before: side(400, 121.01),
        after: side(400, 121.01),
      },
      { ...unit, id: '331004100201003', code: '331004100201003', name: '新桥 03', before: side(100, 121.03), after: null },
    ],
    moved: { households: 486, residents: 1400, posts: 4, microgrids: 9, cameras: 2, openIncidents: 3 },
  }
  const table = { plan: summary, difference, zone: ZONE, close: hear('close') }

  it('is told in a few numbers, with the table and the divided map a click away', async () => {
    render(Changes, { props: { moved: difference.moved, swiping: false, openTable: hear('table'), toggleSwipe: hear('swipe') } })
    expect(text()).toContain('换网格的户 486 户')
    expect(text()).toContain('微网格改挂 9 个')
    await press('变化明细')
    await press('划动对比')
    expect(said).toEqual([['table'], ['swipe']])
  })
  it('is nothing for a plan without changes', () => {
    render(Changes, { props: { moved: null, swiping: false, openTable: hear('t'), toggleSwipe: hear('s') } })
    expect(text()).toContain('方案与现行边界相同')
  })
  it('is something where borders move and nobody changes the grid', () => {
    const moved = { households: 0, residents: 0, posts: 0, microgrids: 0, cameras: 0, openIncidents: 0 }
    render(Changes, { props: { moved, swiping: false, openTable: hear('t'), toggleSwipe: hear('s') } })
    expect(text()).toContain('换网格的户 0 户')
    expect(text()).not.toContain('方案与现行边界相同')
  })
  it('stands in a table by village, codes in order and new ones last', () => {
    inPlaces(ChangesTable, table)
    const rows = screen.getAllByRole('row').map((each) => [...each.children].map((cell) => cell.textContent!.trim().replace(/\s+/g, ' ')))
    expect(rows.slice(1)).toEqual([
      ['路桥区 · 新桥镇 新桥村', '1,012', '1,178', '+166', ''],
      ['新桥 01', '331004100201001', '调整', '512', '468', '\u221244', '1,536', '1,404', '0.520', '0.520'],
      ['新桥 02', '331004100201002 → 331004100201007', '改代码', '400', '400', '0', '1,200', '1,200', '0.520', '0.520'],
      ['新桥 03', '331004100201003', '撤销', '100', '—', '\u2212100', '300', '—', '0.520', '—'],
      ['新桥 09', '生效时编', '新增', '—', '310', '+310', '—', '930', '—', '0.520'],
    ])
    expect(groupsOf(difference.units)[0]!.households).toEqual({ before: 1012, after: 1178 })
  })
  it('is drawn before and after, with the old lines dashed in the new', () => {
    inPlaces(ChangesTable, table)
    expect(screen.getAllByRole('img').map((each) => each.getAttribute('aria-label'))).toEqual(['现行', '方案'])
    expect(document.querySelectorAll('path.old')).toHaveLength(1)
  })
})

describe('carrying a plan over', () => {
  const dropped = [{ index: 4, action: { type: 'merge', units: ['a', 'b'], keep: 'a' }, reason: 'not-neighbours' }] as const
  it('lists every step that no longer applies, in words', async () => {
    render(RebaseDialog, { props: { planName: '一季度', rebase: hearLater('rebase', dropped), close: hear('close') } })
    await press('更新')
    expect((await screen.findByRole('listitem')).textContent!.replace(/\s+/g, ' ').trim()).toBe('第 5 步 合并网格 两个网格不相邻')
  })
  it('says so when all do', async () => {
    render(RebaseDialog, { props: { planName: '一季度', rebase: hearLater('rebase', []), close: hear('close') } })
    await press('更新')
    expect(await screen.findByText('所有步骤都已接到现行边界上。')).toBeTruthy()
  })
})
