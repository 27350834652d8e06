/**
 * Grids that are cut into micro-grids, as one unit of the planner's hand: chosen, made, merged, split, taken back. What was done is read
 * from the plan as the server has it, and replayed there.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '#contract/plan.ts'
import type { Action } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import { BenchPage, type Place, type Screen } from '../fixtures/bench-page.ts'
import { buildPages, hasChromium } from '../fixtures/browser.ts'
import { expectSound, wholeArea2 } from '../fixtures/leaves.ts'
import { until } from '../fixtures/planner.ts'
import { corner, SAMPLE } from '../fixtures/sample-county.ts'

/** Six by six grids; grid 1, in the south-west, has two micro-grids. */
const VILLAGE = `${SAMPLE}001001`
const grid = (n: number): string => VILLAGE + String(n).padStart(3, '0')
const [ONE, TWO, THREE] = [grid(1), grid(2), grid(3)]
const between = (a: Place, b: Place, share: number): Place => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
/** A place in the n-th cell of the southern row: `east` and `north` of its south-western corner, 0…1. */
const inCell = (n: number, east: number, north: number): Place =>
  between(between(corner(n - 1, 0), corner(n, 0), east), between(corner(n - 1, 1), corner(n, 1), east), north)

describe.skipIf(!hasChromium())('a cut grid in the workbench', { timeout: 180_000 }, () => {
  let bench: BenchPage
  let plan: number
  let before: Coverage
  let count = 0
  const chosen = () => bench.page.locator('.rows [aria-pressed=true] .name').allTextContents()
  const level = (name: string) => bench.page.getByRole('group', { name: '选取' }).getByRole('button', { name, exact: true })
  /** The plan as the server has it, once it has `more` actions than before: a coverage of the same land. */
  async function afterSteps(more: number): Promise<{ coverage: Coverage; action: Action | undefined }> {
    count += more
    await until(`${count} actions on the server`, async () => (await bench.actions(plan)).length === count)
    const coverage = await bench.replayed(plan)
    expectSound(coverage)
    // A line that ends on the county's own border may move that by a centimetre.
    expect(wholeArea2(coverage) / wholeArea2(before)).toBeCloseTo(1, 6)
    return { coverage, action: (await bench.readPlan(plan)).actions.at(-1) }
  }
  const line = async (screen: Screen, ...places: Place[]) => {
    for (const place of places) await bench.click(screen(place))
  }

  beforeAll(async () => {
    buildPages()
    bench = await BenchPage.open((db) =>
      db.script(`
        insert into building (county_code, unit_code, households, residents, geom)
        select v.county_code, v.code, 30, 80, p.geom from unit_version v, ST_DumpPoints(ST_GeneratePoints(v.geom, case v.level when 'village' then 60 else 4 end, 1)) p
        where v.is_leaf`),
    )
    plan = (await bench.ask<Plan>('/api/plans', { name: '微网格', unitCode: VILLAGE })).id
    before = await bench.replayed(plan)
    await bench.show(plan)
  }, 180_000)
  afterAll(() => bench?.close())

  it('is chosen whole, or micro-grid by micro-grid, as the switch and its key say', async () => {
    const screen = await bench.take(1)
    await bench.sees('点网格选中')
    await bench.click(screen(inCell(1, 0.7, 0.3)))
    expect(await chosen()).toEqual(['网格1'])
    await bench.page.keyboard.press('g')
    await bench.sees('点微网格选中')
    expect(await chosen()).toEqual(['微网格1', '微网格2'])
    await bench.click(screen(inCell(1, 0.7, 0.3)))
    expect(await chosen()).toEqual(['微网格1'])
    await level('网格').click()
    expect(await chosen()).toEqual(['网格1'])
    // Both micro-grids hold four buildings.
    expect(await bench.page.locator('.rows [aria-pressed=true]').textContent()).toContain('240')
  })

  it('comes of a grid that is split into micro-grids', async () => {
    const screen = await bench.take(3)
    await bench.page.keyboard.press('b')
    await line(screen, inCell(2, 0.5, 0), inCell(2, 0.5, 1))
    const { coverage, action } = await afterSteps(1)
    expect(action).toMatchObject({ type: 'split', unit: TWO, below: true })
    expect(coverage.leaves.has(TWO)).toBe(false)
    expect(coverage.leavesOfGrid(TWO).size).toBe(2)
    const [west, east] = [coverage.grids.get(TWO), coverage.grids.get(ONE)]
    expect([west?.code, east?.code]).toEqual([TWO, ONE])
  })

  it('is merged with a neighbour as one unit: all micro-grids are of the one that stays', async () => {
    const screen = await bench.take(1)
    await bench.click(screen(inCell(2, 0.8, 0.5)))
    expect(await chosen()).toEqual(['网格2'])
    await bench.page.keyboard.press('4')
    await bench.click(screen(inCell(1, 0.7, 0.3)))
    const { coverage, action } = await afterSteps(1)
    expect(action).toEqual({ type: 'merge', units: [TWO, ONE], keep: TWO })
    expect(coverage.leavesOfGrid(TWO).size).toBe(4)
    expect(coverage.grids.has(ONE)).toBe(false)
    await bench.page.keyboard.press('Control+z')
    const { coverage: back } = await afterSteps(-1)
    expect([back.leavesOfGrid(ONE).size, back.leavesOfGrid(TWO).size]).toEqual([2, 2])
  })

  it('is split as one unit: the line cuts the micro-grids that it crosses', async () => {
    const screen = await bench.take(3)
    await bench.page.keyboard.press('b')
    await line(screen, inCell(2, 0, 0.5), inCell(2, 1, 0.5))
    const { coverage, action } = await afterSteps(1)
    expect(action).toMatchObject({ type: 'split', unit: TWO })
    expect(action).not.toHaveProperty('below')
    const [fresh] = [...coverage.grids.keys()].filter((id) => ![ONE, TWO].includes(id))
    expect([coverage.leavesOfGrid(TWO).size, coverage.leavesOfGrid(fresh!).size]).toEqual([2, 2])
  })

  it('hands a piece over to a grid without micro-grids', async () => {
    const screen = await bench.take(5)
    await line(screen, inCell(1, 0.5, 0), inCell(1, 0.5, 1), inCell(1, 0.8, 0.5))
    await bench.sees('点接收的相邻网格')
    await bench.click(screen(inCell(1, 0.5, 1.5)))
    const { coverage, action } = await afterSteps(1)
    expect(action).toMatchObject({ type: 'hand-over', unit: ONE, to: grid(7) })
    expect(coverage.grids.has(ONE)).toBe(true)
  })

  it('is again what it was when all is taken back', async () => {
    for (let n = count; n > 0; n--) await bench.page.keyboard.press('Control+z')
    const { coverage } = await afterSteps(-count)
    expect([...coverage.leaves.keys()].toSorted()).toEqual([...before.leaves.keys()].toSorted())
    expect([...coverage.grids.keys()]).toEqual([ONE])
    for (const id of [TWO, THREE, `${ONE}01`, `${ONE}02`]) expect(coverage.polygonsOf(id)).toEqual(before.polygonsOf(id))
  })

  it('marks a proposal for a village without grids as overtaken once that is divided by hand', async () => {
    const bare = `${SAMPLE}002002`
    const { id } = await bench.ask<Plan>('/api/plans', { name: '没有网格的村', unitCode: bare })
    await bench.show(id)
    await bench.press('提案')
    await bench.press('生成提案')
    await bench.page.getByRole('button', { name: '重算', exact: true }).waitFor({ timeout: 120_000 })
    const adopt = bench.page.getByRole('button', { name: /^采用/ })
    expect(await adopt.count()).toBe(1)
    const screen = await bench.take(3)
    await bench.page.keyboard.press('b')
    await line(screen, corner(9, 6), corner(9, 12))
    await bench.sees('提案之后边界已改')
    expect(await adopt.count()).toBe(0)
    await bench.page.keyboard.press('Control+z')
    await adopt.waitFor()
  })

  it('has thrown nothing', () => {
    expect(bench.complaints).toEqual([])
  })
})
