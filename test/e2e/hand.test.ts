/**
 * The planner's hand with everything but a mouse alone: fingers, keys, typed places, snapping to a road, every tool that draws, files of
 * every format, a proposal for the county, borders that changed meanwhile. One server and one browser; what was done is read from the
 * plan as the server has it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '#contract/plan.ts'
import type { ImportSummary } from '#contract/transfer.ts'
import type { Action } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import { areaM2 } from '#model/measure.ts'
import { dayOf, dayStart } from '#model/time.ts'
import { putDuePlansInForce } from '../../server/commands/plan-in-force.ts'
import { PlanReplays } from '../../server/commands/plan-replay.ts'
import { BenchPage, middleOf, type Place } from '../fixtures/bench-page.ts'
import { buildPages, hasChromium } from '../fixtures/browser.ts'
import { until } from '../fixtures/planner.ts'
import { corner, SAMPLE } from '../fixtures/sample-county.ts'

/** Six by six grids; grid n lies in column (n - 1) % 6 and row (n - 1) / 6 from the south-west. */
const VILLAGE = `${SAMPLE}001002`
const grid = (n: number): string => VILLAGE + String(n).padStart(3, '0')
/** A straight road, east of the corner (9, 3). */
const ROAD = Math.round((corner(9, 3)[0] + 0.003) * 1e7) / 1e7
const between = (a: Place, b: Place, share: number): Place => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]

