/*
 * One village of three grids, a building in each:
 *   +--------+--------+--------+
 *   | a  400 | b  350 | c  120 |
 *   +--------+--------+--------+
 */
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeBuildings } from '#contract/building.ts'
import { writeArcs } from '#contract/coverage.ts'
import type { Plan, PlanDifference } from '#contract/plan.ts'
import type { Me } from '#contract/user.ts'
import { PERMISSIONS } from '#model/access.ts'
import type { Action } from '#model/actions/action.ts'
import { checkCoverage } from '#model/coverage-check.ts'
import type { Workbench } from '../../../../web/state/workbench.svelte.ts'
import WorkbenchHost from '../../../fixtures/WorkbenchHost.svelte'

const COUNTY = '331004'
const VILLAGE = `${COUNTY}100201`
const [A, B, C] = [1, 2, 3].map((n) => `${VILLAGE}00${n}`) as [string, string, string]
const HOUSEHOLDS = [400, 350, 120]
const BASE = '2026-03-31T16:00:00.000Z'
const county = { code: COUNTY, name: '路桥区', nameEn: null, timeZone: 'Asia/Shanghai', synthetic: true, attribution: null }

function coverage() {
  const corners = (n: number) => [121 + n / 100, 28] as const
  const { topology } = checkCoverage(
    [A, B, C].map((id, n) => {
      const [[x, y], [east]] = [corners(n), corners(n + 1)]
      return { id, geometry: { type: 'Polygon', coordinates: [[[x, y], [east, y], [east, y + 0.01], [x, y + 0.01], [x, y]]] } } // prettier-ignore
    }),
  )
  const leaf = (code: string, name: string, parentCode: string, level: string) => ({
    code,
    parentCode,
    level,
    unitKind: 'general',
    name,
    nameEn: null,
  })
  return {
    ...{ county, base: BASE, version: 1, arcs: writeArcs(topology!) },
    leaves: topology!.ids.map((code) => leaf(code, `新桥 0${code.at(-1)}`, VILLAGE, 'grid')),
    above: [leaf(VILLAGE, '新桥村', `${COUNTY}100`, 'village'), leaf(`${COUNTY}100`, '新桥镇', COUNTY, 'town')],
  }
}

/** Answers what the workbench asks; keeps what is saved. */
function stubServer() {
  const plan: Plan = {
    ...{
      id: 7,
      name: '一季度',
      unitCode: VILLAGE,
      state: 'draft',
      revision: 1,
      base: BASE,
      outdated: false,
      actionCount: 0,
      author: 'planner',
    },
    ...{ createdAt: BASE, updatedAt: '2026-11-22T06:31:00.000Z', effectiveOn: null, inForceAt: null },
    ...{ note: '', actions: [], comments: [], steps: ['submit', 'withdraw'], editable: true },
  }
  const named = { name: '新桥 01', nameEn: null, unitKind: 'general', parts: 0 } as const
  const side = (households: number) => ({ ...named, geometry: null, households, residents: 2 * households, areaM2: 1e6 })
  const difference: PlanDifference = {
    units: [{ id: A, code: A, newCode: null, level: 'grid', parentCode: VILLAGE, grid: null, before: side(400), after: side(750) }],
    moved: { households: 350, residents: 900, posts: 2, microgrids: 0, cameras: 1, openIncidents: 3 },
  }
  const at = [0.005, 0.015, 0.025]
  const columns = {
    x: Int32Array.from(at, (d) => Math.round((121 + d) * 1e7)),
    y: new Int32Array(3).fill(280_050_000),
    households: Uint16Array.from(HOUSEHOLDS),
    residents: Uint16Array.from(HOUSEHOLDS, (n) => n * 2),
  }
  const figures = { since: BASE, units: [A, B, C].map((code, n) => ({ code, open: n, lastMonth: 10 * n, posts: 2 })) }
  const change = { at: BASE, day: '2026-04-01', gridsBefore: 0, gridsAfter: 3, added: 4, ended: 0, changed: 0 }
  const server = { plan, newer: null as object | null, saves: [] as { from: number; actions: Action[] }[] }
  const answers: Record<string, () => unknown> = {
    '/api/coverage': coverage,
    '/api/targets': () => ({ minHouseholds: 300, maxHouseholds: 500, exempt: ['dedicated'], minWidth: 10, clearance: 3 }),
    '/api/units/figures': () => figures,
    '/api/lines': () => ({ type: 'FeatureCollection', features: [] }),
    '/api/units/history': () => ({ county, unitCode: COUNTY, changes: [change] }),
    '/api/plans/7': () => server.plan,
    '/api/plans/7/difference': () => difference,
    '/api/plans/7/codes': () => ({ used: [VILLAGE, A, B, C] }),
  }
  const json = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
    })
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    const path = address.split('?')[0]!
    if (path === '/api/buildings') return new Response(writeBuildings(columns))
    if (path === '/api/plans/7/actions') {
      if (server.newer) {
        const newerActions = server.newer
        server.newer = null
        return json(
          { type: '/problems/plan-moved', title: 'plan-moved', status: 409, code: 'plan-moved', detail: 'moved', newerActions },
          409,
        )
      }
      const body = JSON.parse(await (init!.body as Blob).text()) as { revision: number; from: number; actions: Action[] }
      server.saves.push(body)
      return json({ revision: body.revision + 1, actionCount: body.from + body.actions.length, savedAt: '2026-11-22T06:40:00.000Z' })
    }
    return json(answers[path]!())
  })
  return server
}

