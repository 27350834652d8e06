/**
 * Heat in a browser, with WebGL in software: only ratios within one run mean anything. The wall of a demo county: when its heat is drawn
 * after the page is ready, what that and the whole brush cost in bytes, frames while the brush is dragged against frames at rest. A step
 * of the brush, for a cube of many incidents too, beside turf's ways; and the plain ways to draw raw points, at the sizes they still bear.
 *
 *   node --import tsx test/bench/heat-screen.ts [--incidents 20000] [--large 1630000] [--plain 10000,100000] [--seconds 8] [--runs 3]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import * as turf from '@turf/turf'
import type { Browser, Page } from 'playwright-core'
import { decodeCube } from '#model/heat/cube.ts'
import type { IncidentColumns } from '#model/heat/incident-columns.ts'
import { createSums } from '#model/heat/window.ts'
import type { County } from '../../data/generator/county.ts'
import { readDemoCounty } from '../../server/boot/demo-template.ts'
import { ensureDemo } from '../../server/commands/seed.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openDb } from '../../server/db/open.ts'
import { HeatPainter } from '../../web/map/heat/painter.ts'
import { makeUser, PASSWORD } from '../fixtures/app.ts'
import { markdownTable, median } from '../fixtures/benchmark.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { fillColumns, pointsOf, yearCube } from '../fixtures/large-heat.ts'
import { PLAIN_WAYS, type PlainWay, servePlainHeat } from '../fixtures/plain-heat.ts'
import { type ServerProcess, startServer } from '../fixtures/server-process.ts'

const { values: options } = parseArgs({
  options: {
    incidents: { type: 'string', default: '20000' },
    large: { type: 'string', default: '1630000' },
    plain: { type: 'string', default: '10000,100000' },
    seconds: { type: 'string', default: '8' },
    runs: { type: 'string', default: '3' },
  },
})
const [INCIDENTS, LARGE, SECONDS, RUNS] = [options.incidents, options.large, options.seconds, options.runs].map(Number) as number[]
const PLAIN = options.plain.split(',').map(Number)
const SCREEN = { width: 1920, height: 1080 }
const USER = 'bench'
const PATIENCE_MS = 60_000
const WINDOW_DAYS = 7
const UNTIL = new Date()
const round = (value: number, digits = 1): number => +value.toFixed(digits)
type Row = Record<string, string | number>

interface Noted {
  /** When the map was there, its style loaded; milliseconds of the page. */
  readyAt?: number
  /** When the numbers were there. */
  countedAt?: number
  /** When the heat's texture was first drawn. */
  drawnAt?: number
}

/** Runs in the page before its own code. No function with a name: what compiles this file would call a helper that the page does not have. */
const noteTimes = () => {
  const own = window as unknown as Noted
  const prototype = WebGL2RenderingContext.prototype as unknown as Record<string, (...given: unknown[]) => unknown>
  const [upload, draw] = [prototype['texImage2D']!, prototype['drawArrays']!]
  let uploaded = false
  prototype['texImage2D'] = function (this: unknown, ...given: unknown[]) {
    // Nothing else on the page's maps has textures of one half float.
    uploaded ||= given[2] === WebGL2RenderingContext.R16F
    return upload.apply(this, given)
  }
  prototype['drawArrays'] = function (this: unknown, ...given: unknown[]) {
    if (uploaded) own.drawnAt ??= performance.now()
    return draw.apply(this, given)
  }
  const timer = setInterval(() => {
    if (document.querySelector('[data-view=overview][data-ready=true]')) own.readyAt ??= performance.now()
    if (document.querySelector('[data-total]')) own.countedAt ??= performance.now()
    if (own.readyAt !== undefined && own.countedAt !== undefined) clearInterval(timer)
  }, 5)
}

/** How busy the page is can be asked for without making it paint: then no frame is noted. */
const noteNoPainting = () => void ((window as unknown as { paintedAt: number[] }).paintedAt = [])

