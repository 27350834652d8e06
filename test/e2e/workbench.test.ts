/**
 * A planner's hand in a real browser against the real server: borders are dragged, split, merged and undone, lines break, browsers die.
 * After each the map must hold what the server's own replay of the saved plan gives, coordinate for coordinate.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CoverageAnswer, readCoverage } from '#contract/coverage.ts'
import type { Plan } from '#contract/plan.ts'
import { Coverage } from '#model/coverage.ts'
import { fromGrid, toGrid } from '#model/crs.ts'
import { replay } from '#model/replay.ts'
import type { Db } from '../../server/db/db.ts'
import { makeToken, makeUser, PASSWORD, startApp, type TestApp } from '../fixtures/app.ts'
import { buildPages, hasChromium, launchBrowser, Probe } from '../fixtures/browser.ts'
import { openEmbedded } from '../fixtures/database.ts'
import { corner, loadSample, SAMPLE } from '../fixtures/sample-county.ts'

/** Six by six grids, every one a leaf; grid n lies in column (n - 1) % 6 and row (n - 1) / 6 from the south-west. */
const VILLAGE = `${SAMPLE}001002`
const PATIENCE_MS = 60_000

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(150)) if (await ask()) return
  throw new Error(`It did not happen within a minute: ${what}`)
}

type Screen = (place: readonly [lng: number, lat: number]) => [x: number, y: number]

