/**
 * A planner's whole day in real browsers on the real server: a file with faults, borders by hand, a proposal, a crash, a colleague in
 * the same plan, the review, and the night in which the plan comes into force. After every step no gap and no overlap, county-wide.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '#contract/plan.ts'
import type { Action } from '#model/actions/action.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import type { Coverage } from '#model/coverage.ts'
import type { Leaf } from '#model/difference.ts'
import type { LngLat } from '#model/crs.ts'
import { areaM2 } from '#model/measure.ts'
import { replay } from '#model/replay.ts'
import { dayOf, dayStart } from '#model/time.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { DemoServer } from '../fixtures/demo-server.ts'
import { dirtyCover } from '../fixtures/dirty-cover.ts'
import { goodVillage, gridsOf, mergeable, middleOf, movable, splittable } from '../fixtures/grid-places.ts'
import { type Account, Planner, until } from '../fixtures/planner.ts'

const ZONE = 'Asia/Shanghai'
const PASSWORD = 'only for this day'
const account = (username: string, displayName: string): Account => ({ username, displayName, password: PASSWORD })
const [PLANNER, COLLEAGUE, COMMANDER] = [account('planner1', '规划甲'), account('planner2', '规划乙'), account('commander1', '指挥长')]
/** How far a border is dragged, px. */
const DRAG_PX = 30
/** The server is off that night and for a month. */
const HOURS_AHEAD = 32 * 24

