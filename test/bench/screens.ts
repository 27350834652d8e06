/**
 * From a report (POST /api/incidents) to the map source of real walls in a browser, among 200 screens: three walls and stream clients for
 * the rest. A wall counts when MapLibre's worker has taken the change in. WebGL is software, so a wall's own time is mostly painting.
 *
 *   node --import tsx test/bench/screens.ts [--seconds 10] [--walls 3] [--clients 200] [--rates 50,200] [--only postgres|embedded]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { migrate } from '../../server/db/migrate.ts'
import { openDb } from '../../server/db/open.ts'
import { makeToken, makeUser, PASSWORD } from '../fixtures/app.ts'
import { markdownTable, onDatabases, paint, timePainting, wallReady } from '../fixtures/benchmark.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { measured, openLoop, Phones, Screen } from '../fixtures/load.ts'
import { loadSample, SAMPLE } from '../fixtures/sample-county.ts'
import { startServer } from '../fixtures/server-process.ts'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    walls: { type: 'string', default: '3' },
    clients: { type: 'string', default: '200' },
    rates: { type: 'string', default: '50,200' },
    only: { type: 'string' },
  },
})
const SECONDS = Number(options.seconds)
const WALLS = Number(options.walls)
const CLIENTS = Math.max(0, Number(options.clients) - WALLS)
const WARM_UP = 2
/** For the slowest wall to catch up. */
const SETTLE_MS = 10_000
const USER = 'chief'

type Row = Record<string, string | number>

async function run(kind: 'postgres' | 'embedded', databaseUrl: string | undefined): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gridward-bench-'))
  const db = await openDb({ databaseUrl, embeddedDir: join(dataDir, 'cluster') })
  await migrate(db)
  await loadSample(db, { cameras: 300, incidents: 2_000 })
  await makeUser(db, USER, 'commander')
  const [watching, working] = [await makeToken(db, 'wall', SAMPLE), await makeToken(db, 'grid_worker', SAMPLE)]
  await db.close()
  const server = await startServer({ dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  const url = new URL(server.url)
  const browser = await launchBrowser()
  const rows: Row[] = []
  for (const rate of options.rates.split(',').map(Number)) {
    // Walls of their own each time: what the rate before has left on the map must not slow this one.
    const probes: Probe[] = []
    for (let n = 0; n < WALLS; n++) {
      const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' })
      await timePainting(context)
      await context.request.post(`${server.url}/api/session`, { data: { username: USER, password: PASSWORD } })
      const page = await context.newPage()
      await paint(page, `${server.url}/wall`, wallReady)
      const probe = await Probe.open(page)
      await probe.noteArrivals()
      probes.push(probe)
    }
    const screens = Array.from({ length: CLIENTS }, () => new Screen(url, watching))
    await sleep(1000)
    const phones = new Phones(url, working)
    await openLoop(rate, WARM_UP, (_, due) => phones.report(due, false))
    await openLoop(rate, SECONDS, (_, due) => phones.report(due, true))
    await sleep(SETTLE_MS)
    phones.close()
    const latencies: number[] = []
    let missed = 0
    for (const probe of probes) {
      const arrivals = await probe.arrivals()
      for (const [id, due] of phones.dueOf) {
        const at = arrivals[id]
        if (at === undefined) missed++
        else latencies.push(at - (performance.timeOrigin + due))
      }
    }
    for (const screen of screens) screen.socket.destroy()
    for (const context of browser.contexts()) await context.close()
    const { p50, p99, max } = measured(latencies, missed, 0)
    const round = (value: number) => Math.round(value)
    rows.push({
      database: kind,
      'reports/s': rate,
      walls: WALLS,
      'stream clients': CLIENTS,
      'p50 ms': round(p50),
      'p99 ms': round(p99),
      'max ms': round(max),
      missed,
    })
  }
  await browser.close()
  await server.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
  return rows
}

if (!hasChromium()) {
  process.stdout.write('Chromium is not installed: left out.\n')
} else {
  buildPages()
  const rows = await onDatabases(options.only, run)
  process.stdout.write(`From a report to the map source of each wall, ${SECONDS} s a row:\n\n${markdownTable(rows)}\n`)
}
