/** Heat and replay in a real browser: known counts at known places, on known days, and what is painted of them. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../server/db/db.ts'
import { makeUser, PASSWORD, SAME_ORIGIN, startApp, type TestApp } from '../fixtures/app.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { openEmbedded } from '../fixtures/database.ts'
import { DAY, dayText, EARLY, EAST, FEW, fillHeat, LATE, REPLAYED, SHANGHAI, type Spot, WEST } from '../fixtures/sample-heat.ts'

const PATIENCE_MS = 60_000
const LEAST = 5

describe.skipIf(!hasChromium())('heat and replay in a browser', () => {
  let db: Db
  let app: TestApp
  let server: Server
  let browser: Browser
  let page: Page
  /** Without a policy: decodes pictures. */
  let blank: Page
  let probe: Probe
  let base = ''
  const complaints: string[] = []
  /** Questions to the server for what heat is drawn and counted from. */
  const asked: string[] = []

  const until = async (what: string, ask: () => Promise<boolean>) => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) if (await ask().catch(() => false)) return
    throw new Error(`It did not happen within a minute: ${what}`)
  }
  const signIn = async (username: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce', locale: 'zh-CN' })
    const answer = await context.request.post(`${base}/api/session`, { data: { username, password: PASSWORD }, headers: SAME_ORIGIN })
    expect(answer.ok()).toBe(true)
    return context.newPage()
  }
  const told = (name: string) => page.evaluate((key) => document.querySelector<HTMLElement>('[data-heat]')?.dataset[key], name)
  const text = () => page.evaluate(() => document.body.textContent!.replace(/\s+/g, ' '))
  const total = () => page.evaluate(() => Number(document.querySelector<HTMLElement>('[data-total]')?.dataset['total'] ?? -1))
  const markers = () => page.evaluate(() => Number(document.querySelector<HTMLElement>('[data-view=overview]')?.dataset['markers'] ?? -1))
  const open = async (query: string) => {
    await page.goto(`${base}/wall?${query}`)
    await page.waitForSelector('[data-view=overview][data-ready=true]', { timeout: PATIENCE_MS })
    await until('the heat', async () => !['loading', undefined].includes(await told('heat')))
    probe = await Probe.open(page)
  }
  const day = ({ day: at }: { day: number }) => `from=${dayText(at)}&to=${dayText(at + DAY)}`

  /** Where a place of the map stands on the page: the wall's map fills it, the analysis' does not. */
  const onPage = async (place: Spot['place']) => {
    const [at, map] = [await probe.onScreen(place), (await page.locator('.maplibregl-map').first().boundingBox())!]
    return { x: at.x + map.x, y: at.y + map.y }
  }
  /** The colour around a place that most pixels have, as `#rrggbb`: lines and names are drawn over it. */
  const colourAt = async ({ place }: Spot): Promise<string> => {
    const { x, y } = await onPage(place)
    const clip = { x: Math.round(x) - 5, y: Math.round(y) - 5, width: 11, height: 11 }
    const png = (await page.screenshot({ clip })).toString('base64')
    return blank.evaluate(async (data) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))]))
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
      pen.drawImage(bitmap, 0, 0)
      const { data: bytes } = pen.getImageData(0, 0, bitmap.width, bitmap.height)
      const counts = new Map<string, number>()
      for (let n = 0; n < bytes.length; n += 4) {
        const colour = `#${[...bytes.slice(n, n + 3)].map((each) => each.toString(16).padStart(2, '0')).join('')}`
        counts.set(colour, (counts.get(colour) ?? 0) + 1)
      }
      return [...counts].sort((a, b) => b[1] - a[1])[0]![0]
    }, png)
  }
  /** The colour that the legend gives to a number. */
  const colourOf = (count: number) =>
    page.evaluate((n) => {
      const classes = [...document.querySelectorAll<HTMLElement>('.legend ol li')]
      const own = classes.findLast((each) => parseFloat(each.textContent!.replace(/[,+]/g, '')) <= n)
      const rgb = getComputedStyle(own!.querySelector('i')!).backgroundColor.match(/\d+/g)!
      return `#${rgb
        .slice(0, 3)
        .map((each) => Number(each).toString(16).padStart(2, '0'))
        .join('')}`
    }, count)
  const settled = async (place: Spot, count: number) => {
    const wanted = await colourOf(count)
    await until(`${wanted} for ${count}`, async () => (await colourAt(place)) === wanted)
  }

  beforeAll(async () => {
    buildPages()
    db = await openEmbedded()
    await fillHeat(db)
    await makeUser(db, 'chief', 'commander')
    await makeUser(db, 'planner', 'planner')
    app = await startApp(db, { heatMinCount: LEAST })
    server = createServer(app.handler as RequestListener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await launchBrowser()
    page = await signIn('chief')
    blank = await browser.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => /api\/(heat\/cube|aggregates|units)/.test(request.url()) && asked.push(request.url()))
  })
  afterAll(async () => {
    await browser?.close()
    server?.closeAllConnections()
    await app?.close()
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  })

  it('paints every cell in the colour of its count, and counts what it paints', async () => {
    await open(`heat=cells&${day(LATE)}`)
    expect(await total()).toBe(LATE.west + LATE.east)
    await settled(WEST, LATE.west)
    await settled(EAST, LATE.east)
    expect(await colourOf(LATE.west)).not.toBe(await colourOf(LATE.east))
  })

  it('paints what has come while the numbers beside it are still on their way', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/api/aggregates*', (route) => held.then(() => route.continue()))
    await page.goto(`${base}/wall?heat=cells&${day(LATE)}`)
    await page.waitForSelector('[data-view=overview][data-ready=true]', { timeout: PATIENCE_MS })
    probe = await Probe.open(page)
    await settled(WEST, LATE.west)
    expect([await told('heat'), await total()]).toEqual(['loading', -1])
    release()
    await until('the numbers', async () => (await total()) === LATE.west + LATE.east)
    await page.unroute('**/api/aggregates*')
  })

  it('follows the brush by keys without a question to the server, and the address follows', async () => {
    asked.length = 0
    await page.focus('[role=slider][aria-label=时间窗]')
    for (let n = 0; n < 7; n++) await page.keyboard.press('ArrowLeft')
    await settled(WEST, EARLY.west)
    await settled(EAST, EARLY.east)
    expect(await total()).toBe(EARLY.west + EARLY.east)
    expect(asked).toEqual([])
    await until('the address', async () => page.url().includes(`from=${dayText(EARLY.day)}`))
  })

  it('goes to the same weekday a week on, and by the mouse wherever it is drawn', async () => {
    await page.keyboard.press('PageDown')
    await until('the week on', async () => (await told('window')) === `${LATE.day} ${LATE.day + DAY}`)
    expect(await total()).toBe(LATE.west + LATE.east)
    const box = (await page.locator('[role=slider][aria-label=时间窗]').boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + 12)
    await page.mouse.down()
    await page.mouse.move(box.x - 300, box.y + 12, { steps: 6 })
    await page.mouse.up()
    await until('nothing', async () => (await total()) === 0)
    expect(await text()).toContain('这个窗口里没有符合条件的事件')
    expect(asked).toEqual([])
  })

  it('draws the same as smooth density, hottest where most is', async () => {
    await open(`heat=density&${day(LATE)}`)
    const ramp = await page.evaluate(() =>
      [1, 2, 3, 4, 5, 6, 7].map((n) => getComputedStyle(document.documentElement).getPropertyValue(`--heat-${n}`).trim()),
    )
    // Of the hottest place the top band takes only the core.
    await until('the top bands', async () => ramp.indexOf(await colourAt(WEST)) >= 5)
    expect(ramp.indexOf(await colourAt(EAST))).toBeLessThan(5)
  })

  it('tells what lies behind a cell, incident by incident', async () => {
    const { x, y } = await probe.onScreen(WEST.place)
    await page.mouse.click(x, y)
    const picked = () => page.evaluate(() => document.querySelector<HTMLElement>('[data-picked]')?.dataset['picked'])
    await until('the incidents of the cell', async () => (await picked()) === String(LATE.west))
    expect(await page.locator('.pages').textContent()).toContain('第 1 页')
    await page.getByRole('button', { name: '较早' }).click()
    await until('the second page', async () => (await page.locator('.pages').textContent())!.includes('第 2 页'))
  })

  it('colours units by their counts', async () => {
    await open(`heat=units&${day(LATE)}`)
    await settled(WEST, LATE.west)
  })

  it('counts inside a polygon that is drawn corner by corner, and in the whole again without it', async () => {
    await open(`heat=cells&${day(LATE)}`)
    await page.getByRole('button', { name: '画范围' }).click()
    const [lng, lat] = WEST.place
    for (const [x, y] of [
      [-0.01, -0.01],
      [0.01, -0.01],
      [0.01, 0.01],
      [-0.01, 0.01],
    ] as const) {
      const corner = await probe.onScreen([lng + x, lat + y])
      await page.mouse.click(corner.x, corner.y)
    }
    await until('four corners', async () => (await probe.drawnIn('heat-area-corner')) === 4)
    await page.keyboard.press('Enter')
    await until('what lies inside', async () => (await total()) === LATE.west)
    expect(decodeURIComponent(page.url())).toMatch(/&area=([\d.]+,[\d.]+;){3}[\d.]+,[\d.]+/)
    await until('nothing in the east', async () => (await colourAt(EAST)) !== (await colourOf(LATE.east)))
    await page.getByRole('button', { name: '去掉范围' }).click()
    await until('all', async () => (await total()) === LATE.west + LATE.east)
    await settled(EAST, LATE.east)
  })

  it('goes by hours on a strip of four weeks', async () => {
    await page.getByRole('button', { name: '按日' }).click()
    await until('the strip by hours', async () => new RegExp(`from=${dayText(LATE.day)}T00`).test(page.url()))
    await open(`heat=cells&from=${dayText(LATE.day)}T09&to=${dayText(LATE.day)}T10`)
    expect(await total()).toBe(LATE.west + LATE.east)
    await settled(WEST, LATE.west)
    asked.length = 0
    await page.focus('[role=slider][aria-label=时间窗]')
    await page.keyboard.press('ArrowLeft')
    await until('the hour before', async () => (await total()) === 0)
    await page.keyboard.press('ArrowRight')
    await until('the hour', async () => (await total()) === LATE.west + LATE.east)
    expect(asked).toEqual([])
  })

  it('counts only the hours of the week that are chosen, block by block', async () => {
    await open(`heat=cells&${day(LATE)}`)
    const weekday = (new Date(dayText(LATE.day)).getUTCDay() + 6) % 7
    const hour = (n: number) => page.locator(`[data-day="${weekday}"][data-hour="${n}"]`)
    const says = (text: string | null, count: number) =>
      until(`${text}: ${count}`, async () => new URL(page.url()).searchParams.get('dial') === text && (await total()) === count)
    const all = LATE.west + LATE.east
    await hour(8).dragTo(hour(10))
    await says(`${weekday + 1}:8-10`, all)
    await hour(9).click({ modifiers: ['Control'] })
    await says(`${weekday + 1}:8,10`, 0)
    await page.getByRole('button', { name: '9 时', exact: true }).click()
    await until('nine o’clock of each day', async () => (await total()) === all)
    expect(new URL(page.url()).searchParams.get('dial')).toContain(`${weekday + 1}:8-10`)
    await settled(WEST, LATE.west)
    await page.getByRole('button', { name: '全部时段' }).click()
    await says(null, all)
  })

  it('weights by severity, and by one each again', async () => {
    await open(`heat=cells&${day(LATE)}&weight=severity`)
    // All are yellow, which counts twice.
    await settled(WEST, 2 * LATE.west)
    expect(await page.locator('.wall-legend').textContent()).toContain('每格加权数')
    await page.getByRole('button', { name: '按轻重加权' }).click()
    await until('the plain legend', async () => (await page.locator('.wall-legend').textContent())!.includes('每格件数'))
    await settled(WEST, LATE.west)
  })

  it('outlines what small numbers made larger, and says so, to whoever may not read single incidents', async () => {
    const chief = page
    try {
      page = await signIn('planner')
      const refused: string[] = []
      page.on('response', (response) => response.status() >= 400 && refused.push(response.url()))
      await open(`heat=cells&${day(FEW)}`)
      await until('the outline', async () => (await probe.drawnIn('heat-merged')) > 0)
      expect(await page.locator('.wall-legend').textContent()).toContain(`不足 ${LEAST} 件的格并成的大格`)
      // Live again: lists say that they are not for this role, and nothing was asked for that it may not have.
      await page.keyboard.press('Escape')
      await until('the live wall', async () => (await page.locator('.wall-rail.right').innerText()).includes('您的角色只看汇总'))
      // Nor is it coloured by what it may not have.
      expect(await page.locator('.wall-legend [role=radio]').allTextContents()).toEqual(['热力'])
      expect(refused).toEqual([])
      await page.context().close()
    } finally {
      page = chief
    }
    await open(`heat=cells&${day(FEW)}`)
    await settled(WEST, FEW.each)
    expect(await probe.drawnIn('heat-merged')).toBe(0)
  })

  it('speaks English, and tells that a tour waits', async () => {
    await open(`heat=density&${day(LATE)}&lang=en&tour=towns`)
    const panels = (await page.locator('.wall-legend, .wall-strip, .heat-left, .heat-right').allTextContents()).join(' ')
    expect(panels).toContain('Reported in the window')
    expect(panels).not.toMatch(/\p{Script=Han}/u)
    expect(await page.locator('.wall-head').textContent()).toContain('Tour paused')
    await page.keyboard.press('l')
    await until('Chinese', async () => (await text()).includes('窗口内上报'))
  })

  it('says that a filter matches nothing', async () => {
    await open(`heat=density&${day(LATE)}&kind=0101`)
    expect(await total()).toBe(0)
    expect(await text()).toContain('移动窗口，或放宽筛选')
    // A kind that nobody knows is no filter.
    await open(`heat=density&${day(LATE)}&kind=0999`)
    expect(await total()).toBe(LATE.west + LATE.east)
  })

  it('shows the map as it stood, and is live again at a key', async () => {
    const instant = (at: number) => new Date(at + SHANGHAI).toISOString().slice(0, 13)
    await open(`heat=replay&at=${instant(REPLAYED.from + DAY)}`)
    await until('the incident of then', async () => (await markers()) === 1)
    expect(await text()).toContain('非实时')
    await page.focus('[role=slider][aria-label=回放时刻]')
    for (let n = 0; n < 2; n++) await page.keyboard.press('Shift+ArrowRight')
    await until('its end', async () => (await markers()) === 0)
    for (let n = 0; n < 2; n++) await page.keyboard.press('Shift+ArrowLeft')
    await until('the incident again', async () => (await markers()) === 1)
    await page.keyboard.press('Escape')
    await until('the present', async () => (await told('heat')) === undefined && page.url() === `${base}/wall`)
    await until('no marker of the past', async () => (await markers()) === 0)
  })

  describe('by daylight, in the analysis', () => {
    const LIGHT = ['#f3e3e8', '#e3b6cc', '#c57faf', '#944d93', '#5f2b72', '#33184a']
    const openLight = async (query: string) => {
      // A list and a bar stand beside the map: cells of 400 m want as much of it as on the wall.
      await page.setViewportSize({ width: 1680, height: 920 })
      await page.goto(`${base}/analysis?${query}`)
      await page.waitForSelector('[data-ready=true]', { timeout: PATIENCE_MS })
      await until('the heat', async () => !['loading', undefined].includes(await told('heat')))
      probe = await Probe.open(page)
    }
    /** Of every text in the legend against what lies behind it: the least contrast (WCAG 2). */
    const leastContrast = () =>
      page.evaluate(() => {
        const paint = new OffscreenCanvas(1, 1).getContext('2d')!
        const light = (colours: string[]) => {
          paint.clearRect(0, 0, 1, 1)
          for (const colour of colours) {
            paint.fillStyle = colour
            paint.fillRect(0, 0, 1, 1)
          }
          const parts = [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3).map((each) => each / 255)
          const [r, g, b] = parts.map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
          return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
        }
        const texts = [...document.querySelectorAll<HTMLElement>('.legend *, .sections *')].filter((each) =>
          [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== ''),
        )
        const ratios = texts.map((each) => {
          const grounds: string[] = []
          for (let at: Element | null = each; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor)
          const [ground, ink] = [light(grounds), light([...grounds, getComputedStyle(each).color])]
          return (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05)
        })
        return Math.min(...ratios)
      })

    it('paints known counts in the light ramp, and every word beside it can be read', async () => {
      await openLight(`heat=cells&${day(LATE)}`)
      expect(await total()).toBe(LATE.west + LATE.east)
      await settled(WEST, LATE.west)
      await settled(EAST, LATE.east)
      expect(await page.locator('.legend ol li').count()).toBe(LIGHT.length)
      const [west, east] = [await colourAt(WEST), await colourAt(EAST)]
      expect(LIGHT.indexOf(west)).toBeGreaterThan(LIGHT.indexOf(east))
      expect(LIGHT.indexOf(east)).toBeGreaterThanOrEqual(0)
      expect(await leastContrast()).toBeGreaterThanOrEqual(4.5)
      await openLight(`heat=density&${day(LATE)}`)
      await until('the top bands', async () => LIGHT.indexOf(await colourAt(WEST)) >= 4)
      await openLight(`heat=units&${day(LATE)}`)
      await settled(WEST, LATE.west)
    })

    it('keeps everything in the address, over a reload and to the other tabs', async () => {
      await openLight(`heat=cells&${day(LATE)}&kind=0301`)
      await page.focus('[role=slider][aria-label=时间窗]')
      for (let n = 0; n < 7; n++) await page.keyboard.press('ArrowLeft')
      await until('the address', async () => page.url().includes(`from=${dayText(EARLY.day)}`))
      await page.reload()
      await until('the same again', async () => (await total()) === EARLY.west + EARLY.east)
      expect(await told('heat')).toBe('cells')
      await page.focus('#tab-heat')
      await page.keyboard.press('ArrowRight')
      await page.waitForSelector('main[data-status=ready] .list h2')
      const query = new URL(page.url()).searchParams
      expect(Object.fromEntries(query)).toEqual({ tab: 'hot', from: dayText(EARLY.day), to: dayText(EARLY.day + DAY), kind: '0301' })
      expect(await page.getByLabel('从', { exact: true }).inputValue()).toBe(dayText(EARLY.day))
      await page.keyboard.press('ArrowLeft')
      await until('the heat of the same day', async () => (await total()) === EARLY.west + EARLY.east)
    })

    it('tells what lies behind a cell, takes a date that is typed, and says when it is none', async () => {
      await openLight(`heat=cells&${day(LATE)}`)
      const { x, y } = await onPage(WEST.place)
      await page.mouse.click(x, y)
      await until('the incidents of the cell', async () => (await page.locator(`[data-picked="${LATE.west}"]`).count()) === 1)
      await page.keyboard.press('Escape')
      await until('nothing picked', async () => (await page.locator('[data-picked]').count()) === 0)
      const from = page.getByLabel('从', { exact: true })
      await from.fill('2026-13-40')
      await from.press('Enter')
      expect(await page.locator('.date [role=alert]').textContent()).toContain('2026-10-25')
      await from.fill(dayText(EARLY.day).replaceAll('-', '/'))
      await from.press('Enter')
      await until('both days', async () => (await told('window')) === `${EARLY.day} ${LATE.day + DAY}`)
      expect(await from.inputValue()).toBe(dayText(EARLY.day))
      expect(await page.locator('.date [role=alert]').count()).toBe(0)
    })

    it('marks what small numbers made larger, in English too', async () => {
      const chief = page
      try {
        page = await signIn('planner')
        await openLight(`heat=cells&${day(FEW)}&lang=en`)
        await until('the outline', async () => (await probe.drawnIn('heat-merged')) > 0)
        expect(await page.locator('main').innerText()).not.toMatch(/\p{Script=Han}/u)
        await openLight(`heat=units&${day(FEW)}&lang=en`)
        const legend = () => page.locator('.legend').first().textContent()
        await until('the words', async () => (await legend())!.includes(`fewer than ${LEAST} have no colour`))
        await page.context().close()
      } finally {
        page = chief
      }
    })
  })

  it('says what the server refuses, and comes back when it answers again', async () => {
    const body = { type: 'about:blank', title: 'Internal error', status: 500, code: 'server-error', detail: 'x', requestId: 'r-1' }
    await page.route('**/api/heat/cube*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', json: body }))
    await page.goto(`${base}/wall?heat=density&${day(LATE)}`)
    await until('the words', async () => (await page.locator('[role=alert]').allTextContents()).some((each) => each.includes('r-1')))
    await page.unroute('**/api/heat/cube*')
    await page.getByRole('button', { name: '重试' }).first().click()
    await until('the heat', async () => (await told('heat')) === 'density')
    expect(await total()).toBe(LATE.west + LATE.east)
    expect(complaints).toEqual([])
  })
})