async function stage(): Promise<{ server: ServerProcess; close(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gridward-bench-heat-'))
  const db = await openDb({ databaseUrl: undefined, embeddedDir: join(dataDir, 'cluster') })
  await migrate(db)
  await ensureDemo(db, { until: UNTIL, incidents: INCIDENTS! }, readDemoCounty)
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
  const end = Date.now() + SECONDS! * 1000
  for (let n = 0; Date.now() < end; n++) await page.mouse.move(box.x - 100 - 300 * (1 + Math.sin(n / 12)), y)
  await page.mouse.up()
}

interface Opened {
  page: Page
  noted: Required<Noted>
  bytes: { cube: number; counts: number }
}

/** The wall's heat in a browser that has seen nothing yet. */
async function openWall(browser: Browser, server: ServerProcess): Promise<Opened> {
  const context = await browser.newContext({ viewport: SCREEN, reducedMotion: 'reduce' })
  await context.request.post(`${server.url}/api/session`, { data: { username: USER, password: PASSWORD }, headers: { origin: server.url } })
  await context.addInitScript(noteTimes)
  const page = await context.newPage()
  const bytes = { cube: 0, counts: 0 }
  page.on('requestfinished', (request) => {
    const kind = /api\/heat\/cube/.test(request.url()) ? 'cube' : /api\/aggregates/.test(request.url()) ? 'counts' : null
    if (kind) void request.sizes().then(({ responseBodySize }) => (bytes[kind] += responseBodySize))
  })
  await page.goto(`${server.url}/wall?heat=density`, { timeout: PATIENCE_MS })
  await page.waitForFunction(
    () => (window as unknown as Noted).drawnAt !== undefined && (window as unknown as Noted).countedAt !== undefined,
    null,
    { polling: 100, timeout: PATIENCE_MS },
  )
  const noted = await page.evaluate(() => {
    const { readyAt, countedAt, drawnAt } = window as unknown as Required<Noted>
    return { readyAt, countedAt, drawnAt }
  })
  return { page, noted, bytes }
}

async function measureWall(server: ServerProcess): Promise<Row[]> {
  const all: Required<Noted>[] = []
  for (let run = 1; run < RUNS!; run++) {
    const browser = await launchBrowser()
    all.push((await openWall(browser, server)).noted)
    await browser.close()
  }
  const browser = await launchBrowser()
  const { page, noted, bytes } = await openWall(browser, server)
  all.push(noted)
  await sleep(4_000)
  const probe = await Probe.open(page)
  await probe.keepRepainting()
  await sleep(2_000)
  const rest = await probe.frames(() => sleep(SECONDS! * 1000))
  const dragging = await probe.frames(() => drag(page))
  await browser.close()
  const of = (name: keyof Noted) => Math.round(median(all.map((each) => each[name])))
  const after = (name: keyof Noted) => Math.round(median(all.map((each) => each[name] - each.readyAt)))
  const row = (what: string, value: number | string): Row => ({ what, value })
  return [
    row('incidents', INCIDENTS!),
    row('page ready, ms', of('readyAt')),
    row('first heat drawn after page ready, ms', after('drawnAt')),
    row('its counts beside the map after page ready, ms', after('countedAt')),
    row('cube, compressed KB', round(bytes.cube / 1024)),
    row('counts beside the map, compressed KB', round(bytes.counts / 1024)),
    row('frame p50 at rest / dragging, ms', `${round(rest.p50)} / ${round(dragging.p50)}`),
    row('dragging ÷ rest, p50', round(dragging.p50 / rest.p50, 2)),
    row('main thread busy at rest / dragging', `${Math.round(rest.busy * 100)} % / ${Math.round(dragging.busy * 100)} %`),
  ]
}

/** Median CPU milliseconds of windows of a week all over the year. */
function stepCost(painter: HeatPainter): number {
  painter.paint(0, WINDOW_DAYS)
  const times: number[] = []
  for (let n = 0; n < 200; n++) {
    const began = performance.now()
    painter.paint(n, n + WINDOW_DAYS)
    times.push(performance.now() - began)
  }
  return round(median(times), 2)
}

/** What the browser does with a cube, without a browser. */
function measureBrush(columns: IncidentColumns, county: County, metres: 100 | 200): Row {
  const bytes = yearCube(columns, county, UNTIL, metres)
  const began = performance.now()
  const sums = createSums(decodeCube(bytes))
  const opened = performance.now() - began
  const painter = (look: 'bands' | 'cells') => new HeatPainter(sums, { look, weighted: false, sigma: 400, colours: 7 })
  return {
    incidents: columns.size,
    'cells, m': metres,
    'full brush, gzip KB': Math.round(gzipSync(bytes).length / 1024),
    'opened, ms': round(opened),
    'one step, smooth, ms': stepCost(painter('bands')),
    'one step, cells, ms': stepCost(painter('cells')),
  }
}

/** One window of a week by turf, on cells of 400 m, against a step of our own brush with as many incidents. */
function measureTurf(county: County, count: number): Row {
  const places = pointsOf(county, count)
  const inWindow = Array.from({ length: Math.round((count * WINDOW_DAYS) / 365) }, (_, n) =>
    turf.point([places[n * 2]!, places[n * 2 + 1]!], { one: 1 }),
  )
  const points = turf.featureCollection(inWindow)
  const box = turf.bbox(points)
  const timed = (work: () => unknown) => {
    const began = performance.now()
    work()
    return round(performance.now() - began)
  }
  const ours = createSums(decodeCube(yearCube(fillColumns(county, count, UNTIL), county, UNTIL, 400)))
  return {
    incidents: count,
    'in the window': inWindow.length,
    'squareGrid + collect, ms': timed(() => turf.collect(turf.squareGrid(box, 0.4), points, 'one', 'ones')),
    'interpolate, ms': timed(() => turf.interpolate(points, 0.4, { gridType: 'square', property: 'one', weight: 2 })),
    'ours, cells, ms': stepCost(new HeatPainter(ours, { look: 'cells', weighted: false, sigma: 400, colours: 7 })),
    'ours, smooth, ms': stepCost(new HeatPainter(ours, { look: 'bands', weighted: false, sigma: 400, colours: 7 })),
  }
}

async function measurePlain(county: County, count: number): Promise<Row[]> {
  const served = await servePlainHeat(pointsOf(county, count))
  const measure = async (way: PlainWay): Promise<Row> => {
    const browser = await launchBrowser()
    const page = await browser.newPage({ viewport: SCREEN })
    try {
      await page.goto(`${served.url}/?way=${encodeURIComponent(way)}`, { timeout: PATIENCE_MS })
      await page.waitForFunction(() => (window as unknown as { firstHeat?: number }).firstHeat, null, {
        polling: 100,
        timeout: PATIENCE_MS,
      })
      const first = await page.evaluate(() => (window as unknown as { firstHeat: number }).firstHeat)
      const probe = await Probe.open(page)
      await page.evaluate(noteNoPainting)
      const began = Date.now()
      const { busy } = await probe.frames(async () => {
        for (let n = 0; n < 10; n++) {
          await page.evaluate((from) => (window as unknown as { step(from: number): void }).step(from), n * WINDOW_DAYS)
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
  const rows: Row[] = []
  for (const way of PLAIN_WAYS) rows.push(await measure(way))
  await served.close()
  return rows
}

const tell = (heading: string, rows: readonly Row[]) => process.stdout.write(`${heading}\n\n${markdownTable(rows)}\n\n`)

process.stdout.write('## Heat in a browser\n\n')
const loadNow = () => round(loadavg()[0]!)
const loadBefore = loadNow()
if (!hasChromium()) {
  process.stdout.write('Chromium is not installed: left out.\n')
} else {
  buildPages()
  const county = await readDemoCounty()
  const { server, close } = await stage()
  await whenFilled(server)
  tell(`The wall in a browser that has seen nothing yet, ${SCREEN.width} × ${SCREEN.height}, median of ${RUNS}; frames painted without a pause:`, await measureWall(server)) // prettier-ignore
  await close()
  const large = fillColumns(county, LARGE!, UNTIL)
  tell('The brush over a year by days, windows of seven days, CPU of the client’s code in Node:', [200 as const, 100 as const].map((metres) => measureBrush(large, county, metres))) // prettier-ignore
  tell('The same step by turf, cells of 400 m:', PLAIN.map((count) => measureTurf(county, count))) // prettier-ignore
  const rows: Row[] = []
  for (const count of PLAIN) rows.push(...(await measurePlain(county, count)))
  tell('The plain ways to draw raw points, each step a window of seven days:', rows)
  process.stdout.write(`Load of the machine over a minute: ${loadBefore} when it began, ${loadNow()} at the end.\n`)
}
