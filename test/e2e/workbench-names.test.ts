/**
 * What grids are called, of what kind they are and which codes they get, changed at the workbench: what its page promises is what the
 * server says of the saved plan, and stands there after a reload.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan, PlanDifference } from '#contract/plan.ts'
import { BenchPage, type Place } from '../fixtures/bench-page.ts'
import { buildPages, hasChromium } from '../fixtures/browser.ts'
import { expectSound } from '../fixtures/leaves.ts'
import { until } from '../fixtures/planner.ts'
import { corner, SAMPLE } from '../fixtures/sample-county.ts'

const TOWN = `${SAMPLE}001`
/** Six by six grids each; grid 1 of the first, in its south-west, has two micro-grids. */
const [WEST, EAST] = [`${TOWN}001`, `${TOWN}002`]
const [CUT, PLAIN] = [`${WEST}001`, `${WEST}002`]
/** A place in the n-th cell of the southern row. */
const inCell = (n: number): Place => {
  const [[x0, y0], [x1, y1]] = [corner(n - 1, 0), corner(n, 1)]
  return [x0 + (x1 - x0) * 0.7, y0 + (y1 - y0) * 0.3]
}

describe.skipIf(!hasChromium())('names and codes in the workbench', { timeout: 120_000 }, () => {
  let bench: BenchPage
  let plan: number
  const kinds = async () => (await bench.actions(plan)).map(({ type }) => type)
  const saved = (...wanted: string[]) => until(`${wanted.join()} on the server`, async () => (await kinds()).join() === wanted.join())
  const pane = () => bench.page.getByRole('region', { name: '选中' })
  const dialog = () => bench.page.getByRole('dialog')
  /** What the plan changes, by the server. */
  const changes = async () =>
    new Map((await bench.ask<PlanDifference>(`/api/plans/${plan}/difference`)).units.map((unit) => [unit.id, unit]))
  const choose = async (n: number) => {
    const screen = await bench.take(1)
    await bench.click(screen(inCell(n)))
    await pane().getByRole('combobox', { name: '类型' }).waitFor()
  }

  beforeAll(async () => {
    buildPages()
    bench = await BenchPage.open(async () => {})
    plan = (await bench.ask<Plan>('/api/plans', { name: '改名改号', unitCode: TOWN })).id
    await bench.show(plan)
  }, 180_000)
  afterAll(() => bench?.close())

  it('gives a grid another name by keyboard, a cut one too, and another kind', async () => {
    const { page } = bench
    for (const [n, name] of [
      [2, '东桥市场'],
      [1, '东桥 甲'],
    ] as const) {
      await choose(n)
      await page.keyboard.press('F2')
      await page.keyboard.type(name)
      await page.keyboard.press('Enter')
      await page.locator('.rows').getByText(name.replace(/ 甲$/, '')).first().waitFor()
    }
    await saved('describe', 'describe')
    await choose(2)
    await pane().getByRole('combobox', { name: '类型' }).selectOption('dedicated')
    await saved('describe', 'describe', 'describe')
    const units = await changes()
    expect(units.get(PLAIN)).toMatchObject({ before: { unitKind: 'general' }, after: { name: '东桥市场', unitKind: 'dedicated' } })
    expect(units.get(CUT)).toMatchObject({ code: CUT, newCode: null, after: { name: '东桥 甲', parts: 2 } })
  })

  it('shows the codes that the server will give, for a village and for the town', async () => {
    const { page } = bench
    await choose(2)
    await page.keyboard.press('n')
    const rows = async () =>
      (await dialog().getByRole('listitem').allTextContents()).map((text) => /(\d{15,17})\s*(\d{15,17})$/.exec(text.trim())!.slice(1))
    // Six by six grids, a market and two micro-grids.
    await dialog().getByText('39 个换代码').waitFor()
    expect((await rows())[0]![1]!.slice(0, 12)).toBe(WEST)
    await dialog().getByLabel('范围').selectOption(TOWN)
    await dialog().getByText('75 个换代码').waitFor()
    const shown = await rows()
    expect(shown.length).toBeGreaterThan(10)
    await dialog().getByRole('button', { name: '重新编号', exact: true }).press('Enter')
    await until('the renumbering', async () => (await kinds()).filter((type) => type === 'renumber').length > 1)
    const units = await changes()
    for (const [before, after] of shown) expect(units.get(before!)).toMatchObject({ code: before, newCode: after })
    expect(units.get(`${EAST}001`)?.newCode?.slice(0, 12)).toBe(EAST)
    expectSound(await bench.replayed(plan))
    await page.keyboard.press('Control+z')
    await saved('describe', 'describe', 'describe')
    await page.keyboard.press('Control+y')
    await until('the renumbering again', async () => (await kinds()).length > 4)
  })

  it('stands in the plan after a reload, in its table of changes, and has nothing left to renumber', async () => {
    await bench.show(plan)
    const { page } = bench
    await bench.press('变化明细')
    const row = dialog().getByRole('row').filter({ hasText: '东桥市场' })
    await row.waitFor()
    expect((await row.textContent())!.replace(/\s+/g, ' ')).toMatch(/综合 → 专属\s*\d{15} → \d{15}\s*改代码/)
    await dialog().getByRole('button', { name: '关闭' }).last().click()
    await choose(2)
    await pane().getByText(`${PLAIN} → 生效时编`).waitFor()
    await page.keyboard.press('n')
    await dialog()
      .getByText(/已经重新编号/)
      .waitFor()
    await page.keyboard.press('Escape')
  })

  it('is taken back step by step', async () => {
    const { keyboard } = bench.page
    for (let n = (await kinds()).length; n > 0; n--) await keyboard.press('Control+z')
    await saved()
    expect(await changes()).toEqual(new Map())
    expect(bench.complaints).toEqual([])
  })
})
