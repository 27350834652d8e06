/** What a browser may be like: with several tabs, silent until touched, without WebGL. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../server/db/db.ts'
import { hasChromium, launchBrowser } from '../fixtures/browser.ts'
import { openEmbedded } from '../fixtures/database.ts'
import { loadSample } from '../fixtures/sample-county.ts'
import { complaintsOf, markersOn, startWallServer, until, type WallServer } from '../fixtures/wall-server.ts'

const PLACE: [number, number] = [121.405, 28.535]
const text = (page: Page, selector: string) => page.evaluate((where) => document.querySelector(where)?.textContent ?? '', selector)

describe.skipIf(!hasChromium())('a browser', () => {
  let db: Db
  let server: WallServer
  let browser: Browser
  beforeAll(async () => {
    db = await openEmbedded()
    await loadSample(db, { cameras: 60, incidents: 300 })
    server = await startWallServer(db)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it('has one line to the server however many tabs are open, and keeps it as long as one is', async () => {
    const context = await server.context(browser)
    const tabs = [await context.newPage(), await context.newPage(), await context.newPage()]
    for (const tab of tabs) {
      await tab.goto(`${server.url}/wall`)
      await until('the markers of a tab', async () => (await markersOn(tab)) > 0)
    }
    expect(server.streams()).toBe(1)

    const before = await Promise.all(tabs.map(markersOn))
    await server.file('green', PLACE)
    for (const [n, tab] of tabs.entries()) await until('the report in every tab', async () => (await markersOn(tab)) === before[n]! + 1)

    // The tab that opened the line goes; the others live on by the same.
    await tabs[0]!.close()
    await server.file('green', PLACE)
    for (const tab of tabs.slice(1)) await until('the next report', async () => (await markersOn(tab)) === before[1]! + 2)
    expect(server.streams()).toBe(1)

    await Promise.all(tabs.slice(1).map((tab) => tab.close()))
    await until('the line to end with the last tab', () => server.streams() === 0)
    await context.close()
  })

  it('asks for a touch before it sounds, says whether it does, and remembers to be mute', async () => {
    const context = await server.context(browser)
    // What is heard, by its pitch.
    await context.addInitScript(() => {
      const own = window as unknown as { notes: number[] }
      own.notes = []
      const start = OscillatorNode.prototype.start
      OscillatorNode.prototype.start = function (...at) {
        own.notes.push(Math.round(this.frequency.value))
        return start.apply(this, at)
      }
    })
    const page = await context.newPage()
    const notes = () => page.evaluate(() => (window as unknown as { notes: number[] }).notes)
    const says = (what: string) => until(what, async () => (await text(page, 'header .right')).includes(what))
    await page.goto(`${server.url}/wall`)
    // What the test asks of a page counts as a gesture, unless it is asked in this way.
    const cdp = await context.newCDPSession(page)
    await until('the request for a touch', async () => {
      const expression = "document.querySelector('header .right')?.textContent ?? ''"
      const { result } = await cdp.send('Runtime.evaluate', { expression, userGesture: false })
      return (result.value as string).includes('点此开提示音')
    })

    await page.mouse.click(640, 300)
    await says('提示音开')
    await server.file('red', PLACE)
    await until('two notes', async () => (await notes()).length === 2)
    expect(await notes()).toEqual([659, 880])

    await page.keyboard.press('s')
    await says('提示音关')
    await page.reload()
    await until('the markers', async () => (await markersOn(page)) > 0)
    await says('提示音关')
    await page.mouse.click(640, 300)
    const cards = () => page.evaluate(() => document.querySelectorAll('[data-ring]').length)
    const shown = await cards()
    await server.file('red', PLACE)
    await until('the red on the map', async () => (await cards()) > shown)
    expect(await notes()).toEqual([])
    await context.close()
  })

  it('without WebGL says so plainly, in its language, and still shows figures and lists', async () => {
    const blind = await launchBrowser('--disable-3d-apis')
    const context = await server.context(blind)
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    await page.goto(`${server.url}/wall`)
    await until('the plain page', async () => (await text(page, '[role=alert] h2')) === '这台机器的浏览器不能画地图')
    await until('the day’s total', async () => /\d/.test(await text(page, '.total strong')))
    expect(await page.evaluate(() => document.querySelector('canvas.maplibregl-canvas'))).toBeNull()
    const today = async () => Number((await text(page, '.total strong')).replace(/\D/g, ''))
    const before = await today()
    await server.file('red', PLACE)
    await until('the report in the total', async () => (await today()) === before + 1)
    await page.keyboard.press('l')
    await until('English', async () => (await text(page, '[role=alert] h2')) === 'This browser cannot draw the map')
    expect(complaints).toEqual([])
    await blind.close()
  })
})
