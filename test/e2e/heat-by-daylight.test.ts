/** Heat by daylight in a real browser: the analysis' first tab, its light ramp, its address, its words. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium } from '../fixtures/browser.ts'
import { day, HeatStage, LEAST, until } from '../fixtures/heat-stage.ts'
import { DAY, dayText, EARLY, EAST, FEW, LATE, WEST } from '../fixtures/sample-heat.ts'

const LIGHT = ['#f3e3e8', '#e3b6cc', '#c57faf', '#944d93', '#5f2b72', '#33184a']

describe.skipIf(!hasChromium())('heat by daylight, in the analysis', () => {
  let stage: HeatStage
  const open = (query: string) => stage.show('analysis', query)

  beforeAll(async () => {
    stage = await HeatStage.open()
  })
  afterAll(() => stage?.close())

  /** Of every text in the legend against what lies behind it: the least contrast (WCAG 2). */
  const leastContrast = () =>
    stage.page.evaluate(() => {
      const paint = new OffscreenCanvas(1, 1).getContext('2d')!
      const light = (colours: string[]) => {
        paint.clearRect(0, 0, 1, 1)
        for (const colour of colours) {
          paint.fillStyle = colour
          paint.fillRect(0, 0, 1, 1)
        }
        const parts = [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3).map((each) => each / 255)
        const [r, g, b] = parts.map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
      }
      const texts = [...document.querySelectorAll<HTMLElement>('.legend *, .sections *')].filter((each) =>
        [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== ''),
      )
      const ratios = texts.map((each) => {
        const grounds: string[] = []
        for (let at: Element | null = each; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor)
        const [ground, ink] = [light(grounds), light([...grounds, getComputedStyle(each).color])]
        return (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05)
      })
      return Math.min(...ratios)
    })

  it('paints known counts in the light ramp, and every word beside it can be read', async () => {
    await open(`heat=cells&${day(LATE)}`)
    expect(await stage.total()).toBe(LATE.west + LATE.east)
    await stage.settled(WEST, LATE.west)
    await stage.settled(EAST, LATE.east)
    expect(await stage.page.locator('.legend ol li').count()).toBe(LIGHT.length)
    const [west, east] = [await stage.colourAt(WEST), await stage.colourAt(EAST)]
    expect(LIGHT.indexOf(west)).toBeGreaterThan(LIGHT.indexOf(east))
    expect(LIGHT.indexOf(east)).toBeGreaterThanOrEqual(0)
    expect(await leastContrast()).toBeGreaterThanOrEqual(4.5)
    await open(`heat=density&${day(LATE)}`)
    await until('the top bands', async () => LIGHT.indexOf(await stage.colourAt(WEST)) >= 4)
    await open(`heat=units&${day(LATE)}`)
    await stage.settled(WEST, LATE.west)
  })

  it('keeps everything in the address, over a reload and to the other tabs', async () => {
    await open(`heat=cells&${day(LATE)}&kind=0301`)
    await stage.page.focus('[role=slider][aria-label=时间窗]')
    for (let n = 0; n < 7; n++) await stage.page.keyboard.press('ArrowLeft')
    await until('the address', async () => stage.page.url().includes(`from=${dayText(EARLY.day)}`))
    await stage.page.reload()
    await until('the same again', async () => (await stage.total()) === EARLY.west + EARLY.east)
    expect(await stage.told('heat')).toBe('cells')
    await stage.page.focus('#tab-heat')
    await stage.page.keyboard.press('ArrowRight')
    await stage.page.waitForSelector('main[data-status=ready] .list h2')
    const query = new URL(stage.page.url()).searchParams
    expect(Object.fromEntries(query)).toEqual({ tab: 'hot', from: dayText(EARLY.day), to: dayText(EARLY.day + DAY), kind: '0301' })
    expect(await stage.page.getByLabel('从', { exact: true }).inputValue()).toBe(dayText(EARLY.day))
    await stage.page.keyboard.press('ArrowLeft')
    await until('the heat of the same day', async () => (await stage.total()) === EARLY.west + EARLY.east)
  })

  it('tells what lies behind a cell, takes a date that is typed, and says when it is none', async () => {
    await open(`heat=cells&${day(LATE)}`)
    const { x, y } = await stage.onPage(WEST.place)
    await stage.page.mouse.click(x, y)
    await until('the incidents of the cell', async () => (await stage.page.locator(`[data-picked="${LATE.west}"]`).count()) === 1)
    await stage.page.keyboard.press('Escape')
    await until('nothing picked', async () => (await stage.page.locator('[data-picked]').count()) === 0)
    const from = stage.page.getByLabel('从', { exact: true })
    await from.fill('2026-13-40')
    await from.press('Enter')
    expect(await stage.page.locator('.date [role=alert]').textContent()).toContain('2026-10-25')
    await from.fill(dayText(EARLY.day).replaceAll('-', '/'))
    await from.press('Enter')
    await until('both days', async () => (await stage.told('window')) === `${EARLY.day} ${LATE.day + DAY}`)
    expect(await from.inputValue()).toBe(dayText(EARLY.day))
    expect(await stage.page.locator('.date [role=alert]').count()).toBe(0)
  })

  it('marks what small numbers made larger, in English too', async () => {
    await stage.as('planner', async () => {
      await open(`heat=cells&${day(FEW)}&lang=en`)
      await until('the outline', async () => (await stage.probe.drawnIn('heat-merged')) > 0)
      expect(await stage.page.locator('main').innerText()).not.toMatch(/\p{Script=Han}/u)
      await open(`heat=units&${day(FEW)}&lang=en`)
      const legend = () => stage.page.locator('.legend').first().textContent()
      await until('the words', async () => (await legend())!.includes(`fewer than ${LEAST} have no colour`))
    })
    expect(stage.complaints).toEqual([])
  })
})
