/**
 * Heat in a browser, with WebGL in software: only ratios within one run mean anything. First heat after the page is ready, what it and the
 * full brush cost in bytes, what a step of the brush costs, frames while it is dragged against frames at rest; beside it the plain ways,
 * at the sizes they still bear.
 *
 *   node --import tsx test/bench/heat-screen.ts [--incidents 1630000] [--plain 20000,200000] [--seconds 8]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { decodeCube } from '#model/heat/cube.ts'
import { createSums } from '#model/heat/window.ts'
import { readDemoCounty } from '../../server/boot/demo-template.ts'
import { ensureDemo } from '../../server/commands/seed.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openDb } from '../../server/db/open.ts'
import { HeatPainter } from '../../web/map/heat/painter.ts'
import { makeUser, PASSWORD } from '../fixtures/app.ts'
import { markdownTable, median } from '../fixtures/benchmark.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { PLAIN_WAYS, type PlainWay, servePlainHeat } from '../fixtures/plain-heat.ts'
import { type ServerProcess, startServer } from '../fixtures/server-process.ts'

const { values: options } = parseArgs({
  options: {
    incidents: { type: 'string', default: '1630000' },
    plain: { type: 'string', default: '20000,200000' },
    seconds: { type: 'string', default: '8' },
  },
})
const INCIDENTS = Number(options.incidents)
const SECONDS = Number(options.seconds)
const SCREEN = { width: 1920, height: 1080 }
const USER = 'bench'
const PATIENCE_MS = 60_000
const round = (value: number, digits = 1): number => +value.toFixed(digits)

/** Runs in the page before its own code: when the map was there, and when its heat was. */
const noteTimes = () => {
  const own = window as unknown as { readyAt?: number; heatAt?: number }
  // No function with a name: what compiles this file would call a helper that the page does not have.
  const timer = setInterval(() => {
    if (document.querySelector('[data-view=overview][data-ready=true]')) own.readyAt ??= performance.now()
    const heat = document.querySelector<HTMLElement>('[data-heat]')?.dataset['heat']
    if (heat && heat !== 'loading' && own.readyAt !== undefined) own.heatAt ??= performance.now()
    if (own.heatAt !== undefined) clearInterval(timer)
  }, 5)
}

/** How busy the page is can be asked for without making it paint: then no frame is noted. */
const noteNoPainting = () => void ((window as unknown as { paintedAt: number[] }).paintedAt = [])

