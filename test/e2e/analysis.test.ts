/** The analysis in a real browser: what is listed is drawn and explains itself, opens its incidents, lives in the address; reports print. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HotSpots } from '#contract/analysis.ts'
import type { Db } from '../../server/db/db.ts'
import { sql } from '../../server/db/sql.ts'
import { makeToken, makeUser, PASSWORD, startApp, type TestApp } from '../fixtures/app.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { openEmbedded } from '../fixtures/database.ts'
import { pdfTexts } from '../fixtures/pdf-text.ts'
import { loadSample, SAMPLE, SAMPLE_UNTIL } from '../fixtures/sample-county.ts'
import { listenOn } from '../fixtures/server.ts'

const PATIENCE_MS = 30_000
const HOT = { lng: 121.345, lat: 28.545 }

describe.skipIf(!hasChromium())('the analysis in a browser', () => {
  let db: Db
  let app: TestApp
  let server: Awaited<ReturnType<typeof listenOn>>
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let token: string
  const complaints: string[] = []

  const until = async (what: string, holds: () => Promise<boolean>) => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) if (await holds()) return
    throw new Error(`It did not happen: ${what}`)
  }
  const settled = () => until('the answer', async () => (await page.locator('main[data-status]').getAttribute('data-status')) !== 'loading')
  const drawn = async (name: 'results' | 'points') => Number(await page.locator('[data-ready]').getAttribute(`data-${name}`))
  const query = () => new URL(page.url()).searchParams
  const squeeze = (text: string) => text.replace(/\s/g, '')

  beforeAll(async () => {
    buildPages()
    db = await openEmbedded()
    await loadSample(db, { cameras: 0, incidents: 2000 })
    await db.execute(sql`
      insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source, geom, closed_at)
      select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, at, at, ${SAMPLE}, leaf.code, 'inside', '0203', 'yellow',
        'closed', 'grid_worker', place, at + interval '2 hours'
      from generate_series(1, 60) as n,
        lateral (select timestamptz '2026-02-18T00:00:00Z' + n * interval '50 minutes' as at,
          ST_SetSRID(ST_MakePoint(${HOT.lng} + (n % 5) * 0.0004, ${HOT.lat} + (n % 4) * 0.0004), 4326) as place) as made,
        lateral (select code from unit_version where is_leaf and valid_to is null and ST_Covers(geom, place) order by code limit 1) as leaf`)
    await makeUser(db, 'commander', 'commander', SAMPLE)
    token = await makeToken(db, 'administrator')
    app = await startApp(db, {}, () => SAMPLE_UNTIL)
    server = await listenOn(app.handler as never)
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN', reducedMotion: 'reduce' })
    await context.request.post(`${server.url}/api/session`, {
      data: { username: 'commander', password: PASSWORD },
      headers: { origin: server.url },
    })
    page = await context.newPage()
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(`${server.url}/analysis?tab=hot`)
    await page.waitForSelector('[data-ready=true]')
    await settled()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await app?.close()
  })

  it('lists what the server found, draws it, and explains it', async () => {
    const answer = (await (
      await fetch(`${server.url}/api/hot-spots`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as HotSpots
    expect(answer.results.length).toBeGreaterThan(0)
    expect(await page.locator('ol > li').count()).toBe(answer.results.length)
    const [first] = answer.results
    const members = answer.results.reduce((sum, { members: own }) => sum + own.length, 0)
    expect(await drawn('results')).toBe(members + first!.ring.length)
    const text = await page.locator('ol > li').first().innerText()
    for (const figure of [first!.count, first!.expected.toFixed(1), first!.z.toFixed(2)]) expect(text).toContain(String(figure))
    expect(await page.locator('.list').innerText()).toContain('2026-02-01 至 2026-02-28')
  })

  it('is worked by keys: down and up choose, Enter opens the incidents, which are on the map, Escape closes them', async () => {
    await page.locator('ol button.head').first().focus()
    if ((await page.locator('ol > li').count()) > 1) {
      await page.keyboard.press('ArrowDown')
      expect(await page.locator('ol button.head').nth(1).getAttribute('aria-pressed')).toBe('true')
      await page.keyboard.press('ArrowUp')
    }
    await page.keyboard.press('Enter')
    await page.waitForSelector('.incidents')
    const rows = await page.locator('.incidents li').count()
    expect(rows).toBeGreaterThan(10)
    await until('points', async () => (await drawn('points')) === rows)
    await page.keyboard.press('Escape')
    await until('closed', async () => (await drawn('points')) === 0)
    await page.locator('#tab-hot').focus()
    await page.keyboard.press('ArrowRight')
    await settled()
    expect(query().get('tab')).toBe('emerging')
    await until('its own list', async () => (await page.locator('.list h2').innerText()) === '新兴热点')
    await page.keyboard.press('ArrowLeft')
  })

  it('has a map that keys move and enlarge, under a name of its own', async () => {
    const probe = await Probe.open(page)
    const places = [HOT, { lng: HOT.lng + 0.01, lat: HOT.lat }].map(({ lng, lat }): [number, number] => [lng, lat])
    const seen = async () => {
      const [at, beside] = await Promise.all(places.map((place) => probe.onScreen(place)))
      return { x: at!.x, scale: beside!.x - at!.x }
    }
    const canvas = page.getByRole('region', { name: '结果地图' })
    const before = await seen()
    await canvas.press('ArrowRight')
    await until('the map moved', async () => (await seen()).x < before.x - 50)
    await canvas.press('+')
    await until('it enlarged', async () => (await seen()).scale > before.scale * 1.5)
    await page.getByRole('button', { name: '看整个区划' }).click()
    await until('the whole', async () => (await seen()).scale < before.scale * 1.5)
  })

  it('keeps filters in the address, and says in words what cannot be', async () => {
    await page.selectOption('#analysis-kind', '0203')
    await settled()
    expect(query().get('kind')).toBe('0203')
    await page.goto(`${server.url}/analysis?tab=hot&from=2026-03-01&to=2026-02-01&kind=0203`)
    await page.waitForSelector('[role=alert]', { timeout: PATIENCE_MS })
    expect(await page.locator('[role=alert]').innerText()).toContain('before')
    expect(await page.locator('#analysis-kind').inputValue()).toBe('0203')
    // The last seven days by this browser's clock: the sample ends long before.
    await page.locator('.toggle').first().click()
    await page.waitForSelector('.list .empty')
    expect(await page.locator('.list .empty').innerText()).toContain('没有')
    expect(await page.locator('[role=alert]').count()).toBe(0)
    expect(complaints.filter((text) => !/400/.test(text))).toEqual([])
    complaints.length = 0
    await page.goto(`${server.url}/analysis?tab=clusters`)
    await page.waitForSelector('[data-ready=true]')
  })

  it('finds clusters and repeats, and their incidents', async () => {
    for (const tab of ['clusters', 'repeats'] as const) {
      await page.locator(`#tab-${tab}`).click()
      await settled()
      await until(tab, async () => (await page.locator('ol > li').count()) > 0)
      expect(await drawn('results')).toBe(await page.locator('ol > li').count())
      await page.locator('.more .button').first().click()
      await until('points', async () => (await drawn('points')) > 0)
    }
  })

  it('makes a report; its page, its print and its PDF say the same', async () => {
    await page.locator('#tab-reports').click()
    await page.waitForSelector('aside form .loud')
    await page.locator('aside form .loud').click()
    await page.waitForSelector('article h1')
    const cells = (await page.locator('article td').allInnerTexts()).map(squeeze)
    expect(cells.length).toBeGreaterThan(100)
    const address = await page.locator('.acts a').first().getAttribute('href')
    const said = squeeze(
      pdfTexts(await (await context.request.get(server.url + address!)).body())
        .flat()
        .join(''),
    )
    for (const row of await page.locator('article tbody tr').all()) {
      expect(said).toContain((await row.locator('td').allInnerTexts()).map(squeeze).join(''))
    }
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.bar').isVisible()).toBe(false)
    expect(await page.locator('article h1').isVisible()).toBe(true)
    await page.emulateMedia({ media: 'screen' })
    expect(complaints).toEqual([])
  })
})