describe.skipIf(!hasChromium())('the workbench in a browser', () => {
  let db: Db
  let app: TestApp
  let server: Server
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let token: string
  let origin: string
  let plan: number
  const complaints: string[] = []

  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(origin + path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers })
    expect(response.ok, `${path} answers ${response.status}`).toBe(true)
    return (await response.json()) as T
  }
  const saved = () => ask<Plan>(`/api/plans/${plan}`)
  const kinds = async () => (await saved()).actions.map(({ type }) => type)
  const savedAre = (...wanted: string[]) => until(`${wanted.join()} on the server`, async () => (await kinds()).join() === wanted.join())

  /** What the plan leads to by the model, from what the server answers. */
  const replayed = async () => {
    const { leaves, arcs } = readCoverage(await ask<CoverageAnswer>(`/api/coverage?unit=${SAMPLE}`))
    const coverage = new Coverage(leaves, arcs)
    expect(replay(coverage, (await saved()).actions).refused).toEqual([])
    return coverage
  }
  const ring = (flat: ArrayLike<number>) => Array.from({ length: flat.length / 2 }, (_, i) => fromGrid([flat[2 * i]!, flat[2 * i + 1]!]))
  const textOf = (polygons: [number, number][][][]) =>
    JSON.stringify(polygons.map((rings) => rings.map((each) => each.map((at) => toGrid(at)))))
  /** True once the map draws exactly what the server's plan leads to. */
  const isDrawn = async () => {
    const coverage = await replayed()
    const drawn = new Map((await (await Probe.open(page)).editUnits()).map(({ id, coordinates }) => [id, coordinates]))
    if (drawn.size !== coverage.leaves.size) return false
    return [...coverage.leaves.keys()].every((id) => {
      const wanted = coverage.polygonsOf(id).map((rings) => rings.map((each) => [...ring(each), ring(each)[0]!]))
      return textOf(drawn.get(id) ?? []) === textOf(wanted)
    })
  }

  const open = async () => {
    page = await context.newPage()
    page.on(
      'console',
      (line) => line.type() === 'error' && !line.text().includes('Failed to load resource') && complaints.push(line.text()),
    )
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${origin}/workbench?plan=${plan}`)
    await page.waitForSelector('[data-map=bench][data-ready=true]', { timeout: PATIENCE_MS })
    await still()
  }
  /** The sources hold what the hand has done. */
  const still = () =>
    until('the map', () =>
      page.evaluate(() => {
        const { sent, tick } = document.querySelector<HTMLElement>('[data-map=bench]')!.dataset
        return sent === tick
      }),
    )
  /** The whole plan with the border tool in hand and nothing chosen; answers where places lie on the screen. */
  const lookAt = async (): Promise<Screen> => {
    await page.keyboard.press('1')
    await page.keyboard.press('Escape')
    await page.keyboard.press('2')
    const map = page.locator('[data-map=bench]')
    const box = (await map.boundingBox())!
    const [west, south, east, north] = (await map.getAttribute('data-extent'))!.split(',').map(Number) as [number, number, number, number]
    // So near that the Mercator projection is even.
    return ([lng, lat]) => [box.x + ((lng - west) / (east - west)) * box.width, box.y + ((north - lat) / (north - south)) * box.height]
  }
  const middleOf = (n: number): [number, number] => {
    const [i, j] = [6 + ((n - 1) % 6), Math.floor((n - 1) / 6)]
    const [a, b] = [corner(i, j), corner(i + 1, j + 1)]
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  }
  const drag = async (from: [number, number], to: [number, number], drop = true) => {
    await page.mouse.move(...from)
    await page.mouse.down()
    await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 4 })
    await page.mouse.move(...to, { steps: 4 })
    if (drop) await page.mouse.up()
  }
  const ACTS = ['move-junction', 'insert-vertex', 'remove-vertex', 'split', 'merge']
  const type = async ([lng, lat]: readonly [number, number]) => {
    await page.keyboard.press('=')
    await page.keyboard.type(`${lng}, ${lat}`)
    await page.keyboard.press('Enter')
  }

  beforeAll(async () => {
    buildPages()
    db = await openEmbedded()
    await loadSample(db, { cameras: 0, incidents: 50 })
    await makeUser(db, 'planner', 'planner', SAMPLE)
    token = await makeToken(db, 'administrator')
    app = await startApp(db)
    server = createServer(app.handler as RequestListener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    plan = (await ask<Plan>('/api/plans', { name: '一季度', unitCode: VILLAGE })).id
    browser = await launchBrowser()
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', reducedMotion: 'reduce' })
    await context.request.post(`${origin}/api/session`, { data: { username: 'planner', password: PASSWORD }, headers: { origin } })
    await open()
  })
  afterAll(async () => {
    await browser?.close()
    server?.closeAllConnections()
    await app?.close()
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  })

  it('draws the county as it is in force', async () => {
    await until('the county', isDrawn)
    expect(complaints).toEqual([])
  })

  it('moves a junction with all its borders, and saves it', async () => {
    const screen = await lookAt()
    const at = screen(corner(8, 2))
    await drag(at, [at[0] + 24, at[1] - 16])
    await savedAre(...ACTS.slice(0, 1))
    await until('the four grids', isDrawn)
  })

  it('makes a corner of a middle that is dragged, and takes it away with Delete', async () => {
    const screen = await lookAt()
    const [[x0, y0], [x1, y1]] = [screen(corner(9, 2)), screen(corner(9, 3))]
    await page.mouse.click((x0 + x1) / 2, y0 * 0.7 + y1 * 0.3)
    await drag([(x0 + x1) / 2, (y0 + y1) / 2], [(x0 + x1) / 2 + 20, (y0 + y1) / 2])
    await savedAre(...ACTS.slice(0, 2))
    await until('the bent border', isDrawn)
    await page.keyboard.press('Delete')
    await savedAre(...ACTS.slice(0, 3))
    await until('the straight border', isDrawn)
  })

  it('splits by typed coordinates, without a mouse', async () => {
    await lookAt()
    await page.keyboard.press('3')
    const [lng, lat] = middleOf(22)
    await type([lng, lat - 0.007])
    await type([lng, lat + 0.007])
    await savedAre(...ACTS.slice(0, 4))
    await until('the pieces', isDrawn)
  })

  it('merges two neighbours at two clicks', async () => {
    const screen = await lookAt()
    await page.keyboard.press('4')
    await page.mouse.click(...screen(middleOf(27)))
    await page.mouse.click(...screen(middleOf(28)))
    await savedAre(...ACTS)
    await until('one grid', isDrawn)
  })

  it('shows the same after a reload', async () => {
    await page.close()
    await open()
    await until('the plan', isDrawn)
    expect(await kinds()).toHaveLength(5)
  })

  it('takes everything back, and does it again', async () => {
    for (let n = 0; n < 5; n++) await page.keyboard.press('Control+z')
    await savedAre()
    await until('the county in force', isDrawn)
    for (let n = 0; n < 5; n++) await page.keyboard.press('Control+y')
    await savedAre(...ACTS)
    await until('the plan', isDrawn)
    for (let n = 0; n < 3; n++) await page.keyboard.press('Control+Shift+Z')
    expect(complaints).toEqual([])
  })

  it('leaves a sound plan when the browser dies in mid-drag', async () => {
    const before = await saved()
    const screen = await lookAt()
    const at = screen(corner(8, 1))
    await drag(at, [at[0] + 30, at[1] + 12], false)
    await until('a trial', async () => (await page.locator('.tip').count()) > 0)
    await page.close()
    await open()
    expect((await saved()).actions).toEqual(before.actions)
    await until('the plan', isDrawn)
  })

  it('keeps what it could not send, over the end of the browser, and sends it when it can', async () => {
    await page.route('**/api/plans/*/actions', (route) => route.abort())
    const screen = await lookAt()
    const at = screen(corner(8, 1))
    await drag(at, [at[0] + 20, at[1] + 8])
    await until('the word for it', async () => /离线|断/.test((await page.locator('.saved').textContent()) ?? ''))
    expect(await kinds()).toHaveLength(5)
    await page.close()
    await open()
    await until('the sixth action', async () => (await kinds()).length === 6)
    await until('the plan', isDrawn)
  })

  it('keeps both sides when somebody else saved in between, and rebases', async () => {
    const { revision } = await saved()
    const [from, to] = [corner(10, 5), corner(10, 5).map((degrees) => degrees + 0.001)]
    await ask(`/api/plans/${plan}/actions`, { revision, from: 6, actions: [{ type: 'move-junction', from, to }] })
    const screen = await lookAt()
    const at = screen(corner(7, 1))
    await drag(at, [at[0] + 15, at[1] + 10])
    await until('the conflict', async () => (await page.locator('.banner[role=alert]').count()) > 0)
    expect(await kinds()).toHaveLength(7)
    await page.locator('.banner[role=alert] .button').last().click()
    await until('both', async () => (await kinds()).length === 8)
    await until('the plan', isDrawn)
  })
})
