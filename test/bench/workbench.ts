/**
 * The workbench in a browser, with WebGL in software: only ratios within one run mean anything. Frames of the page while a junction is
 * dragged, the balance of its units following, against frames of the same page at rest; once as the page paints by itself, and once
 * with the map painted without a pause, so that both sides paint as much.
 *
 * Then covers of a city's size from a file into a plan: the longest task of the page's thread while they are taken up, undone and redone.
 *
 *   node --import tsx test/bench/workbench.ts [--seconds 10] [--buildings 400000] [--only demo|lattice|import]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import type { Building } from '../../data/generator/county.ts'
import { ensureDemoTemplate, readDemoCounty } from '../../server/boot/demo-template.ts'
import { ensureDemo, seedCounty } from '../../server/commands/seed.ts'
import { type CoverageAnswer, readCoverage } from '../../server/contract/coverage.ts'
import type { Plan } from '../../server/contract/plan.ts'
import type { Db } from '../../server/db/db.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openDb } from '../../server/db/open.ts'
import { Coverage } from '../../server/model/coverage.ts'
import { makeUser, PASSWORD } from '../fixtures/app.ts'
import { markdownTable } from '../fixtures/benchmark.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { goodVillage, movable } from '../fixtures/grid-places.ts'
import { fineCover, roundCover } from '../fixtures/large-cover.ts'
import { importLarge } from '../fixtures/large-import.ts'
import { latticeCounty, latticePlace } from '../fixtures/lattice-county.ts'
import { processorTasks } from '../fixtures/long-tasks.ts'
import { loadSample, SAMPLE } from '../fixtures/sample-county.ts'
import { type ServerProcess, startServer } from '../fixtures/server-process.ts'

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, buildings: { type: 'string', default: '400000' }, only: { type: 'string' } },
})
const SECONDS = Number(options.seconds)
const SCREEN = { width: 1440, height: 900 }
const USER = 'planner'
/** As far as a hand drags, px; a pointer tells some sixty places a second. */
const DRAG_PX = 36
const POINTER_MS = 16
const PATIENCE_MS = 180_000

interface Stage {
  server: ServerProcess
  buildings: number
  close(): Promise<void>
}

/** A server on an embedded database that `fill` has filled; answers how many buildings there are. */
async function stage(fill: (db: Db) => Promise<number>, template?: () => Promise<string | null>): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gridward-bench-'))
  const db = await openDb({ databaseUrl: undefined, embeddedDir: join(dataDir, 'cluster') }, template ? { template } : {})
  await migrate(db)
  const buildings = await fill(db)
  await makeUser(db, USER, 'planner')
  await db.close()
  const server = await startServer({ dataDir })
  const close = async () => {
    await server.kill('SIGTERM')
    await rm(dataDir, { recursive: true, force: true })
  }
  return { server, buildings, close }
}

const demo = () =>
  stage(async (db) => {
    await ensureDemo(db, { until: new Date(), incidents: 2_000 }, readDemoCounty)
    return (await readDemoCounty()).buildings.length
  }, ensureDemoTemplate)

const lattice = () =>
  stage(async (db) => {
    const county = latticeCounty(0)
    const grids = county.units.filter(({ isLeaf }) => isLeaf)
    const buildings = Array.from({ length: Number(options.buildings) }, (_, n): Building => ({
      unitCode: grids[n % grids.length]!.code,
      location: latticePlace(n),
      households: 1 + (n % 17),
      residents: 2 + (n % 40),
    }))
    await db.transaction((tx) => seedCounty(tx, { ...county, buildings }))
    await db.script('analyze')
    return buildings.length
  })

interface Frames {
  p50: number
  p95: number
  /** How busy the page's thread was, 0…1. */
  busy: number
}

/** Notes from now on when the page gets to draw a frame. As text: what compiles this file puts words into its functions that no page knows. */
const NOTE_FRAMES = `
  window.paintedAt = []
  requestAnimationFrame(function note(at) {
    window.paintedAt.push(at)
    requestAnimationFrame(note)
  })`

type Point = readonly [x: number, y: number]

/** Drags from a point towards another and back for so many seconds. A pointer does not wait for the page to be ready. */
async function dragAbout(page: Page, from: Point, to: Point, seconds: number): Promise<void> {
  const { mouse } = page
  await mouse.move(...from)
  await mouse.down()
  const start = performance.now()
  const told: Promise<void>[] = []
  for (let n = 0; performance.now() - start < seconds * 1000; n++) {
    const share = 0.6 + 0.4 * Math.sin(n / 9)
    told.push(mouse.move(from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share))
    const early = start + (n + 1) * POINTER_MS - performance.now()
    if (early > 1) await sleep(early)
  }
  await Promise.all(told)
  if (!/户|household/.test((await page.locator('.tip').textContent()) ?? '')) throw new Error('Nothing is being dragged.')
  await page.keyboard.press('Escape')
  await mouse.up()
}

