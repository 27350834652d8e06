/** The workbench as its pictures show it: a plan of one village, a border in the hand, the land that moves hatched. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { type CoverageAnswer, readCoverage } from '#contract/coverage.ts'
import type { Plan } from '#contract/plan.ts'
import { Coverage } from '#model/coverage.ts'
import { fromGrid } from '#model/crs.ts'
import { plan } from '#model/replay.ts'

const VILLAGE = '331004001005'
/** How far a corner may be dragged, px: the farthest that is lawful is taken. */
const REACHES = [120, 90, 60, 36]
const DIRECTIONS = 12

interface Place {
  url: string
  token: string
}

async function ask<T>({ url, token }: Place, path: string, body?: unknown): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(url + path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers })
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`)
  return (await answer.json()) as T
}

/** Makes the plan; answers its address. */
export async function makePlan(place: Place): Promise<string> {
  const { id } = await ask<Plan>(place, '/api/plans', { name: '2027 年一季度调整', unitCode: VILLAGE })
  return `/workbench?plan=${id}`
}

/** Takes a corner of the village's longest inner border in hand and holds it. */
export async function holdCorner(page: Page, place: Place): Promise<void> {
  const { leaves, arcs } = readCoverage(await ask<CoverageAnswer>(place, '/api/coverage'))
  const coverage = new Coverage(leaves, arcs)
  const isInside = (id: string | null) => id !== null && id.startsWith(VILLAGE)
  const inner = [...coverage.arcs.values()].filter(({ left, right }) => isInside(left) && isInside(right))
  const corners = inner
    .sort((a, b) => b.points.length - a.points.length)
    .flatMap(({ points }) => {
      return Array.from({ length: points.length / 2 - 2 }, (_, n) => fromGrid([points[2 * n + 2]!, points[2 * n + 3]!]))
    })
  const map = page.locator('[data-map=bench]')
  await page.waitForSelector('[data-map=bench][data-ready=true]', { timeout: 240_000 })
  const box = (await map.boundingBox())!
  const [west, south, east, north] = (await map.getAttribute('data-extent'))!.split(',').map(Number) as [number, number, number, number]
  const toScreen = ([lng, lat]: readonly [number, number]) => [box.x + ((lng - west) / (east - west)) * box.width, box.y + ((north - lat) / (north - south)) * box.height] as const // prettier-ignore
  const toPlace = (x: number, y: number): [number, number] => [
    west + ((x - box.x) / box.width) * (east - west),
    north - ((y - box.y) / box.height) * (north - south),
  ]
  const drags = REACHES.flatMap((reach) =>
    corners.flatMap((from) =>
      Array.from({ length: DIRECTIONS }, (_, n) => {
        const turn = (2 * Math.PI * n) / DIRECTIONS
        return { from, by: [reach * Math.cos(turn), reach * Math.sin(turn)] as const }
      }),
    ),
  )
  const drag = drags.find(({ from, by }) => {
    const [x, y] = toScreen(from)
    return !('reason' in plan(coverage, { type: 'move-vertex', from, to: toPlace(x + by[0], y + by[1]) }))
  })
  if (!drag) throw new Error('no corner of the village can be moved')
  const [x, y] = toScreen(drag.from)
  await page.keyboard.press('2')
  await page.mouse.click(x, y)
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + drag.by[0] / 2, y + drag.by[1] / 2, { steps: 4 })
  await page.mouse.move(x + drag.by[0], y + drag.by[1], { steps: 4 })
  await sleep(500)
}
