/**
 * Starts of the whole product as `npm start` makes them, and what it then holds in memory: the first start on an empty folder
 * (demo included; the template and the web pages were built at installation) and a later one, on both databases. Beside
 * the painted wall stands what no wall of this machine can beat: listening, and then the same polygons on a bare MapLibre page.
 *
 *   node --import tsx test/bench/start.ts [--runs 3] [--only embedded|postgres]
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureDemoTemplate, readDemoCounty } from '../../server/boot/demo-template.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { bareReady, serveBareMap } from '../fixtures/bare-map.ts'
import { markdownTable, median, paint, timePainting, wallReady } from '../fixtures/benchmark.ts'
import { buildPages, hasChromium, launchBrowser } from '../fixtures/browser.ts'
import { findPrograms, startCluster } from '../fixtures/clusters.ts'

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '3' }, only: { type: 'string' } } })
const START = fileURLToPath(new URL('../../server/cli/start.mjs', import.meta.url))
const PASSWORD = 'correct horse battery'
const SETTLE_MS = 5_000

interface Start {
  listening: number
  /** From the start of the program to a still wall in a browser that waited for it; NaN without a browser. */
  painted: number
  /** The same for a bare map of the same polygons. */
  bare: number
  /** MB of the server's process. */
  rss: number
  /** MB of PostgreSQL's processes, shared pages counted once; NaN on the embedded database. */
  postgres: number
}

const kilobytes = (path: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(path, 'utf8'))?.[1])

/** Proportional set size of the cluster's processes: the postmaster that has this port on its command line, and its children. */
const postgresMegabytes = (port: string): number => {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8')
    } catch {
      // It ended meanwhile.
      return ''
    }
  }
  const master = processes.find((pid) => read(pid, 'cmdline').includes(`\0port=${port}\0`))
  const own = processes.filter(
    (pid) =>
      pid === master ||
      read(pid, 'stat')
        .replace(/^.*\) \S /, '')
        .startsWith(`${master} `),
  )
  return own.reduce((sum, pid) => sum + kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss'), 0) / 1024
}

/** Starts the product once and ends it. */
async function once(dataDir: string, databaseUrl: string | undefined): Promise<Start> {
  const browser = hasChromium() ? await launchBrowser() : null
  const { PATH, HOME, TMPDIR } = process.env
  const given = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ADMIN_PASSWORD: PASSWORD, LOG_LEVEL: 'error' }
  const began = performance.now()
  const child = spawn(process.execPath, [START], { env: { PATH, HOME, TMPDIR, ...given }, stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      const address = /http:\/\/\S+/.exec(said)
      if (address) resolve(address[0])
    })
    child.once('exit', () => reject(new Error(`The server ended: ${said}`)))
  })
  const listening = performance.now() - began
  let painted = NaN
  if (browser) {
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' })
    await timePainting(context)
    const answer = await context.request.post(`${url}/api/session`, { data: { username: 'admin', password: PASSWORD } })
    if (!answer.ok()) throw new Error(`Signing in answers ${answer.status()}.`)
    const before = performance.now() - began
    painted = before + (await paint(await context.newPage(), `${url}/wall`, wallReady))
    await browser.close()
  }
  await sleep(SETTLE_MS)
  const rss = kilobytes(`/proc/${child.pid}/status`, 'VmRSS') / 1024
  const postgres = databaseUrl === undefined ? NaN : postgresMegabytes(new URL(databaseUrl).port)
  child.kill('SIGTERM')
  await gone
  return { listening, painted, bare: listening + (await paintBare()), rss, postgres }
}

/** Milliseconds to the still picture of the bare map, in a browser that has seen nothing yet; NaN without a browser. */
async function paintBare(): Promise<number> {
  if (!hasChromium()) return NaN
  const browser = await launchBrowser()
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' })
  await timePainting(context)
  const ms = await paint(await context.newPage(), bareMap.url, bareReady)
  await browser.close()
  return ms
}

async function measure(name: string, databaseUrl: () => Promise<string | undefined>): Promise<Record<string, string | number>[]> {
  const starts: Record<'first' | 'later', Start[]> = { first: [], later: [] }
  for (let n = 0; n < Number(options.runs); n++) {
    const dataDir = await mkdtemp(join(tmpdir(), 'gridward-bench-'))
    const url = await databaseUrl()
    starts.first.push(await once(dataDir, url))
    starts.later.push(await once(dataDir, url))
    await rm(dataDir, { recursive: true, force: true })
  }
  const cell = (which: 'first' | 'later', key: keyof Start, unit: number) => {
    const value = median(starts[which].map((each) => each[key])) / unit
    return Number.isNaN(value) ? '–' : +value.toFixed(unit === 1 ? 0 : 1)
  }
  return (['first', 'later'] as const).map((which) => ({
    database: name,
    start: which,
    'to listening, s': cell(which, 'listening', 1000),
    'to a painted wall, s': cell(which, 'painted', 1000),
    'listening and a bare map painted, s': cell(which, 'bare', 1000),
    'RSS server, MB': cell(which, 'rss', 1),
    'PSS PostgreSQL, MB': cell(which, 'postgres', 1),
  }))
}

process.stdout.write('## Starts and memory\n\n')
buildPages()
await ensureDemoTemplate()
const features = (await readDemoCounty()).units.map(({ level, geometry }) => ({ type: 'Feature', properties: { level }, geometry }))
const bareMap = await serveBareMap(JSON.stringify({ type: 'FeatureCollection', features }))
const rows: Record<string, string | number>[] = []
if (options.only !== 'postgres') rows.push(...(await measure('embedded', async () => undefined)))
const programs = findPrograms()
if (options.only !== 'embedded' && programs !== null) {
  const cluster = await startCluster(programs, { fsync: 'on', full_page_writes: 'on' })
  let made = 0
  rows.push(
    ...(await measure('PostgreSQL', async () => {
      const name = `bench_${made++}`
      const db = await openPostgres({ connectionString: cluster.url, poolSize: 1 })
      await db.script(`create database ${name}`)
      await db.close()
      return cluster.url.replace(/postgres$/, name)
    })),
  )
  await cluster.stop()
}
await bareMap.close()
process.stdout.write(`Demo county, median of ${options.runs} runs:\n\n${markdownTable(rows)}\n`)
if (programs === null) process.stdout.write('\nPostgreSQL with PostGIS is not installed: left out.\n')