async function measure(name: string, { server, buildings }: Stage): Promise<Record<string, string | number>[]> {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }
  const answer = (await (await fetch(`${server.url}/api/coverage`, { headers })).json()) as CoverageAnswer
  const { leaves, arcs } = readCoverage(answer)
  const coverage = new Coverage(leaves, arcs)
  const village = name === 'demo' ? goodVillage(coverage) : `${answer.county.code}005005`
  const body = JSON.stringify({ name, unitCode: village })
  const { id } = (await (await fetch(`${server.url}/api/plans`, { method: 'POST', headers, body })).json()) as Plan

  const browser = await launchBrowser()
  const context = await browser.newContext({ viewport: SCREEN, reducedMotion: 'reduce' })
  await context.request.post(`${server.url}/api/session`, { data: { username: USER, password: PASSWORD } })
  const page = await context.newPage()
  const began = performance.now()
  await page.goto(`${server.url}/workbench?plan=${id}`, { timeout: PATIENCE_MS })
  const map = page.locator('[data-map=bench][data-ready=true]')
  await map.waitFor({ timeout: PATIENCE_MS })
  const opened = performance.now() - began
  await sleep(4_000)
  const box = (await map.boundingBox())!
  const [west, south, east, north] = (await map.getAttribute('data-extent'))!.split(',').map(Number) as [number, number, number, number]
  const toScreen = ([lng, lat]: readonly [number, number]): Point => [
    box.x + ((lng - west) / (east - west)) * box.width,
    box.y + ((north - lat) / (north - south)) * box.height,
  ]
  const [junction] = movable(coverage, village, 'junction', (DRAG_PX * (east - west)) / box.width)
  if (!junction) throw new Error(`No junction of ${village} can be moved.`)
  const [from, to] = [toScreen(junction.from), toScreen(junction.to)]
  await page.keyboard.press('2')
  await page.mouse.click(...from)

  const probe = await Probe.open(page)
  const rows: Record<string, string | number>[] = []
  const round = (value: number) => +value.toFixed(1)
  for (const painting of ['as it paints by itself', 'painted without a pause'] as const) {
    // Frames of the page in the one case, of the map in the other: each frame of that is one of the page too.
    if (painting === 'as it paints by itself') await page.evaluate(NOTE_FRAMES)
    else await probe.keepRepainting()
    await sleep(1_000)
    const rest = await probe.frames(() => sleep(SECONDS * 1000))
    const drag = await probe.frames(() => dragAbout(page, from, to, SECONDS))
    const row = (what: string, { p50, p95, busy }: Frames) => ({
      ...{ county: `${coverage.leaves.size} grids, ${buildings} buildings`, map: painting, page: what },
      ...{ 'frame p50, ms': round(p50), 'frame p95, ms': round(p95), 'main thread busy': `${Math.round(busy * 100)} %` },
      'opened, s': round(opened / 1000),
    })
    const ratio = (key: keyof Frames) => +(drag[key] / rest[key]).toFixed(2)
    rows.push(row('at rest', rest), row('dragging', drag), {
      ...row('dragging ÷ rest', drag),
      ...{ 'frame p50, ms': ratio('p50'), 'frame p95, ms': ratio('p95'), 'main thread busy': ratio('busy'), 'opened, s': '' },
    })
  }
  await browser.close()
  return rows
}

const COVERS = { '11,664 units': () => fineCover(9), 'a border of 200,000 vertices': () => roundCover(200_000) }

/** The sample county with as many buildings as asked for. */
const sample = () =>
  stage(async (db) => {
    await loadSample(db, { cameras: 0, incidents: 0 })
    await db.script(`
      insert into building (county_code, unit_code, households, residents, geom)
      select v.county_code, v.code, 5, 12, p.geom
      from (select *, greatest(1, (${options.buildings} * ST_Area(geom) / sum(ST_Area(geom)) over ())::int) as count from unit_version where is_leaf) v,
        ST_DumpPoints(ST_GeneratePoints(v.geom, v.count, 1)) p`)
    return Number(options.buildings)
  })

async function measureImports({ server, buildings }: Stage): Promise<Record<string, string | number>[]> {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }
  const rows: Record<string, string | number>[] = []
  for (const [cover, file] of Object.entries(COVERS)) {
    const body = JSON.stringify({ name: cover, unitCode: SAMPLE })
    const { id } = (await (await fetch(`${server.url}/api/plans`, { method: 'POST', headers, body })).json()) as Plan
    const browser = await launchBrowser()
    const context = await browser.newContext({ viewport: SCREEN, reducedMotion: 'reduce', locale: 'zh-CN' })
    await context.request.post(`${server.url}/api/session`, { data: { username: USER, password: PASSWORD } })
    const page = await context.newPage()
    await page.goto(`${server.url}/workbench?plan=${id}`, { timeout: PATIENCE_MS })
    await page.locator('[data-map=bench][data-ready=true]').waitFor({ timeout: PATIENCE_MS })
    const meter = await processorTasks(browser, page)
    for (const { what, longest, sum } of await importLarge(page, { file: file(), meter })) {
      rows.push({ cover, buildings, what, 'longest task, ms': longest, 'all above 50 ms, ms': sum })
    }
    await browser.close()
  }
  return rows
}

process.stdout.write('## The workbench in a browser\n\n')
if (!hasChromium()) {
  process.stdout.write('Chromium is not installed: left out.\n')
} else {
  buildPages()
  const rows: Record<string, string | number>[] = []
  for (const [name, set] of Object.entries({ demo, lattice })) {
    if (options.only && options.only !== name) continue
    const made = await set()
    try {
      rows.push(...(await measure(name, made)))
    } finally {
      await made.close()
    }
  }
  if (rows.length > 0)
    process.stdout.write(
      `Dragging a junction with a live balance, ${SCREEN.width} × ${SCREEN.height}, ${SECONDS} s each:\n\n${markdownTable(rows)}\n\n`,
    )
  if (!options.only || options.only === 'import') {
    const made = await sample()
    try {
      const table = markdownTable(await measureImports(made))
      process.stdout.write(
        `A cover from a file into a plan of the whole county, taken up, undone and redone; what the page's thread did, in milliseconds of the processor:\n\n${table}\n`,
      )
    } finally {
      await made.close()
    }
  }
}
