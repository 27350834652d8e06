import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Catalogue } from '../../../web/state/catalogue.svelte.ts'
import { Incidents } from '../../../web/state/incidents.svelte.ts'
import { Selection } from '../../../web/state/selection.svelte.ts'
import { after, STOP_MS, Tour } from '../../../web/state/tour.svelte.ts'
import { stubServer } from '../../fixtures/account-server.ts'
import { COUNTY, marker, NOW } from '../../fixtures/wall-figures.ts'

const TOWNS = ['331004100', '331004101']
const START = 1_000_000

/** Real state on a county of two towns, with these open reds. */
async function atWall(address: string, reds: string[] = []) {
  stubServer()
  history.replaceState(null, '', `/wall${address}`)
  const selection = new Selection()
  selection.start(COUNTY)
  const catalogue = new Catalogue({ lang: 'zh' })
  await catalogue.reloadUnits()
  const incidents = new Incidents()
  incidents.takeSnapshot({ pos: 1, now: NOW.toISOString(), incidents: reds.map((id) => marker({ id })) })
  return { selection, tour: new Tour(selection, catalogue, incidents) }
}
const red = (n: number) => `00000000-0000-4000-8000-00000000000${n}`

describe('a tour', () => {
  beforeEach(() => history.replaceState(null, '', '/wall'))
  afterEach(() => vi.unstubAllGlobals())

  it('stays where it is while it is off', async () => {
    const { selection, tour } = await atWall('')
    for (let n = 0; n < 10; n++) tour.tick(START + n * STOP_MS)
    expect([selection.unit, selection.incident]).toEqual([COUNTY, null])
  })

  it('visits the towns in turn and the county between two rounds, twenty seconds each', async () => {
    const { selection, tour } = await atWall('?tour=towns')
    const seen: string[] = []
    for (let ms = 0; ms < 5 * STOP_MS; ms += 1000) {
      tour.tick(START + ms)
      if (seen.at(-1) !== selection.unit) seen.push(selection.unit)
    }
    expect(seen).toEqual([...TOWNS, COUNTY, ...TOWNS])
  })

  it('waits while the past is shown, and goes on twenty seconds after it', async () => {
    const { selection, tour } = await atWall('?tour=towns&heat=density')
    for (let ms = 0; ms <= 10 * STOP_MS; ms += 1000) tour.tick(START + ms)
    expect(selection.unit).toBe(COUNTY)
    history.replaceState(null, '', '/wall?tour=towns')
    const live = START + 10 * STOP_MS
    tour.tick(live + STOP_MS - 1000)
    expect(selection.unit).toBe(COUNTY)
    tour.tick(live + STOP_MS)
    expect(selection.unit).toBe(TOWNS[0])
  })

  it('goes from one open red to the next, and round again', async () => {
    const { selection, tour } = await atWall('?tour=reds', [red(1), red(2), red(3)])
    const seen = Array.from({ length: 4 }, (_, n) => {
      tour.tick(START + n * STOP_MS)
      return selection.incident
    })
    expect(new Set(seen.slice(0, 3))).toEqual(new Set([red(1), red(2), red(3)]))
    expect(seen[3]).toBe(seen[0])
    expect(selection.unit).toBe(COUNTY)
  })

  it('waits where it is while there is no open red', async () => {
    const { selection, tour } = await atWall('?tour=reds')
    tour.tick(START)
    expect([selection.unit, selection.incident]).toEqual([COUNTY, null])
  })

  it('leaves whoever touches the screen alone for a minute', async () => {
    const { selection, tour } = await atWall('?tour=towns')
    tour.tick(START)
    tour.rest(START + 5_000)
    tour.tick(START + 64_000)
    expect(selection.unit).toBe(TOWNS[0])
    tour.tick(START + 65_000)
    expect(selection.unit).toBe(TOWNS[1])
  })

  it('goes round, and begins at the first when the present stop is none', () => {
    expect(['a', 'b', 'c', 'x'].map((present) => after(['a', 'b', 'c'], present))).toEqual(['b', 'c', 'a', 'a'])
  })
})