async function stage(): Promise<{ server: ServerProcess; close(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gridward-bench-heat-'))
  const db = await openDb({ databaseUrl: undefined, embeddedDir: join(dataDir, 'cluster') })
  await migrate(db)
  await ensureDemo(db, { until: new Date(), incidents: INCIDENTS }, readDemoCounty)
  await makeUser(db, USER, 'commander')
  await db.close()
  const server = await startServer({ dataDir })
  return {
    server,
    async close() {
      await server.kill('SIGTERM')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Answers when the index holds everything: until then the database answers, which is another bench. */
async function whenFilled({ url, token }: ServerProcess): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(500)) {
    const answer = await fetch(`${url}/readyz`, { headers: { authorization: `Bearer ${token}` } })
    const { heat } = (await answer.json()) as { heat?: { state: string } }
    if (heat?.state === 'ready') return
  }
  throw new Error('The heat index did not fill.')
}

const drag = async (page: Page): Promise<void> => {
  const box = (await page.locator('.wall-strip [role=slider]').first().boundingBox())!
  const y = box.y + 12
  await page.mouse.move(box.x + box.width / 2, y)
  await page.mouse.down()
  const end = Date.now() + SECONDS * 1000
  for (let n = 0; Date.now() < end; n++) await page.mouse.move(box.x - 100 - 300 * (1 + Math.sin(n / 12)), y)
  await page.mouse.up()
}

/** The cube of a year by days, as the wall asks for it, and what a step in it costs without a browser. */
async function stepCost({ url, token }: ServerProcess, cell: number): Promise<{ bytes: number; bands: number; cells: number }> {
  const today = new Date(Math.floor((Date.now() + 8 * 3_600_000) / 86_400_000) * 86_400_000 - 8 * 3_600_000)
  const from = new Date(today.getTime() - 364 * 86_400_000)
  const query = new URLSearchParams({
    from: from.toISOString(),
    to: new Date(today.getTime() + 86_400_000).toISOString(),
    step: 'day',
    cell: `${cell}`,
  })
  const answer = await fetch(`${url}/api/heat/cube?${query}`, { headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' } })
  const bytes = Number(answer.headers.get('content-length') ?? NaN)
  const sums = createSums(decodeCube(new Uint8Array(await answer.arrayBuffer())))
  const time = (look: 'bands' | 'cells') => {
    const painter = new HeatPainter(sums, { look, weighted: false, sigma: 400, colours: 7 })
    painter.paint(0, 7)
    const times: number[] = []
    for (let n = 0; n < 200; n++) {
      const began = performance.now()
      painter.paint(n, n + 7)
      times.push(performance.now() - began)
    }
    return median(times)
  }
  return { bytes, bands: time('bands'), cells: time('cells') }
}

async function measureWall(server: ServerProcess): Promise<string> {
  const browser = await launchBrowser()
  const context = await browser.newContext({ viewport: SCREEN, reducedMotion: 'reduce' })
  await context.request.post(`${server.url}/api/session`, { data: { username: USER, password: PASSWORD }, headers: { origin: server.url } })
  await context.addInitScript(noteTimes)
  const page = await context.newPage()
  const sizes: { cube: number; counts: number } = { cube: 0, counts: 0 }
  page.on('requestfinished', (request) => {
    const kind = /api\/heat\/cube/.test(request.url()) ? 'cube' : /api\/aggregates/.test(request.url()) ? 'counts' : null
    if (kind) void request.sizes().then(({ responseBodySize }) => (sizes[kind] += responseBodySize))
  })
  await page.goto(`${server.url}/wall?heat=density`, { timeout: PATIENCE_MS })
  await page.waitForFunction(() => (window as unknown as { heatAt?: number }).heatAt !== undefined, null, { timeout: PATIENCE_MS })
  const [ready, heat] = await page.evaluate(() => {
    const { readyAt, heatAt } = window as unknown as { readyAt: number; heatAt: number }
    return [readyAt, heatAt] as const
  })
  await sleep(4_000)
  const probe = await Probe.open(page)
  await probe.keepRepainting()
  await sleep(2_000)
  const rest = await probe.frames(() => sleep(SECONDS * 1000))
  const dragging = await probe.frames(() => drag(page))
  await browser.close()
  const [coarse, fine] = [await stepCost(server, 200), await stepCost(server, 100)]
  const row = (what: string, value: number | string) => ({ what, value })
  return markdownTable([
    row('incidents', INCIDENTS),
    row('page ready, ms', Math.round(ready)),
    row('first heat after page ready, ms', Math.round(heat - ready)),
    row('cube, KB gzip or br', round(sizes.cube / 1024)),
    row('counts beside the map, KB gzip or br', round(sizes.counts / 1024)),
    row('full brush: cube of a year by days, 200 m, KB gzip', round(coarse.bytes / 1024)),
    row('the same at 100 m, KB gzip', round(fine.bytes / 1024)),
    row('one step: sums and smoothing at 200 m, ms CPU', round(coarse.bands, 2)),
    row('the same at 100 m, ms CPU', round(fine.bands, 2)),
    row('one step: cells of 200 m, ms CPU', round(coarse.cells, 2)),
    row('frame p50 at rest / dragging, ms', `${round(rest.p50)} / ${round(dragging.p50)}`),
    row('dragging ÷ rest, p50', round(dragging.p50 / rest.p50, 2)),
  ])
}

/** Points where people live, by turns: the demo's own scatter. */
async function pointsOf(count: number): Promise<Float32Array> {
  const { buildings } = await readDemoCounty()
  const points = new Float32Array(count * 2)
  for (let n = 0; n < count; n++) points.set(buildings[(n * 7919) % buildings.length]!.location, n * 2)
  return points
}

async function measurePlain(count: number): Promise<Record<string, string | number>[]> {
  const served = await servePlainHeat(await pointsOf(count))
  const measure = async (way: PlainWay) => {
    const browser = await launchBrowser()
    const page = await browser.newPage({ viewport: SCREEN })
    try {
      await page.goto(`${served.url}/?way=${encodeURIComponent(way)}`, { timeout: PATIENCE_MS })
      await page.waitForFunction(() => (window as unknown as { firstHeat?: number }).firstHeat, null, { timeout: PATIENCE_MS })
      const first = await page.evaluate(() => (window as unknown as { firstHeat: number }).firstHeat)
      const probe = await Probe.open(page)
      await page.evaluate(noteNoPainting)
      const began = Date.now()
      const { busy } = await probe.frames(async () => {
        for (let n = 0; n < 10; n++) {
          await page.evaluate((from) => (window as unknown as { step(from: number): void }).step(from), n * 7)
          await sleep(250)
        }
      })
      return {
        points: count,
        way,
        'first heat, ms': Math.round(first),
        'one step, ms of its thread': round((busy * (Date.now() - began)) / 10),
      }
    } catch (error) {
      return { points: count, way, 'first heat, ms': (error as Error).message.split('\n')[0]!, 'one step, ms of its thread': '' }
    } finally {
      await browser.close()
    }
  }
  const rows = []
  for (const way of PLAIN_WAYS) rows.push(await measure(way))
  await served.close()
  return rows
}

process.stdout.write('## Heat in a browser\n\n')
if (!hasChromium()) {
  process.stdout.write('Chromium is not installed: left out.\n')
} else {
  buildPages()
  const { server, close } = await stage()
  await whenFilled(server)
  process.stdout.write(`${await measureWall(server)}\n\nThe plain ways, from raw points, each step a window of seven days of 365:\n\n`)
  await close()
  const rows: Record<string, string | number>[] = []
  for (const count of options.plain.split(',').map(Number)) rows.push(...(await measurePlain(count)))
  process.stdout.write(`${markdownTable(rows)}\n`)
}
