/**
 * npm run screenshots: the pictures of docs/screenshots, taken of the demo county in a real browser. One in the morning looks
 * emptier than one in the afternoon: the demo's incidents end now.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenIncidents } from '#contract/incident.ts'
import { buildPages, launchBrowser } from '../fixtures/browser.ts'
import { startServer } from '../fixtures/server-process.ts'
import { holdCorner, makePlan } from './workbench-picture.ts'

const FOLDER = new URL('../../docs/screenshots/', import.meta.url).pathname
const DUTY_PHONE = '0576 0000 110'
const PATIENCE_MS = 240_000
/** Fades, flights and the last tiles. */
const SETTLE_MS = 6_000

interface Picture {
  name: string
  path: string
  width: number
  height: number
}
/** Stands in a path for the newest open red incident. */
const RED = 'RED'
/** Stands in a path for a plan that is made for the picture. */
const PLAN = '/workbench?plan=NEW'
/** A report is made for it. */
const REPORT = '/analysis?tab=reports'
const WALL = { width: 1920, height: 1080 }
const PICTURES: Picture[] = [
  { name: 'wall-1080', path: '/wall', ...WALL },
  { name: 'wall-en-1080', path: '/wall?lang=en', ...WALL },
  { name: 'wall-town-1080', path: '/wall?lang=zh&unit=331004103', ...WALL },
  { name: 'wall-3840', path: `/wall?incident=${RED}`, width: 3840, height: 1080 },
  { name: 'wall-5760', path: '/wall', width: 5760, height: 2160 },
  { name: 'heat-1080', path: '/wall?heat=density', ...WALL },
  { name: 'heat-3840', path: '/wall?heat=cells', width: 3840, height: 1080 },
  { name: 'workbench', path: PLAN, ...WALL },
  { name: 'workbench-1440', path: PLAN, width: 1440, height: 900 },
  { name: 'analysis-1080', path: '/analysis?tab=hot', ...WALL },
  { name: 'analysis-heat-1080', path: '/analysis', ...WALL },
  { name: 'analysis-emerging-1080', path: '/analysis?tab=emerging', ...WALL },
  { name: 'analysis-report-1080', path: REPORT, ...WALL },
  { name: 'admin', path: '/admin', ...WALL },
  { name: 'login', path: '/login', ...WALL },
]

const wanted = process.argv.slice(2)
const dataDir = await mkdtemp(join(tmpdir(), 'gridward-screenshots-'))
buildPages()
await mkdir(FOLDER, { recursive: true })
const server = await startServer({ dataDir, settings: { SEED: 'demo', DUTY_PHONE, ADMIN_PASSWORD: 'only-for-pictures' } })
const browser = await launchBrowser()
try {
  const answer = await fetch(`${server.url}/api/incidents/open`, { headers: { authorization: `Bearer ${server.token}` } })
  const { incidents } = (await answer.json()) as OpenIncidents
  const red = incidents.filter(({ severity }) => severity === 'red').sort((a, b) => b.reportedAt.localeCompare(a.reportedAt))[0]
  for (const { name, path, width, height } of PICTURES.filter((each) => wanted.length === 0 || wanted.includes(each.name))) {
    const context = await browser.newContext({ viewport: { width, height }, locale: 'zh-CN', reducedMotion: 'reduce' })
    if (name !== 'login') {
      const data = { username: 'admin', password: 'only-for-pictures' }
      await context.request.post(`${server.url}/api/session`, { data, headers: { origin: server.url } })
    }
    if (path === REPORT) {
      const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }
      await fetch(`${server.url}/api/reports`, { method: 'POST', headers, body: JSON.stringify({ period: 'week' }) })
    }
    const page = await context.newPage()
    const address = path === PLAN ? await makePlan(server) : path.replace(RED, red?.id ?? '')
    await page.goto(server.url + address, { timeout: PATIENCE_MS })
    if (path.startsWith('/wall')) await page.waitForSelector('[data-view=overview][data-ready=true]', { timeout: PATIENCE_MS })
    if (path.startsWith('/analysis')) await page.waitForSelector('[data-status=ready]', { timeout: PATIENCE_MS })
    if (path === PLAN) await holdCorner(page, server)
    await sleep(SETTLE_MS)
    await page.screenshot({ path: `${FOLDER}${name}.png`, timeout: PATIENCE_MS })
    process.stdout.write(`docs/screenshots/${name}.png\n`)
    await context.close()
  }
} finally {
  await browser.close()
  await server.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
}
