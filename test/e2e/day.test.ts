/**
 * A day on the wall, made short: the server's clock leaps from hour to hour and the wall's follows it, while reports come and go by the
 * thousand, the line breaks and the server is started anew. What the page weighs after its first hour it weighs after the last;
 * what it shows is what the database holds.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayStart } from '#model/time.ts'
import { type App, createApp } from '../../server/app.ts'
import { createToken } from '../../server/commands/tokens.ts'
import { readConfig } from '../../server/config.ts'
import type { Db } from '../../server/db/db.ts'
import { openPglite } from '../../server/db/pglite.ts'
import { sql } from '../../server/db/sql.ts'
import { SYSTEM } from '../../server/middleware/actor.ts'
import { makeToken } from '../fixtures/app.ts'
import { buildPages, hasChromium, launchBrowser, Probe, type Reading } from '../fixtures/browser.ts'
import { embeddedFolder } from '../fixtures/database.ts'
import { loadSample } from '../fixtures/sample-county.ts'

const ZONE = 'Asia/Shanghai'
const HOUR_MS = 3_600_000
const HOURS = 25
const FIRST_HOUR = 6
/** Each is filed, accepted and, an hour later, closed: 3 changes. */
const REPORTS_AN_HOUR = 42
const REDS_AN_HOUR = 2
const AT_ONCE = 8
const CUT_EVERY = 5
const RESTART_EVERY = 8
const PATIENCE_MS = 120_000

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(150)) if (await ask()) return
  throw new Error(`It did not happen within two minutes: ${what}`)
}

