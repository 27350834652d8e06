/** The wall in a real browser against the real server on the embedded database: what is painted, and what a change does to it. */
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../server/db/db.ts'
import { makeToken, makeUser, PASSWORD, startApp, type TestApp } from '../fixtures/app.ts'
import { openEmbedded } from '../fixtures/database.ts'
import { loadSample, SAMPLE } from '../fixtures/sample-county.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const GL = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']
const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const TOWN = `${SAMPLE}001`
/** Well inside the sample county, away from its labels. */
const PLACE: [number, number] = [121.405, 28.535]
const PATIENCE_MS = 60_000

/** Asks until the answer is true; throws with `what` after a minute. */
async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(150)) if (await ask()) return
  throw new Error(`It did not happen within a minute: ${what}`)
}

describe.skipIf(!existsSync(CHROMIUM))('the wall in a browser', () => {
  let db: Db
  let app: TestApp
  let server: Server
  let port = 0
  let browser: Browser
  let page: Page
  let token: string
  const foreign: string[] = []
  const complaints: string[] = []

  const listen = async () => {
    server = createServer(app.handler as RequestListener)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  const url = (path: string) => `http://127.0.0.1:${port}${path}`
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(url(path), body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers })
    expect(response.ok, `${path} answers ${response.status}`).toBe(true)
    return (await response.json()) as T
  }
  const file = async (severity: string, location = PLACE) => {
    const { classes } = await ask<{ classes: { kinds: { code: string }[] }[] }>('/api/kinds')
    const id = randomUUID()
    const kind = classes[0]!.kinds[0]!.code
    await ask('/api/incidents', { id, kind, severity, text: '', location, occurredAt: new Date().toISOString(), source: 'grid_worker' })
    return id
  }
  const markers = () => page.evaluate(() => Number(document.querySelector<HTMLElement>('[data-view=overview]')?.dataset['markers'] ?? -1))
  const openWithPlace = async () => {
    const { incidents } = await ask<{ incidents: { location: unknown }[] }>('/api/incidents/open')
    return incidents.filter(({ location }) => location !== null).length
  }
  const ring = (id: string) =>
    page.evaluate((of) => {
      const at = document.querySelector(`[data-view=overview] [data-ring="${of}"]`)?.getBoundingClientRect()
      return at ? { x: at.x, y: at.y } : null
    }, id)

  /** Colours as `rgb` numbers around a place of the screen, decoded by a page without a policy. */
  const colours = async (x: number, y: number): Promise<number[]> => {
    const clip = { x: Math.round(x) - 14, y: Math.round(y) - 14, width: 28, height: 28 }
    const png = (await page.screenshot({ clip })).toString('base64')
    const blank = await browser.newPage()
    const found = await blank.evaluate(async (data) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))]))
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
      pen.drawImage(bitmap, 0, 0)
      const { data: bytes } = pen.getImageData(0, 0, bitmap.width, bitmap.height)
      return Array.from({ length: bytes.length / 4 }, (_pixel, n) => bytes[n * 4]! * 65_536 + bytes[n * 4 + 1]! * 256 + bytes[n * 4 + 2]!)
    }, png)
    await blank.close()
    return found
  }
  const RED = 0xff5a4f

  beforeAll(async () => {
    execFileSync(process.execPath, ['--input-type=module', '-e', "await (await import('./server/cli/web-build.mjs')).buildWeb()"], {
      stdio: 'ignore',
    })
    db = await openEmbedded()
    await loadSample(db, { cameras: 200, incidents: 1_500 })
    await makeUser(db, 'chief', 'commander')
    token = await makeToken(db, 'administrator')
    app = await startApp(db)
    await listen()
    browser = await chromium.launch({ headless: true, executablePath: CHROMIUM, args: [...QUIET, ...GL] })
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })
    // How often anything asked for a frame: a wall that stands still asks for none.
    await context.addInitScript(() => {
      const own = window as unknown as { frames: number }
      own.frames = 0
      const ask = window.requestAnimationFrame.bind(window)
      window.requestAnimationFrame = (then) => (own.frames++, ask(then))
    })
    page = await context.newPage()
    page.on('request', (request) => {
      const to = new URL(request.url())
      if (to.host !== `127.0.0.1:${port}` && !['data:', 'blob:'].includes(to.protocol)) foreign.push(request.url())
    })
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
  })
  afterAll(async () => {
    await browser?.close()
    server?.closeAllConnections()
    await app?.close()
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  })

  it('sends whoever is not signed in to sign in, and back to where they were going', async () => {
    await page.goto(url(`/wall?unit=${TOWN}`))
    await until('the page to sign in', async () => page.url().includes('/login'))
    await page.fill('input[autocomplete=username]', 'chief')
    await page.fill('input[autocomplete=current-password]', PASSWORD)
    await page.keyboard.press('Enter')
    await until('the wall', async () => page.url() === url(`/wall?unit=${TOWN}`))
    // The refusals that led here are the browser's to report.
    complaints.length = 0
  })

  it('paints every open incident that has a place, and asks nobody but its own server', async () => {
    const wanted = await openWithPlace()
    expect(wanted).toBeGreaterThan(10)
    await until(`${wanted} markers`, async () => (await markers()) === wanted)
    expect(foreign).toEqual([])
    expect(complaints).toEqual([])
  })

  it('goes up by Esc, and the address follows', async () => {
    await page.keyboard.press('Escape')
    await until('the county', async () => page.url() === url('/wall'))
  })

  it('shows a new red where it happened, without being asked', async () => {
    // Whoever touches the map keeps it: it will not fly, and the place stays where it is.
    await page.mouse.move(640, 250)
    await page.mouse.down()
    await page.mouse.move(646, 254, { steps: 3 })
    await page.mouse.up()
    const before = await markers()
    const probe = await file('green')
    await until('the first report', async () => (await markers()) === before + 1)
    const id = await file('red')
    await until('the ring of the red', async () => (await ring(id)) !== null)
    const { x, y } = (await ring(id))!
    await until('the red marker', async () => (await colours(x, y)).filter((rgb) => rgb === RED).length > 100)
    await ask(`/api/incidents/${id}/transitions`, { transition: 'accept' })
    await until('calm', async () => (await ring(id)) === null)
    expect((await colours(x, y)).filter((rgb) => rgb === RED).length).toBeGreaterThan(100)
    await ask(`/api/incidents/${id}/transitions`, { transition: 'close' })
    await ask(`/api/incidents/${probe}/transitions`, { transition: 'close' })
    await until('both gone', async () => (await markers()) === before)
    await until('no red left', async () => !(await colours(x, y)).includes(RED))
  })

  it('asks for no frames while nothing changes', async () => {
    const frames = () => page.evaluate(() => (window as unknown as { frames: number }).frames)
    await until('rest', async () => {
      const had = await frames()
      await sleep(2_500)
      return (await frames()) - had < 5
    })
  })

  it('says that the line is broken, and shows afterwards what it has missed', async () => {
    const stale = () => page.evaluate(() => document.querySelector<HTMLElement>('[data-view=overview]')!.dataset['live'] === 'broken')
    expect(await stale()).toBe(false)
    const before = await markers()
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await until('the stale look', stale)
    await listen()
    const id = await file('yellow')
    await until('the line', async () => !(await stale()))
    await until('what was missed', async () => (await markers()) === before + 1)
    await ask(`/api/incidents/${id}/transitions`, { transition: 'cancel' })
    await until('the cancelled one gone', async () => (await markers()) === before)
  })

  it('speaks English at a key, markers and all', async () => {
    await page.keyboard.press('l')
    await until('English', () => page.evaluate(() => document.documentElement.lang === 'en'))
  })
})
