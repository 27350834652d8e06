import { fireEvent, render, screen } from '@testing-library/svelte'
import type { ComponentProps } from 'svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiProblem } from '../../../../web/api/client.ts'
import { speak } from '../../../../web/i18n/i18n.ts'
import ConflictBanner from '../../../../web/panels/workbench/ConflictBanner.svelte'
import PlanBar from '../../../../web/panels/workbench/PlanBar.svelte'
import PlanPicker from '../../../../web/panels/workbench/PlanPicker.svelte'
import PlanTitle from '../../../../web/panels/workbench/PlanTitle.svelte'
import { hindranceOf, stepOnward, stepsAside, tomorrow } from '../../../../web/panels/workbench/plan-steps.ts'
import RebaseDialog from '../../../../web/panels/workbench/RebaseDialog.svelte'
import Review from '../../../../web/panels/workbench/Review.svelte'
import StepDialog from '../../../../web/panels/workbench/StepDialog.svelte'
import { hear, hearLater, inPlaces, press, said, summary, text, TOWN, ZONE } from '../../../fixtures/plan-panels.ts'

const NOW = new Date('2026-11-22T06:32:08Z')
const refuse = (code: string, detail = 'no') => new ApiProblem({ type: `/problems/${code}`, title: code, status: 409, code, detail })

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
    ...{ status: 'saved', slow: false, savedAt: NOW, kept: true, zone: ZONE, editable: true, canUndo: true, canRedo: false, steps: ['submit', 'withdraw'], comments: 2 }, // prettier-ignore
    ...{
      hindrance: null,
      undo: hear('undo'),
      redo: hear('redo'),
      propose: hear('propose'),
      openStep: hear('step'),
      openReview: hear('review'),
    },
    ...{ openRenumber: hear('renumber'), openImport: hear('import'), openExport: hear('export') },
  }

  it('says when it was saved, and that it cannot be', async () => {
    const { rerender } = render(PlanBar, { props: bar })
    expect(screen.getByRole('status').textContent).toBe('已保存 14:32')
    await rerender({ ...bar, status: 'saving', slow: true })
    expect(screen.getByRole('status').textContent).toBe('改动较大，还在保存')
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
    expect(screen.getAllByRole('menuitem').map((each) => each.textContent)).toEqual([
      '重新编号…',
      '导入边界',
      '导出',
      '审核意见（2）',
      '撤回方案',
    ])
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