const me: Me = { name: 'planner', displayName: '规划员', role: 'planner', unitCode: COUNTY, permissions: [...PERMISSIONS] }
const merge: Action = { type: 'merge', units: [A, B], keep: A }
const text = (): string => document.body.textContent!.replace(/\s+/g, ' ')
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))
async function open(): Promise<Workbench> {
  const bench = await new Promise<Workbench>((ready) => void render(WorkbenchHost, { me, plan: 7, ready }))
  await waitFor(() => expect(bench.ground.figures.size).toBe(3))
  return bench
}

let server: ReturnType<typeof stubServer>
beforeEach(() => {
  localStorage.clear()
  server = stubServer()
})
afterEach(() => vi.unstubAllGlobals())

describe('the workbench around its map', () => {
  it('shows the plan, where it stands and what it may change', async () => {
    await open()
    expect(screen.getByRole('button', { name: '一季度' })).toBeTruthy()
    expect(text()).toContain('草稿 新桥镇 · 新桥村')
    expect(text()).toContain('2 / 3')
    expect(text()).toContain('870 户，合计不变')
    expect(screen.getByRole('button', { name: '新桥 03，120 户，低 180' })).toBeTruthy()
  })
  it('follows a merge in the balance, and its undo', async () => {
    const bench = await open()
    bench.do(merge)
    expect(await screen.findByRole('button', { name: '新桥 01，750 户，高 250，原 400 户' })).toBeTruthy()
    expect(screen.queryByRole('button', { name: /新桥 02/ })).toBeNull()
    expect(text()).toContain('870 户，合计不变')
    await press(/撤销/)
    expect(await screen.findByRole('button', { name: '新桥 01，400 户' })).toBeTruthy()
  })
  it('puts the chosen side by side with the border they share', async () => {
    await open()
    await press('新桥 01，400 户')
    await fireEvent.click(screen.getByRole('button', { name: '新桥 02，350 户' }), { shiftKey: true })
    expect(await screen.findByText(/共用边界 1 条，0 个角点/)).toBeTruthy()
    const row = within(screen.getByRole('rowheader', { name: '每岗户数' }).closest('tr')!)
    expect(row.getAllByRole('cell').map((each) => each.textContent)).toEqual(['200', '175'])
  })
  it('calls the chosen unit something else in its place, and takes it back', async () => {
    const bench = await open()
    await press('新桥 01，400 户')
    await press('新桥 01')
    const field = screen.getByRole('textbox', { name: '名称' })
    await fireEvent.input(field, { target: { value: ' 新桥市场 ' } })
    await fireEvent.keyDown(field, { key: 'Enter' })
    expect(await screen.findByRole('button', { name: '新桥市场，400 户' })).toBeTruthy()
    await press('填写')
    const english = screen.getByRole('textbox', { name: '英文名' })
    await fireEvent.input(english, { target: { value: 'Xinqiao Market' } })
    await fireEvent.keyDown(english, { key: 'Enter' })
    await fireEvent.change(screen.getByRole('combobox', { name: '类型' }), { target: { value: 'dedicated' } })
    expect(bench.edits.actions).toEqual([
      { type: 'describe', unit: A, name: '新桥市场' },
      { type: 'describe', unit: A, nameEn: 'Xinqiao Market' },
      { type: 'describe', unit: A, unitKind: 'dedicated' },
    ])
    // A dedicated grid is not measured.
    expect(text()).toContain('1 / 2')
    for (let n = 0; n < 3; n++) await press(/撤销/)
    expect(await screen.findByRole('button', { name: '新桥 01，400 户' })).toBeTruthy()
    expect(text()).toContain('2 / 3')
  })
  it('shows who would get which code before it renumbers, and says when nothing is left to do', async () => {
    const bench = await open()
    await press('新桥 02，350 户')
    await press('重新编号…')
    const dialog = within(screen.getByRole('dialog'))
    const row = async () => (await dialog.findAllByRole('listitem')).map((each) => each.textContent!.replace(/\s+/g, ' ').trim())
    expect(await row()).toEqual([1, 2, 3].map((n) => `新桥 0${n} ${VILLAGE}00${n} ${VILLAGE}00${n + 3}`))
    expect(dialog.getByText('3 个换代码')).toBeTruthy()
    await fireEvent.submit(document.querySelector('dialog form')!)
    expect(bench.edits.actions).toEqual([{ type: 'renumber', parentCode: VILLAGE }])
    expect(screen.getByText(`${B} → 生效时编`)).toBeTruthy()
    await press('重新编号…')
    expect(await within(screen.getByRole('dialog')).findByText(/已经重新编号/)).toBeTruthy()
    expect((within(screen.getByRole('dialog')).getByRole('button', { name: '重新编号' }) as HTMLButtonElement).disabled).toBe(true)
  })
  it('saves, then asks the server what changes for whom', async () => {
    const bench = await open()
    expect(text()).toContain('方案与现行边界相同')
    bench.do(merge)
    await bench.saving.flush()
    expect(server.saves.map(({ from, actions }) => [from, actions.length])).toEqual([[0, 1]])
    expect(await screen.findByText('350 户', {}, { timeout: 10_000 })).toBeTruthy()
    expect(screen.getByRole('status', { name: '' }).textContent).toContain('已保存 14:40')
  })
  it('keeps both sides of a conflict until the planner has chosen', async () => {
    const bench = await open()
    const theirs: Action = { type: 'describe', unit: C, name: '新桥 南' }
    server.newer = { revision: 2, from: 0, actions: [theirs], savedBy: '李', savedAt: '2026-11-22T06:39:00.000Z' }
    bench.do(merge)
    await bench.saving.flush()
    expect((await screen.findByRole('alert')).textContent).toContain('李 在 14:39 保存了这个方案')
    await press('把我的接在后面')
    expect(await screen.findByRole('button', { name: /新桥 南/ })).toBeTruthy()
    await waitFor(() => expect(server.saves.at(-1)).toMatchObject({ from: 1, actions: [merge] }))
    expect(screen.queryByRole('alert')).toBeNull()
  })
  it('shows the plan’s own right of way: nothing to submit, then something', async () => {
    const bench = await open()
    const submit = () => screen.getByRole('button', { name: '提交审核' }) as HTMLButtonElement
    expect([submit().disabled, submit().title]).toEqual([true, '方案还没有改动'])
    bench.do(merge)
    await bench.saving.flush()
    await waitFor(() => expect(submit().disabled).toBe(false))
  })
  it('knows the days on which the borders changed', async () => {
    await open()
    await waitFor(() => expect(text()).toContain('2026-04-01'))
    expect(text()).toContain('上次调整')
  })
})
