/**
 * The wall in a browser, with WebGL in software: only ratios within one run mean anything.
 * First paint against a page that holds nothing but MapLibre and the same polygons; frames while 50 changes a second arrive against
 * frames of the same wall at rest, with the demo county and with one of 10,000 grids and 100,000 cameras.
 *
 *   node --import tsx test/bench/wall.ts [--runs 3] [--seconds 15] [--rate 50] [--only paint|frames]
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser, BrowserContext } from 'playwright-core'
import { ensureDemoTemplate, readDemoCounty } from '../../server/boot/demo-template.ts'
import { ensureDemo, seedCounty } from '../../server/commands/seed.ts'
import type { Db } from '../../server/db/db.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openDb } from '../../server/db/open.ts'
import { sql } from '../../server/db/sql.ts'
import { makeUser, PASSWORD } from '../fixtures/app.ts'
import { bareReady, serveBareMap } from '../fixtures/bare-map.ts'
import { markdownTable, median, paint, timePainting, wallReady } from '../fixtures/benchmark.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { countTraffic } from '../fixtures/counting-proxy.ts'
import { latticeCounty, latticePlace } from '../fixtures/lattice-county.ts'
import { type ServerProcess, startServer } from '../fixtures/server-process.ts'

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '15' },
    rate: { type: 'string', default: '50' },
    only: { type: 'string' },
  },
})
const SECONDS = Number(options.seconds)
const RATE = Number(options.rate)
const OPEN = 2000
const SCREEN = { width: 1920, height: 1080 }
const USER = 'chief'

interface Stage {
  server: ServerProcess
  /** Places where reports may lie, by number. */
  place: (n: number) => [number, number]
  polygons: string
  sizes: { grids: number; cameras: number }
  close(): Promise<void>
}

/** A server on an embedded database that `fill` has filled. */
async function stage(fill: (db: Db) => Promise<Stage['place']>, template?: () => Promise<string | null>): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gridward-bench-'))
  const db = await openDb({ databaseUrl: undefined, embeddedDir: join(dataDir, 'cluster') }, template ? { template } : {})
  await migrate(db)
  const place = await fill(db)
  await makeUser(db, USER, 'commander')
  const units = await db.query<{ level: string; shape: string }>(
    sql`select level::text, ST_AsGeoJSON(geom, 7) as shape from unit_version where valid_to is null order by code`,
  )
  const [counted] = await db.query<{ cameras: number }>(sql`select count(*)::int as cameras from camera`)
  await db.close()
  const server = await startServer({ dataDir })
  const features = units.map(({ level, shape }) => `{"type":"Feature","properties":{"level":"${level}"},"geometry":${shape}}`)
  return {
    server,
    place,
    polygons: `{"type":"FeatureCollection","features":[${features.join(',')}]}`,
    sizes: { grids: units.filter(({ level }) => level === 'grid').length, cameras: counted!.cameras },
    async close() {
      await server.kill('SIGTERM')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const demo = () =>
  stage(async (db) => {
    await ensureDemo(db, { until: new Date(), incidents: 20_000 }, readDemoCounty)
    const county = await readDemoCounty()
    return (n) => county.buildings[(n * 7919) % county.buildings.length]!.location
  }, ensureDemoTemplate)

const large = () =>
  stage(async (db) => {
    await db.transaction((tx) => seedCounty(tx, latticeCounty(100_000)))
    await db.script('analyze')
    return latticePlace
  })

const open = async (browser: Browser, url: string): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: SCREEN, reducedMotion: 'reduce' })
  await timePainting(context)
  const answer = await context.request.post(`${url}/api/session`, { data: { username: USER, password: PASSWORD } })
  if (!answer.ok()) throw new Error(`Signing in answers ${answer.status()}.`)
  return context
}

interface Painting {
  ms: number
  /** Over the wire, headers included, until the map stood still. */
  bytes: number
  requests: number
}

async function comparePaint({ server, polygons }: Stage): Promise<string> {
  const bare = await serveBareMap(polygons)
  const traffic = { wall: await countTraffic(server.url), bare: await countTraffic(bare.url) }
  const runs: Record<'wall' | 'bare', Painting[]> = { wall: [], bare: [] }
  for (let n = 0; n < Number(options.runs); n++) {
    // A browser of its own each time: neither finds the other's code compiled.
    for (const name of ['bare', 'wall'] as const) {
      const browser = await launchBrowser()
      const context = await open(browser, server.url)
      const page = await context.newPage()
      traffic[name].reset()
      const ms =
        name === 'wall' ? await paint(page, `${traffic.wall.url}/wall`, wallReady) : await paint(page, `${traffic.bare.url}/`, bareReady)
      runs[name].push({ ms, ...traffic[name].seen() })
      await browser.close()
    }
  }
  await Promise.all([traffic.wall.close(), traffic.bare.close(), bare.close()])
  const of = (name: 'wall' | 'bare', key: keyof Painting) => median(runs[name].map((run) => run[key]))
  const row = (page: string, name: 'wall' | 'bare') => ({
    page,
    'to the first still map, ms': Math.round(of(name, 'ms')),
    'transferred, KB': Math.round(of(name, 'bytes') / 1024),
    requests: of(name, 'requests'),
  })
  const ratio = (key: keyof Painting) => +(of('wall', key) / of('bare', key)).toFixed(2)
  return markdownTable([
    row('bare MapLibre, the same polygons as GeoJSON', 'bare'),
    row('the wall', 'wall'),
    {
      page: 'wall ÷ bare',
      'to the first still map, ms': ratio('ms'),
      'transferred, KB': ratio('bytes'),
      requests: ratio('requests'),
    },
  ])
}