describe.skipIf(!hasChromium())('the hand of the workbench', { timeout: 180_000 }, () => {
  let bench: BenchPage
  let plan: number
  let count = 0
  /** The action that the next step must have added. */
  const next = (): Promise<Action> => bench.lastOf(plan, ++count)
  const last = async <T extends Action['type']>(type: T): Promise<Extract<Action, { type: T }>> => {
    const action = await next()
    expect(action.type).toBe(type)
    return action as Extract<Action, { type: T }>
  }
  const landOf = (coverage: Coverage) =>
    [...coverage.leaves.values()].filter(({ parentCode }) => parentCode === VILLAGE).map(({ id, name }) => `${id} ${name} ${areaM2(coverage.polygonsOf(id)).toFixed(0)}`).toSorted() // prettier-ignore

  beforeAll(async () => {
    buildPages()
    bench = await BenchPage.open(
      (db) =>
        db.script(`
          insert into building (county_code, unit_code, households, residents, geom)
          select v.county_code, v.code, 30, 80, p.geom from unit_version v, ST_DumpPoints(ST_GeneratePoints(v.geom, 8, 1)) p where v.is_leaf`),
      { hasTouch: true },
    )
    const line = { type: 'LineString', coordinates: [[ROAD, corner(9, 1)[1]], [ROAD, corner(9, 5)[1]]] } // prettier-ignore
    const road = { type: 'Feature', properties: { key: 'G1', name: '国道', lineKind: 'road' }, geometry: line }
    const file = Buffer.from(JSON.stringify({ type: 'FeatureCollection', features: [road] }))
    const { created } = await bench.ask<ImportSummary>(`/api/import/lines?format=geojson&county=${SAMPLE}&fileName=roads.geojson`, file)
    expect(created).toBe(1)
    plan = (await bench.ask<Plan>('/api/plans', { name: '手', unitCode: VILLAGE })).id
    await bench.show(plan)
  }, 180_000)
  afterAll(() => bench?.close())

  it('moves a vertex with a finger, and lets go of it when a second one comes', async () => {
    const screen = await bench.take(2)
    const [x, y] = screen(corner(8, 2))
    const cdp = await bench.page.context().newCDPSession(bench.page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: (readonly [number, number])[]) =>
      cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([px, py], id) => ({ x: px, y: py, id })) })
    const tip = bench.page.locator('.tip')
    // A finger is no needle.
    await touch('touchStart', [x + 9, y - 9])
    await touch('touchMove', [x + 20, y - 10])
    await touch('touchMove', [x + 30, y - 12])
    await tip.waitFor()
    await touch('touchStart', [x + 30, y - 12], [x + 120, y + 60])
    await tip.waitFor({ state: 'detached' })
    await touch('touchEnd')
    const again = (await bench.take(2))(corner(8, 2))
    await touch('touchStart', again)
    await touch('touchMove', [again[0] + 12, again[1] - 8])
    await touch('touchMove', [again[0] + 26, again[1] - 16])
    await tip.waitFor()
    await touch('touchEnd')
    const { from, to } = await last('move-junction')
    expect(from).toEqual(corner(8, 2))
    expect(to[0]).toBeGreaterThan(from[0])
    expect(to[1]).toBeGreaterThan(from[1])
  })

  it('goes from vertex to vertex with Tab, nudges with arrows, and puts one at a typed place', async () => {
    const screen = await bench.take(2)
    await bench.click(screen(between(corner(10, 3), corner(10, 4), 0.3)))
    const handle = () => bench.page.evaluate(() => document.activeElement?.closest('.handle')?.getAttribute('aria-label') ?? '')
    const seen: string[] = []
    for (let n = 0; n < 80 && !/^三界点/.test(await handle()); n++) {
      await bench.page.keyboard.press('Tab')
      seen.push(await handle())
    }
    expect(await handle(), `Tab went through ${seen.join(' | ')}`).toMatch(/^三界点/)
    await bench.page.keyboard.press('ArrowRight')
    const small = await last('move-junction')
    await bench.page.keyboard.press('Shift+ArrowRight')
    const large = await last('move-junction')
    const [step, leap] = [small.to[0] - small.from[0], large.to[0] - large.from[0]]
    expect(large.from).toEqual(small.to)
    expect(step).toBeGreaterThan(0)
    expect(leap / step).toBeCloseTo(10, 0)
    const place: [number, number] = [Math.round((large.to[0] + 0.001) * 1e5) / 1e5, Math.round((large.to[1] - 0.0007) * 1e5) / 1e5]
    await bench.type(place)
    expect((await last('move-junction')).to).toEqual(place)
    await bench.page.keyboard.press('Escape')
  })

  it('makes right angles with Shift', async () => {
    const screen = await bench.take(2)
    const [a, b] = [corner(8, 4), corner(8, 5)]
    await bench.click(screen(between(a, b, 0.3)))
    const middle = screen(between(a, b, 0.5))
    await bench.page.keyboard.down('Shift')
    await bench.drag(middle, [middle[0] + 24, middle[1] + 9])
    await bench.page.keyboard.up('Shift')
    const { edge, at } = await last('insert-vertex')
    // As on the screen: a degree of longitude is shorter than one of latitude.
    const shrink = Math.cos((a[1] * Math.PI) / 180)
    const arm = (from: Place, to: Place) => [(to[0] - from[0]) * shrink, to[1] - from[1]] as const
    const [one, other] = [arm(edge[1], edge[0]), arm(edge[1], at)]
    const [dot, cross] = [one[0] * other[0] + one[1] * other[1], one[0] * other[1] - one[1] * other[0]]
    const size = Math.hypot(...one) * Math.hypot(...other)
    expect(Math.min(Math.abs(dot), Math.abs(cross)) / size).toBeLessThan(1e-3)
    expect(Math.hypot(...other)).toBeGreaterThan(0)
  })

  it('snaps to a road, and with Alt to nothing', async () => {
    const screen = await bench.take(2)
    const [from, to] = [screen(corner(9, 3)), screen([ROAD, corner(9, 3)[1] + 0.001])]
    await bench.page.keyboard.down('Alt')
    await bench.drag(from, [to[0] - 5, to[1]])
    await bench.page.keyboard.up('Alt')
    const free = await last('move-junction')
    expect(free.to[0]).not.toBe(ROAD)
    await bench.page.keyboard.press('Control+z')
    count--
    expect(await bench.actions(plan)).toHaveLength(count)
    await bench.take(2)
    await bench.drag(from, [to[0] - 5, to[1]], async () => {
      expect(await bench.page.locator('.snap').count()).toBe(1)
    })
    expect((await last('move-junction')).to[0]).toBe(ROAD)
  })

  it('redraws a border between two points of it', async () => {
    const screen = await bench.take(7)
    const [a, b] = [corner(7, 5), corner(8, 5)]
    const [mx, my] = screen(between(a, b, 0.5))
    await bench.click(screen(between(a, b, 0.25)))
    await bench.click([mx, my - 22])
    await bench.click(screen(between(a, b, 0.75)))
    const { units, line } = await last('redraw-border')
    expect([...units].toSorted()).toEqual([grid(26), grid(32)])
    expect(line).toHaveLength(3)
  })

  it('hands a piece that a line cuts off to a neighbour', async () => {
    const screen = await bench.take(5)
    // The south-west of the cell between (7, 1) and (8, 2).
    const [left, below] = [between(corner(7, 1), corner(7, 2), 0.5), between(corner(7, 1), corner(8, 1), 0.5)]
    await bench.click(screen(left))
    await bench.click(screen(below))
    await bench.sees('点要移交的那一块')
    await bench.click(screen(between(corner(7, 1), middleOf(8), 0.35)))
    await bench.sees('点接收的相邻网格')
    const before = areaM2((await bench.replayed(plan)).polygonsOf(grid(8)))
    await bench.click(screen(middleOf(7)))
    expect(await last('hand-over')).toMatchObject({ unit: grid(8), to: grid(7) })
    expect(areaM2((await bench.replayed(plan)).polygonsOf(grid(8)))).toBeLessThan(before * 0.95)
  })

  it('can do again after a reload what was undone before it', async () => {
    const before = landOf(await bench.replayed(plan))
    await bench.page.keyboard.press('Control+z')
    await bench.page.keyboard.press('Control+z')
    expect(await bench.actions(plan)).toHaveLength(count - 2)
    await bench.show(plan)
    await bench.press('重做')
    await bench.page.keyboard.press('Control+y')
    expect(await bench.actions(plan)).toHaveLength(count)
    expect(landOf(await bench.replayed(plan))).toEqual(before)
  })

  it('shows a past day’s figures in the column beside its borders, and says so', async () => {
    const { page } = bench
    const grids = () => page.locator('aside dl dd').first().textContent()
    await bench.take(4)
    const screen = await bench.take(4)
    await bench.click(screen(middleOf(1)))
    await bench.click(screen(middleOf(2)))
    await last('merge')
    await until('35 grids', async () => /\/ 35/.test((await grids()) ?? ''))
    await page.getByRole('slider', { name: '地图日期' }).press('Shift+ArrowLeft')
    await bench.sees(/的边界，户数按现在的住户算/)
    expect(await grids()).toMatch(/\/ 36/)
    await bench.sees(/图上是 .* 的边界，这一栏说的是方案/)
    await page.getByRole('button', { name: '方案', exact: true }).click()
    await until('the plan again', async () => /\/ 35/.test((await grids()) ?? ''))
    await page.getByRole('button', { name: '现行', exact: true }).click()
    await until('the borders in force', async () => /\/ 36/.test((await grids()) ?? ''))
    await page.getByRole('button', { name: '方案', exact: true }).click()
  })

  it('takes in the county’s own files in every format, a GBK shapefile among them', async () => {
    const { page } = bench
    const base = (await bench.ask<Plan>('/api/plans', { name: '空', unitCode: VILLAGE })).id
    // The plan has merged two: the second comes back as another unit, so they are known by their names.
    const areasIn = (coverage: Coverage) =>
      new Map(landOf(coverage).map((text) => text.split(' ').slice(1) as [name: string, area: string]))
    const inForce = areasIn(await bench.replayed(base))
    const files = [
      ['shapefile&encoding=gbk', '网格.zip'],
      ['geopackage', '网格.gpkg'],
      ['kml', '网格.kml'],
      ['topojson', '网格.topojson'],
    ] as const
    for (const [format, name] of files) {
      const buffer = await bench.file(`/api/units/export?unit=${VILLAGE}&format=${format}`)
      await bench.press('更多')
      await page.getByRole('menuitem', { name: '导入边界' }).click()
      await page.getByRole('dialog').getByLabel('边界文件').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
      await bench.press('检查')
      await until('an account of it', async () => /重新检查|alert/.test(await page.getByRole('dialog').innerHTML()))
      expect(await page.getByRole('dialog').textContent(), name).toContain('36 个单元严丝合缝，不用清理。')
      await bench.press('放进方案')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect((await last('divide')).into, name).toHaveLength(36)
      const now = areasIn(await bench.replayed(plan))
      expect([...now.keys()].toSorted(), name).toEqual([...inForce.keys()].toSorted())
      // Where the plan's borders are crossed on the way back, a border may lie a centimetre aside.
      for (const [unit, area] of inForce) expect(Math.abs(Number(now.get(unit)) - Number(area)), `${name}: ${unit}`).toBeLessThan(20)
      await page.keyboard.press('Control+z')
      count--
      expect(await bench.actions(plan)).toHaveLength(count)
    }
  })

  it('is told of borders that changed meanwhile, and carries its steps over', async () => {
    const other = await bench.ask<Plan>('/api/plans', { name: '别人的', unitCode: VILLAGE })
    const away: Action = { type: 'move-junction', from: corner(9, 2), to: [corner(9, 2)[0] + 0.001, corner(9, 2)[1]] }
    await bench.ask(`/api/plans/${other.id}/actions`, { revision: other.revision, from: 0, actions: [away] })
    await bench.approve(other.id)
    const effectiveOn = dayOf(dayStart(new Date(), 'Asia/Shanghai', 1), 'Asia/Shanghai')
    await bench.ask(`/api/plans/${other.id}/publish`, { revision: (await bench.readPlan(other.id)).revision, effectiveOn })
    const later = () => new Date(Date.now() + 48 * 3_600_000)
    expect(await putDuePlansInForce({ db: bench.db, replays: new PlanReplays(), now: later })).toMatchObject([{ id: other.id }])
    const { actions } = await bench.readPlan(plan)
    await bench.show(plan)
    await bench.press('更新到现行边界')
    await bench.page.getByRole('dialog').getByRole('button', { name: '更新', exact: true }).click()
    await bench.sees('所有步骤都已接到现行边界上。')
    await bench.page.getByRole('dialog').getByRole('button', { name: '关闭', exact: true }).last().click()
    expect(await bench.readPlan(plan)).toMatchObject({ outdated: false, actions })
    const coverage = await bench.replayed(plan)
    expect(coverage.vertexAt(...(away.to.map((degrees) => Math.round(degrees * 1e7)) as [number, number]))).not.toEqual([])
  })

  it('adopts a proposal for the whole county, which is then no longer offered, and takes it back', async () => {
    plan = (await bench.ask<Plan>('/api/plans', { name: '全县', unitCode: SAMPLE })).id
    count = 0
    await bench.show(plan)
    const { page } = bench
    await bench.press('提案')
    await page.getByLabel('范围').selectOption({ label: '样例县' })
    await bench.press('生成提案')
    await page.getByRole('button', { name: /^采用甲/ }).waitFor({ timeout: 120_000 })
    const stop = page.getByRole('button', { name: '停下', exact: true })
    // It may be done before it can be stopped.
    await stop.click({ timeout: 2_000 }).catch(() => {})
    await page.getByRole('button', { name: '重算', exact: true }).waitFor({ timeout: 120_000 })
    await bench.press(/^采用甲/)
    await bench.sees(/^方案里已是甲/)
    expect(await page.getByRole('button', { name: /^采用/ }).count()).toBe(0)
    const actions = await bench.actions(plan)
    expect(new Set(actions.map(({ type }) => type))).toEqual(new Set(['divide']))
    expect(actions.length).toBeGreaterThan(1)
    await bench.replayed(plan)
    await page.keyboard.press('Control+z')
    await page.getByRole('button', { name: /^采用甲/ }).waitFor()
    expect(await bench.actions(plan)).toEqual([])
  })

  it('has English names wherever there are any, and has thrown nothing', async () => {
    await bench.show(plan, '&lang=en')
    await bench.page.getByText('Household balance').first().waitFor()
    const names = await bench.page
      .locator('.rows button .name')
      .evaluateAll((found) => found.map((each) => each.getAttribute('title') ?? ''))
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => /\p{Script=Han}/u.test(name))).toEqual([])
    expect(bench.complaints).toEqual([])
  })
})
