/** Heat and replay on the wall in a real browser: known counts at known places, on known days, and what is painted of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, Probe } from '../fixtures/browser.ts'
import { day, HeatStage, LEAST, PATIENCE_MS, until } from '../fixtures/heat-stage.ts'
import { DAY, dayText, EARLY, EAST, FEW, LATE, REPLAYED, SHANGHAI, WEST } from '../fixtures/sample-heat.ts'

describe.skipIf(!hasChromium())('heat and replay in a browser', () => {
  let stage: HeatStage
  const open = (query: string) => stage.show('wall', query)

  beforeAll(async () => {
    stage = await HeatStage.open()
  })
  afterAll(() => stage?.close())

  const markers = () =>
    stage.page.evaluate(() => Number(document.querySelector<HTMLElement>('[data-view=overview]')?.dataset['markers'] ?? -1))

  it('paints every cell in the colour of its count, and counts what it paints', async () => {
    await open(`heat=cells&${day(LATE)}`)
    expect(await stage.total()).toBe(LATE.west + LATE.east)
    await stage.settled(WEST, LATE.west)
    await stage.settled(EAST, LATE.east)
    expect(await stage.colourOf(LATE.west)).not.toBe(await stage.colourOf(LATE.east))
  })

  it('paints what has come while the numbers beside it are still on their way', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await stage.page.route('**/api/aggregates*', (route) => held.then(() => route.continue()))
    await stage.page.goto(`${stage.base}/wall?heat=cells&${day(LATE)}`)
    await stage.page.waitForSelector('[data-view=overview][data-ready=true]', { timeout: PATIENCE_MS })
    stage.probe = await Probe.open(stage.page)
    await stage.settled(WEST, LATE.west)
    expect([await stage.told('heat'), await stage.total()]).toEqual(['loading', -1])
    release()
    await until('the numbers', async () => (await stage.total()) === LATE.west + LATE.east)
    await stage.page.unroute('**/api/aggregates*')
  })

  it('follows the brush by keys without a question to the server, and the address follows', async () => {
    stage.asked.length = 0
    await stage.page.focus('[role=slider][aria-label=时间窗]')
    for (let n = 0; n < 7; n++) await stage.page.keyboard.press('ArrowLeft')
    await stage.settled(WEST, EARLY.west)
    await stage.settled(EAST, EARLY.east)
    expect(await stage.total()).toBe(EARLY.west + EARLY.east)
    expect(stage.asked).toEqual([])
    await until('the address', async () => stage.page.url().includes(`from=${dayText(EARLY.day)}`))
  })

  it('goes to the same weekday a week on, and by the mouse wherever it is drawn', async () => {
    await stage.page.keyboard.press('PageDown')
    await until('the week on', async () => (await stage.told('window')) === `${LATE.day} ${LATE.day + DAY}`)
    expect(await stage.total()).toBe(LATE.west + LATE.east)
    const box = (await stage.page.locator('[role=slider][aria-label=时间窗]').boundingBox())!
    await stage.page.mouse.move(box.x + box.width / 2, box.y + 12)
    await stage.page.mouse.down()
    await stage.page.mouse.move(box.x - 300, box.y + 12, { steps: 6 })
    await stage.page.mouse.up()
    await until('nothing', async () => (await stage.total()) === 0)
    expect(await stage.text()).toContain('这个窗口里没有符合条件的事件')
    expect(stage.asked).toEqual([])
  })

  it('draws the same as smooth density, hottest where most is', async () => {
    await open(`heat=density&${day(LATE)}`)
    const ramp = await stage.page.evaluate(() =>
      [1, 2, 3, 4, 5, 6, 7].map((n) => getComputedStyle(document.documentElement).getPropertyValue(`--heat-${n}`).trim()),
    )
    // Of the hottest place the top band takes only the core.
    await until('the top bands', async () => ramp.indexOf(await stage.colourAt(WEST)) >= 5)
    expect(ramp.indexOf(await stage.colourAt(EAST))).toBeLessThan(5)
  })

  it('tells what lies behind a cell, incident by incident', async () => {
    const { x, y } = await stage.probe.onScreen(WEST.place)
    await stage.page.mouse.click(x, y)
    const picked = () => stage.page.evaluate(() => document.querySelector<HTMLElement>('[data-picked]')?.dataset['picked'])
    await until('the incidents of the cell', async () => (await picked()) === String(LATE.west))
    expect(await stage.page.locator('.pages').textContent()).toContain('第 1 页')
    await stage.page.getByRole('button', { name: '较早' }).click()
    await until('the second page', async () => (await stage.page.locator('.pages').textContent())!.includes('第 2 页'))
  })

  it('colours units by their counts', async () => {
    await open(`heat=units&${day(LATE)}`)
    await stage.settled(WEST, LATE.west)
  })

  it('counts inside a polygon that is drawn corner by corner, and in the whole again without it', async () => {
    await open(`heat=cells&${day(LATE)}`)
    await stage.page.getByRole('button', { name: '画范围' }).click()
    const [lng, lat] = WEST.place
    for (const [x, y] of [
      [-0.01, -0.01],
      [0.01, -0.01],
      [0.01, 0.01],
      [-0.01, 0.01],
    ] as const) {
      const corner = await stage.probe.onScreen([lng + x, lat + y])
      await stage.page.mouse.click(corner.x, corner.y)
    }
    await until('four corners', async () => (await stage.probe.drawnIn('heat-area-corner')) === 4)
    await stage.page.keyboard.press('Enter')
    await until('what lies inside', async () => (await stage.total()) === LATE.west)
    expect(decodeURIComponent(stage.page.url())).toMatch(/&area=([\d.]+,[\d.]+;){3}[\d.]+,[\d.]+/)
    await until('nothing in the east', async () => (await stage.colourAt(EAST)) !== (await stage.colourOf(LATE.east)))
    await stage.page.getByRole('button', { name: '去掉范围' }).click()
    await until('all', async () => (await stage.total()) === LATE.west + LATE.east)
    await stage.settled(EAST, LATE.east)
  })

  it('goes by hours on a strip of four weeks', async () => {
    await stage.page.getByRole('button', { name: '按日' }).click()
    await until('the strip by hours', async () => new RegExp(`from=${dayText(LATE.day)}T00`).test(stage.page.url()))
    await open(`heat=cells&from=${dayText(LATE.day)}T09&to=${dayText(LATE.day)}T10`)
    expect(await stage.total()).toBe(LATE.west + LATE.east)
    await stage.settled(WEST, LATE.west)
    stage.asked.length = 0
    await stage.page.focus('[role=slider][aria-label=时间窗]')
    await stage.page.keyboard.press('ArrowLeft')
    await until('the hour before', async () => (await stage.total()) === 0)
    await stage.page.keyboard.press('ArrowRight')
    await until('the hour', async () => (await stage.total()) === LATE.west + LATE.east)
    expect(stage.asked).toEqual([])
  })

  it('counts only the hours of the week that are chosen, block by block', async () => {
    await open(`heat=cells&${day(LATE)}`)
    const weekday = (new Date(dayText(LATE.day)).getUTCDay() + 6) % 7
    const hour = (n: number) => stage.page.locator(`[data-day="${weekday}"][data-hour="${n}"]`)
    const says = (text: string | null, count: number) =>
      until(`${text}: ${count}`, async () => new URL(stage.page.url()).searchParams.get('dial') === text && (await stage.total()) === count)
    const all = LATE.west + LATE.east
    await hour(8).dragTo(hour(10))
    await says(`${weekday + 1}:8-10`, all)
    await hour(9).click({ modifiers: ['Control'] })
    await says(`${weekday + 1}:8,10`, 0)
    await stage.page.getByRole('button', { name: '9 时', exact: true }).click()
    await until('nine o’clock of each day', async () => (await stage.total()) === all)
    expect(new URL(stage.page.url()).searchParams.get('dial')).toContain(`${weekday + 1}:8-10`)
    await stage.settled(WEST, LATE.west)
    await stage.page.getByRole('button', { name: '全部时段' }).click()
    await says(null, all)
  })

  it('weights by severity, and by one each again', async () => {
    await open(`heat=cells&${day(LATE)}&weight=severity`)
    // All are yellow, which counts twice.
    await stage.settled(WEST, 2 * LATE.west)
    expect(await stage.page.locator('.wall-legend').textContent()).toContain('每格加权数')
    await stage.page.getByRole('button', { name: '按轻重加权' }).click()
    await until('the plain legend', async () => (await stage.page.locator('.wall-legend').textContent())!.includes('每格件数'))
    await stage.settled(WEST, LATE.west)
  })

  it('outlines what small numbers made larger, and says so, to whoever may not read single incidents', async () => {
    await stage.as('planner', async () => {
      const refused: string[] = []
      stage.page.on('response', (response) => response.status() >= 400 && refused.push(response.url()))
      await open(`heat=cells&${day(FEW)}`)
      await until('the outline', async () => (await stage.probe.drawnIn('heat-merged')) > 0)
      expect(await stage.page.locator('.wall-legend').textContent()).toContain(`不足 ${LEAST} 件的格并成的大格`)
      // Live again: lists say that they are not for this role, and nothing was asked for that it may not have.
      await stage.page.keyboard.press('Escape')
      await until('the live wall', async () => (await stage.page.locator('.wall-rail.right').innerText()).includes('您的角色只看汇总'))
      // Nor is it coloured by what it may not have.
      expect(await stage.page.locator('.wall-legend [role=radio]').allTextContents()).toEqual(['热力'])
      expect(refused).toEqual([])
    })
    await open(`heat=cells&${day(FEW)}`)
    await stage.settled(WEST, FEW.each)
    expect(await stage.probe.drawnIn('heat-merged')).toBe(0)
  })

  it('speaks English, and tells that a tour waits', async () => {
    await open(`heat=density&${day(LATE)}&lang=en&tour=towns`)
    const panels = (await stage.page.locator('.wall-legend, .wall-strip, .heat-left, .heat-right').allTextContents()).join(' ')
    expect(panels).toContain('Reported in the window')
    expect(panels).not.toMatch(/\p{Script=Han}/u)
    expect(await stage.page.locator('.wall-head').textContent()).toContain('Tour paused')
    await stage.page.keyboard.press('l')
    await until('Chinese', async () => (await stage.text()).includes('窗口内上报'))
  })

  it('says that a filter matches nothing', async () => {
    await open(`heat=density&${day(LATE)}&kind=0101`)
    expect(await stage.total()).toBe(0)
    expect(await stage.text()).toContain('移动窗口，或放宽筛选')
    // A kind that nobody knows is no filter.
    await open(`heat=density&${day(LATE)}&kind=0999`)
    expect(await stage.total()).toBe(LATE.west + LATE.east)
  })

  it('shows the map as it stood, and is live again at a key', async () => {
    const instant = (at: number) => new Date(at + SHANGHAI).toISOString().slice(0, 13)
    await open(`heat=replay&at=${instant(REPLAYED.from + DAY)}`)
    await until('the incident of then', async () => (await markers()) === 1)
    expect(await stage.text()).toContain('非实时')
    await stage.page.focus('[role=slider][aria-label=回放时刻]')
    for (let n = 0; n < 2; n++) await stage.page.keyboard.press('Shift+ArrowRight')
    await until('its end', async () => (await markers()) === 0)
    for (let n = 0; n < 2; n++) await stage.page.keyboard.press('Shift+ArrowLeft')
    await until('the incident again', async () => (await markers()) === 1)
    await stage.page.keyboard.press('Escape')
    await until('the present', async () => (await stage.told('heat')) === undefined && stage.page.url() === `${stage.base}/wall`)
    await until('no marker of the past', async () => (await markers()) === 0)
  })

  it('says what the server refuses, and comes back when it answers again', async () => {
    const body = { type: 'about:blank', title: 'Internal error', status: 500, code: 'server-error', detail: 'x', requestId: 'r-1' }
    await stage.page.route('**/api/heat/cube*', (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', json: body }),
    )
    await stage.page.goto(`${stage.base}/wall?heat=density&${day(LATE)}`)
    await until('the words', async () => (await stage.page.locator('[role=alert]').allTextContents()).some((each) => each.includes('r-1')))
    await stage.page.unroute('**/api/heat/cube*')
    await stage.page.getByRole('button', { name: '重试' }).first().click()
    await until('the heat', async () => (await stage.told('heat')) === 'density')
    expect(await stage.total()).toBe(LATE.west + LATE.east)
    expect(stage.complaints).toEqual([])
  })
})
