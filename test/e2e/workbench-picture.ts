/**
 * The workbench as its pictures show it: a plan of one village with a step done and three proposals beside each other, a border in the
 * hand, the land that moves hatched.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { readBuildings } from '#contract/building.ts'
import { type CoverageAnswer, readCoverage } from '#contract/coverage.ts'
import type { Plan } from '#contract/plan.ts'
import { isRefusal, type MoveVertex } from '#model/actions/action.ts'
import { Coverage } from '#model/coverage.ts'
import { Balance, type Shift } from '#model/balance.ts'
import { Buildings } from '#model/buildings.ts'
import { type Arc, reverse } from '#model/difference.ts'
import { fromGrid, type LngLat } from '#model/crs.ts'
import { plan } from '#model/replay.ts'

const VILLAGE = '331004002222'
const PRESETS = ['修补', '折中', '紧凑']
const DIRECTIONS = 16
/** How far the step that is done moves a corner, and the hand another one, in degrees of latitude. */
const [DONE, HELD] = [0.0008, 0.0014]
const PATIENCE_MS = 240_000

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

/** Lawful moves of a middle corner, one for each of the village's inner borders, the one that hands over most households first. */
async function movesOf(place: Place, by: number, besides?: LngLat): Promise<MoveVertex[]> {
  const { leaves, arcs } = readCoverage(await ask<CoverageAnswer>(place, '/api/coverage'))
  const coverage = new Coverage(leaves, arcs)
  const { url, token } = place
  const answer = await fetch(`${url}/api/buildings`, { headers: { authorization: `Bearer ${token}` } })
  const balance = new Balance(coverage, new Buildings(readBuildings(await answer.arrayBuffer())))
  const isInside = (id: string | null) => id !== null && id.startsWith(VILLAGE)
  const inner = [...coverage.arcs.values()].filter(({ left, right, points }) => isInside(left) && isInside(right) && points.length >= 10)
  /** Households that a move hands over; null where it is not lawful. */
  const handedOver = (move: MoveVertex): number | null => {
    const difference = plan(coverage, move)
    if (isRefusal(difference)) return null
    const [{ moved }] = [difference, reverse(difference)].map((each) => {
      coverage.apply(each)
      return balance.follow(each)
    }) as [Shift, Shift]
    return moved.reduce((sum, { households }) => sum + households, 0)
  }
  const moveOf = ({ points: p }: Arc): { move: MoveVertex; households: number }[] => {
    const n = 2 * Math.floor(p.length / 4)
    const from = fromGrid([p[n]!, p[n + 1]!])
    const tos = Array.from({ length: DIRECTIONS }, (_, each): LngLat => {
      const turn = (2 * Math.PI * each) / DIRECTIONS
      return [from[0] + by * Math.cos(turn), from[1] + by * Math.sin(turn)]
    })
    const moves = tos.map((to): MoveVertex => ({ type: 'move-vertex', from, to }))
    const lawful = moves.flatMap((move) => {
      const households = handedOver(move)
      return households === null ? [] : [{ move, households }]
    })
    return lawful.sort((a, b) => b.households - a.households).slice(0, 1)
  }
  return inner
    .flatMap(moveOf)
    .sort((a, b) => b.households - a.households)
    .map(({ move }) => move)
    .filter(({ from }) => String(from) !== String(besides))
}

/** Makes the plan with its first step; answers its address. */
export async function makePlan(place: Place): Promise<string> {
  const { id, revision } = await ask<Plan>(place, '/api/plans', { name: '2027 年一季度调整', unitCode: VILLAGE })
  const [, done] = await movesOf(place, DONE)
  if (!done) throw new Error('no corner of the village can be moved')
  await ask(place, `/api/plans/${id}/actions`, { revision, from: 0, actions: [done] })
  return `/workbench?plan=${id}`
}

/** Looks for proposals, then takes a corner in hand, of the border where most households change, and holds it. */
export async function holdCorner(page: Page, place: Place): Promise<void> {
  const map = page.locator('[data-map=bench]')
  await page.waitForSelector('[data-map=bench][data-ready=true]', { timeout: PATIENCE_MS })
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  for (const [n, preset] of PRESETS.entries()) {
    await press(n === 0 ? '提案' : '换条件再提一个')
    await page.locator('fieldset').getByText(preset, { exact: true }).click()
    await press('生成提案')
    await page.getByRole('button', { name: '重算', exact: true }).waitFor({ timeout: PATIENCE_MS })
  }
  await page.getByRole('button', { name: /^乙/ }).click()
  const { actions } = await ask<Plan>(place, `/api/plans/${new URL(page.url()).searchParams.get('plan')}`)
  const [held] = await movesOf(place, HELD, (actions[0] as MoveVertex).from)
  const box = (await map.boundingBox())!
  const [west, south, east, north] = (await map.getAttribute('data-extent'))!.split(',').map(Number) as [number, number, number, number]
  const toScreen = ([lng, lat]: readonly [number, number]) => [box.x + ((lng - west) / (east - west)) * box.width, box.y + ((north - lat) / (north - south)) * box.height] as const // prettier-ignore
  const [[x, y], [toX, toY]] = [toScreen(held!.from), toScreen(held!.to)]
  await page.keyboard.press('2')
  await page.mouse.click(x, y)
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move((x + toX) / 2, (y + toY) / 2, { steps: 4 })
  await page.mouse.move(toX, toY, { steps: 4 })
  await sleep(500)
}