describe.skipIf(!hasChromium())('a day on the wall', () => {
  let folder: string
  let db: Db
  let app: App
  let server: Server
  let browser: Browser
  let page: Page
  let token: string
  let port = 0
  const lines = new Set<Socket>()
  const complaints: string[] = []

  // Ahead of the real one, so that nothing of today is older than what a table keeps.
  const morning = dayStart(new Date(), ZONE, 1).getTime() + FIRST_HOUR * HOUR_MS
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const leapTo = (instant: number) => (ahead = Math.max(ahead, instant - Date.now()))

  const start = async () => {
    db = await openPglite({ dataDir: folder })
    app = await createApp({ db, config: readConfig({}), log: pino({ level: 'silent' }), now })
    server = createServer((req, res) => {
      if (req.url?.startsWith('/api/stream')) {
        lines.add(req.socket)
        req.socket.once('close', () => lines.delete(req.socket))
      }
      app.handler(req, res)
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  const stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
    await app.close()
    await db.close()
  }
  /** Waits for the wall's line, which may just be coming back, and cuts it. */
  const cutLine = async () => {
    await until('a line to cut', async () => lines.size > 0)
    for (const socket of lines) socket.destroy()
  }

  const url = (path: string) => `http://127.0.0.1:${port}${path}`
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(url(path), body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers })
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }

  let changes = 0
  let accepted: string[] = []
  /** Files a report and accepts it; closes one of the hour before. */
  const oneJob = async (kind: string, n: number, older: string | undefined): Promise<string> => {
    const id = randomUUID()
    const severity = n < REDS_AN_HOUR ? 'red' : n % 3 === 0 ? 'yellow' : 'green'
    const location = [121.31 + ((n * 37) % 100) / 1000, 28.51 + ((n * 61) % 100) / 1000]
    await ask('/api/incidents', { id, kind, severity, text: '', location, occurredAt: now().toISOString(), source: 'grid_worker' })
    await ask(`/api/incidents/${id}/transitions`, { transition: 'accept' })
    if (older) await ask(`/api/incidents/${older}/transitions`, { transition: 'close' })
    changes += older ? 3 : 2
    return id
  }
  const jobs = async (kinds: string[], from: number, to: number): Promise<string[]> => {
    const made: string[] = []
    const worker = async (first: number) => {
      for (let n = first; n < to; n += AT_ONCE) made.push(await oneJob(kinds[(n * 7) % kinds.length]!, n, accepted.pop()))
    }
    await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => worker(from + n)))
    return made
  }

  const text = (selector: string) => page.evaluate((where) => document.querySelector(where)?.textContent ?? '', selector)
  const openIds = async () => {
    const { incidents } = await ask<{ incidents: { id: string; location: unknown }[] }>('/api/incidents/open')
    return incidents.flatMap(({ id, location }) => (location === null ? [] : [id])).sort()
  }
  /** The wall at rest in its new hour: clock turned, nothing missed, no card, figures of now. */
  const rested = async (hour: string) => {
    await until(`${hour} o’clock on the wall`, async () => (await text('header time')).startsWith(`${hour}:`))
    const wanted = (await openIds()).length
    const shown = () => page.evaluate(() => Number(document.querySelector<HTMLElement>('[data-view=overview]')?.dataset['markers']))
    await until(`${wanted} markers`, async () => (await shown()) === wanted)
    await until('the cards gone', async () => !(await page.evaluate(() => document.querySelector('.wall-card') !== null)))
  }
  const countToday = async () => {
    const rows = await db.query<{ n: number }>(
      sql`select count(*)::int as n from incident where reported_at >= ${dayStart(now(), ZONE)}::timestamptz and reported_at <= ${now()}::timestamptz`,
    )
    return rows[0]!.n
  }
  const shownToday = async () => Number((await text('.total strong')).replace(/\D/g, ''))

  beforeAll(async () => {
    buildPages()
    folder = await embeddedFolder()
    leapTo(morning - 60_000)
    await start()
    await loadSample(db, { cameras: 200, incidents: 600 })
    token = await makeToken(db, 'administrator')
    const wall = await createToken(db, SYSTEM, { name: 'wall', purpose: 'wall', role: 'wall', unit: '' })
    browser = await launchBrowser()
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })
    page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(url(`/wall#token=${wall.token}`))
    await until('the map', () => page.evaluate(() => document.querySelector('[data-view=overview][data-ready=true]') !== null))
    await page.evaluate(() => ((window as unknown as { opened: boolean }).opened = true))
  })
  afterAll(async () => {
    await browser?.close()
    if (server) await stop()
  })

  it('does not wear the wall out, and leaves it true', { timeout: 1_200_000 }, async () => {
    const { classes } = await ask<{ classes: { kinds: { code: string }[] }[] }>('/api/kinds')
    const kinds = classes.flatMap((each) => each.kinds.map(({ code }) => code))
    const probe = await Probe.open(page)
    const readings: Reading[] = []
    let [cuts, restarts, midnights] = [0, 0, 0]

    for (let n = 0; n < HOURS; n++) {
      const hour = String((FIRST_HOUR + n) % 24).padStart(2, '0')
      // Shortly before the hour, so that the reports fall on both sides of it, and the wall’s minute hand passes twelve.
      leapTo(morning + n * HOUR_MS - 5_000)
      const half = REPORTS_AN_HOUR / 2
      const first = await jobs(kinds, 0, half)
      if (n % CUT_EVERY === 3) {
        await cutLine()
        cuts++
      }
      if (n % RESTART_EVERY === 5) {
        await stop()
        await start()
        restarts++
      }
      const second = await jobs(kinds, half, REPORTS_AN_HOUR)
      accepted = [...first, ...second]
      // Reds that were accepted leave their card a minute later.
      leapTo(morning + n * HOUR_MS + 55_000)
      await sleep(2_500)
      leapTo(morning + n * HOUR_MS + 3 * 60_000)
      await rested(hour)
      if (hour === '00') {
        midnights++
        await until('a new day’s count', async () => (await shownToday()) === (await countToday()))
        expect(await countToday()).toBeLessThanOrEqual(REPORTS_AN_HOUR)
      }
      if (n === 0 || n === Math.floor(HOURS / 2) || n === HOURS - 1) readings.push(await probe.read())
    }

    const [early, noon, end] = readings as [Reading, Reading, Reading]
    const weights = `${changes} changes\n${readings.map((each) => JSON.stringify(each)).join('\n')}`
    expect(changes).toBeGreaterThan(3_000)
    expect([cuts, restarts, midnights]).toEqual([5, 3, 1])
    // One page from the first to the last minute: nothing was cured by loading it anew.
    expect(await page.evaluate(() => (window as unknown as { opened?: boolean }).opened)).toBe(true)
    expect(complaints).toEqual([])

    for (const later of [noon, end]) {
      // Lists have caps and the histogram a tick for each red of the day; the log of changes and what has left are kept up to a bound.
      expect(later.elements, weights).toBeLessThan(early.elements * 1.1)
      expect(later.nodes, weights).toBeLessThan(early.nodes * 1.3 + 300)
      expect(later.listeners, weights).toBeLessThan(early.listeners + 10)
      // Code that is compiled late and lists that fill up to their caps: megabytes, whatever the page weighed at first.
      expect(later.heapBytes, weights).toBeLessThan(early.heapBytes + 5_000_000)
      expect([later.maps, later.layers, later.sources], weights).toEqual([early.maps, early.layers, early.sources])
    }

    await until('the day’s total', async () => (await shownToday()) === (await countToday()))
    expect(await probe.markerIds()).toEqual(await openIds())
  })
})