describe.skipIf(!hasChromium())('a planner’s day', { timeout: 900_000 }, () => {
  let server: DemoServer
  let browser: Browser
  let planner: Planner
  let commander: Planner
  /** Borders in force in the morning. */
  let morning: Coverage
  let village = ''
  let villageName = ''
  let plan = 0
  const opened: Planner[] = []
  const tomorrow = () => dayOf(dayStart(new Date(), ZONE, 1), ZONE)

  const signIn = async (who: Account, path: string, hoursAhead = 0): Promise<Planner> => {
    const person = await Planner.signIn(browser, server.url + path, who, hoursAhead)
    opened.push(person)
    return person
  }
  const readPlan = () => server.ask<Plan>(`/api/plans/${plan}`)
  const typesOf = async () => (await readPlan()).actions.map(({ type }) => type)
  const requireSound = (coverage: Coverage) =>
    expect(checkPolygons([...coverage.leaves.keys()].map((id) => ({ id, polygons: coverage.polygonsOf(id) }))).faults).toEqual([])
  /** The county as the saved plan would have it: every action applies, and it is one cover. */
  const planned = async (who = planner): Promise<Coverage> => {
    await who.saved()
    const coverage = await server.coverage()
    expect(replay(coverage, (await readPlan()).actions).refused).toEqual([])
    requireSound(coverage)
    return coverage
  }
  /** A grid's name with its land: what is the same in two covers, whatever the ids. */
  const nameAndLand = (coverage: Coverage, { id, name }: Leaf) =>
    JSON.stringify([name, coverage.polygonsOf(id).map((part) => part.map((ring) => [...ring]))])
  const landOf = (coverage: Coverage) => gridsOf(coverage, village).map((grid) => nameAndLand(coverage, grid)).toSorted() // prettier-ignore

  beforeAll(async () => {
    buildPages()
    server = await DemoServer.open()
    await server.makeUser(PLANNER, 'planner')
    await server.makeUser(COLLEAGUE, 'planner')
    await server.makeUser(COMMANDER, 'commander')
    morning = await server.coverage()
    village = goodVillage(morning)
    villageName = gridsOf(morning, village)[0]!.name.replace(/ \d+$/, '')
    browser = await launchBrowser()
  }, 900_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it('begins with a plan for one village', async () => {
    planner = await signIn(PLANNER, '/workbench')
    plan = await planner.makePlan('2027 年一季度调整', villageName)
    expect(await planner.state()).toBe('草稿')
    expect((await readPlan()).unitCode).toBe(village)
    await planner.picture('01-new-plan')
  })

  it('cleans a file that overlaps and gapes, asks about what is no error, and takes it in', async () => {
    const { cover, contested, into } = dirtyCover(morning, village)
    await planner.fromMenu('导入边界')
    const { dialog } = planner
    const file = { name: '测绘院.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify(cover)) }
    await dialog.getByLabel('边界文件').setInputFiles(file)
    await planner.press('检查')
    await planner.sees('要你决定的 1 处')
    await planner.sees(/重叠，宽 2\d m/)
    await planner.picture('02-cleaning')
    expect(await planner.button('放进方案').isDisabled()).toBe(true)
    await dialog.getByLabel(/^重叠/).selectOption(into)
    await planner.press('重新检查')
    await planner.sees('已自动修好')
    await planner.picture('03-cleaned')
    await planner.press('放进方案')
    const coverage = await planned()
    expect(await typesOf()).toEqual(['divide'])
    // Decided against: the bulge of some 2,000 m² is gone.
    const areas = [coverage, morning].map((each) => areaM2(each.polygonsOf(contested)))
    expect(Math.abs(areas[0]! - areas[1]!)).toBeLessThan(200)
  })

  it('moves a corner and a junction with the pointer, both neighbours with it', async () => {
    await planner.lookAround()
    for (const what of ['corner', 'junction'] as const) {
      const before = await planned()
      const { from, to } = movable(before, village, what, DRAG_PX * planner.pixel)[0]!
      await planner.click(from)
      await planner.drag(from, to)
      const after = await planned()
      expect((await typesOf()).at(-1)).toBe(what === 'corner' ? 'move-vertex' : 'move-junction')
      expect(after.leaves.size).toBe(before.leaves.size)
      expect(landOf(after)).not.toEqual(landOf(before))
    }
    await planner.picture('04-moved')
  })

  it('splits a grid by a line and merges two, and says why where it cannot be', async () => {
    const before = await planned()
    const { unit, line } = splittable(before, village)
    await planner.tool('选择')
    await planner.click(middleOf(before, unit.id))
    await planner.tool('切分')
    const [lng, lat] = middleOf(before, unit.id)
    await planner.line([[lng, lat], [lng + 8 * planner.pixel, lat]]) // prettier-ignore
    await planner.sees('这条线没有分开任何网格')
    await planner.page.keyboard.press('Escape')
    await planner.line(line)
    const split = await planned()
    expect(split.leaves.size).toBe(before.leaves.size + 1)
    await planner.picture('05-split')

    const { keep, other, stranger } = mergeable(split, village)
    await planner.tool('选择')
    await planner.click(middleOf(split, keep.id))
    await planner.tool('合并')
    if (stranger) {
      await planner.click(middleOf(split, stranger.id))
      await planner.sees(/不相邻/)
      await planner.picture('06-not-neighbours')
    }
    await planner.click(middleOf(split, other.id))
    const merged = await planned()
    expect(merged.leaves.size).toBe(before.leaves.size)
    expect((await typesOf()).slice(-2)).toEqual(['split', 'merge'])
  })

  it('lets the program propose a division of the village and adopts it', async () => {
    const before = (await typesOf()).length
    await planner.propose(villageName)
    await planner.picture('07-proposal')
    await planner.press(/^采用/)
    await planned()
    expect((await typesOf()).slice(before)).toContain('divide')
    await planner.picture('08-adopted')
  })

  it('undoes as far as one likes and does it again', async () => {
    const after = landOf(await planned())
    for (let n = 0; n < 3; n++) await planner.page.keyboard.press('Control+z')
    expect(landOf(await planned())).not.toEqual(after)
    expect(await typesOf()).toEqual(['divide', 'move-vertex', 'move-junction'])
    for (let n = 0; n < 3; n++) await planner.page.keyboard.press('Control+y')
    expect(landOf(await planned())).toEqual(after)
  })

  it('loses nothing that was done when the browser dies in mid-drag', async () => {
    const before = await planned()
    const actions = (await readPlan()).actions
    await planner.lookAround()
    const { from, to } = movable(before, village, 'corner', DRAG_PX * planner.pixel)[0]!
    await planner.click(from)
    await planner.drag(from, to, false)
    await planner.picture('09-mid-drag')
    await planner.crash()
    planner = await planner.again(`${server.url}/workbench?plan=${plan}`)
    opened.push(planner)
    await planner.drawn()
    expect((await readPlan()).actions).toEqual(actions)
    expect(landOf(await planned())).toEqual(landOf(before))
    await planner.sees('户，合计不变')
  })

  it('shows what a colleague saved meanwhile and goes on behind it', async () => {
    await planner.lookAround()
    const before = await planned()
    const corners = movable(before, village, 'corner', DRAG_PX * planner.pixel)
    const [first] = corners
    const away = ({ from: [lng, lat] }: { from: LngLat }) => Math.hypot(lng - first!.from[0], lat - first!.from[1])
    const second = corners.toSorted((a, b) => away(b) - away(a))[0]
    const { revision, actions } = await readPlan()
    const theirs: Action = { type: 'move-vertex', ...first! }
    await server.ask(`/api/plans/${plan}/actions`, { revision, from: actions.length, actions: [theirs] }, await server.cookieOf(COLLEAGUE))
    await planner.click(second!.from)
    await planner.drag(second!.from, second!.to)
    await planner.sees(/规划乙 在 .* 保存了这个方案/)
    await planner.picture('10-conflict')
    await planner.press('把我的接在后面')
    await planned()
    const all = (await readPlan()).actions
    expect(all.slice(0, -1)).toEqual([...actions, theirs])
    expect(all.at(-1)).toMatchObject({ type: 'move-vertex' })
  })

  it('goes through the review: handed in, talked about, approved by somebody else, put on tomorrow', async () => {
    await planner.step('提交审核')
    expect(await planner.state()).toBe('审核中')
    await planner.picture('11-handed-in')
    commander = await signIn(COMMANDER, `/workbench?plan=${plan}`)
    await commander.drawn()
    await commander.comment('东侧边界沿河，可以。')
    expect((await readPlan()).comments.map(({ author, text }) => [author, text])).toContainEqual(['指挥长', '东侧边界沿河，可以。'])
    await commander.picture('12-review')
    await commander.step('审核通过')
    expect(await commander.state()).toBe('已通过')
    await commander.step('定期生效', tomorrow())
    expect(await commander.state()).toBe('待生效')
    await commander.picture('13-scheduled')
    const { revision } = await readPlan()
    const again = await server.send(`/api/plans/${plan}/publish`, { revision, effectiveOn: tomorrow() }, await server.cookieOf(COMMANDER))
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([409, 'unlawful-transition'])
    expect(landOf(await server.coverage())).toEqual(landOf(morning))
  })

  it('is in force, whole, though the server was off that night and killed when it made up for it', async () => {
    const wanted = landOf(await planned(commander))
    await server.kill('SIGTERM')
    await server.dieInForce(HOURS_AHEAD)
    expect(server.check().match(/, sound$/gm)).toHaveLength(1)
    await server.start(HOURS_AHEAD)
    await until('the plan in force', async () => (await readPlan()).state === 'in_force')
    const now = await server.coverage()
    requireSound(now)
    expect(landOf(now)).toEqual(wanted)
    expect(landOf(await server.coverage(dayOf(new Date(), ZONE)))).toEqual(landOf(morning))
  })

  it('shows the new grids on the wall and in the workbench, and the old ones on last month’s map', async () => {
    const today = await server.coverage()
    const fresh = gridsOf(today, village).find((grid) => !landOf(morning).includes(nameAndLand(today, grid)))!
    const wall = await signIn(COMMANDER, `/wall?unit=${fresh.id}`)
    await wall.page.waitForSelector('[data-view=overview][data-ready=true]')
    await until('the new grid', async () => (await wall.page.locator('[aria-current=page]').textContent()) === fresh.name)
    const painted = await Probe.open(wall.page)
    await until('its line on the map', async () => (await painted.drawnIn('focus-line')) > 0 && (await painted.drawnIn('border-grid')) > 0)
    await wall.picture('14-wall')
    await wall.close()

    const next = await signIn(PLANNER, `/workbench?plan=${plan}`, HOURS_AHEAD)
    await next.drawn()
    expect(await next.state()).toBe('已生效')
    await next.picture('15-in-force')
    await next.page.getByRole('slider', { name: '地图日期' }).press('Shift+ArrowLeft')
    await next.sees(`${dayOf(new Date(), ZONE)} 的边界，只看不改`)
    const probe = await Probe.open(next.page)
    const old = [...morning.leaves.keys()].filter((id) => id.startsWith(village)).toSorted()
    const shown = async () => (await probe.idsIn('edit-units')).filter((id) => id.startsWith(village) || !morning.leaves.has(id))
    await until('the old grids on the map', async () => (await shown()).join() === old.join())
    await next.picture('16-last-month')
  })

  it('has thrown no error at anybody, and every version stored is sound', async () => {
    expect(opened.flatMap(({ complaints }) => complaints)).toEqual([])
    await server.kill('SIGTERM')
    expect(server.check().match(/, sound$/gm)).toHaveLength(2)
  })
})
