import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HeatSwitch, type PastWall } from '../../../web/state/heat-switch.svelte.ts'

const past = (() => {}) as unknown as PastWall

describe('the switch to the past', () => {
  let made: HeatSwitch | null = null
  beforeEach(() => history.replaceState(null, '', '/wall?heat=density'))
  afterEach(() => {
    made?.stop()
    history.replaceState(null, '', '/wall')
  })

  it('shows at once what has been fetched with the page, and fetches nothing', () => {
    made = new HeatSwitch(
      () => past,
      () => Promise.reject(new Error('fetched again')),
    )
    expect(made.Wall).toBe(past)
    made.close()
    expect(made.Wall).toBeNull()
  })

  it('fetches it when it is first wanted, and shows it only if it still is', async () => {
    history.replaceState(null, '', '/wall')
    let bring = (_wall: PastWall) => {}
    const coming = new Promise<PastWall>((resolve) => (bring = resolve))
    let fetched = 0
    made = new HeatSwitch(
      () => null,
      () => (fetched++, coming),
    )
    expect(fetched).toBe(0)
    made.open('density')
    expect([fetched, made.Wall, location.search]).toEqual([1, null, '?heat=density'])
    made.close()
    bring(past)
    await coming
    expect(made.Wall).toBeNull()
    made.open('density')
    await coming
    expect(made.Wall).toBe(past)
  })
})