/** Reports and closes through the public API, `RATE` changes a second, on time whatever the server does. */
class Changes {
  private readonly filed: string[] = []
  private readonly url: string
  private readonly token: string
  private readonly place: Stage['place']
  private n = 0

  constructor({ server, place }: Stage) {
    ;[this.url, this.token, this.place] = [server.url, server.token, place]
  }

  private async post(path: string, body: unknown): Promise<void> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' }
    const response = await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`${path} answers ${response.status}.`)
  }

  private async file(): Promise<void> {
    const n = this.n++
    const id = randomUUID()
    const severity = n % 10 === 0 ? 'yellow' : 'green'
    const occurredAt = new Date().toISOString()
    await this.post('/api/incidents', {
      id,
      kind: '0101',
      severity,
      text: '合成',
      location: this.place(n),
      occurredAt,
      source: 'grid_worker',
    })
    this.filed.push(id)
  }

  /** Until `total` are open. */
  async fill(total: number): Promise<void> {
    const answer = await fetch(`${this.url}/api/incidents/open`, { headers: { authorization: `Bearer ${this.token}` } })
    const { incidents } = (await answer.json()) as { incidents: { id: string }[] }
    let missing = total - incidents.length
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (missing-- > 0) await this.file()
      }),
    )
    // More than that: the youngest go.
    for (const { id } of incidents.slice(0, Math.max(0, incidents.length - total))) {
      await this.post(`/api/incidents/${id}/transitions`, { transition: 'cancel' })
    }
  }

  /** A report and a closing by turns, so that as many stay open. */
  async run(seconds: number): Promise<void> {
    const start = performance.now()
    const all: Promise<void>[] = []
    for (let n = 0; n < RATE * seconds; n++) {
      const early = start + (n * 1000) / RATE - performance.now()
      if (early > 1) await sleep(early)
      const oldest = n % 2 === 1 ? this.filed.shift() : undefined
      all.push(oldest ? this.post(`/api/incidents/${oldest}/transitions`, { transition: 'close' }) : this.file())
    }
    await Promise.all(all)
  }
}

async function compareFrames(name: string, at: Stage): Promise<Record<string, string | number>[]> {
  const changes = new Changes(at)
  await changes.fill(OPEN)
  const browser = await launchBrowser()
  const context = await open(browser, at.server.url)
  const page = await context.newPage()
  const first = await paint(page, `${at.server.url}/wall`, wallReady)
  const probe = await Probe.open(page)
  await probe.keepRepainting()
  await sleep(3_000)
  const idle = await probe.frames(() => sleep(SECONDS * 1000))
  const busy = await probe.frames(() => changes.run(SECONDS))
  await browser.close()
  const round = (value: number) => +value.toFixed(1)
  const row = (what: string, frames: typeof idle) => ({
    county: name,
    wall: what,
    'frame p50, ms': round(frames.p50),
    'frame p95, ms': round(frames.p95),
    'main thread busy': `${Math.round(frames.busy * 100)} %`,
    'to the first still map, ms': Math.round(first),
  })
  return [
    row('at rest', idle),
    row(`${RATE} changes/s`, busy),
    {
      county: name,
      wall: 'changing ÷ rest',
      'frame p50, ms': +(busy.p50 / idle.p50).toFixed(2),
      'frame p95, ms': +(busy.p95 / idle.p95).toFixed(2),
      'main thread busy': +(busy.busy / idle.busy).toFixed(2),
      'to the first still map, ms': '',
    },
  ]
}

const label = ({ sizes }: Stage) => `${sizes.grids} grids, ${sizes.cameras} cameras, ${OPEN} open`

process.stdout.write('## The wall in a browser\n\n')
if (!hasChromium()) {
  process.stdout.write('Chromium is not installed: left out.\n')
} else {
  buildPages()
  const rows: Record<string, string | number>[] = []
  const small = await demo()
  if (options.only !== 'frames') {
    const table = await comparePaint(small)
    process.stdout.write(`First paint, cold browser, ${SCREEN.width} × ${SCREEN.height}, median of ${options.runs} runs:\n\n${table}\n\n`)
  }
  if (options.only !== 'paint') rows.push(...(await compareFrames(label(small), small)))
  await small.close()
  if (options.only !== 'paint') {
    const big = await large()
    rows.push(...(await compareFrames(label(big), big)))
    await big.close()
    process.stdout.write(
      `Frames while the map is painted without a pause, ${SECONDS} s each; WebGL in software:\n\n${markdownTable(rows)}\n`,
    )
  }
}
