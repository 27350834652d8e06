import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from '../../../web/state/clock.svelte.ts'
import { Figures } from '../../../web/state/figures.svelte.ts'

describe('Figures', () => {
  let figures: Figures
  let asked: string[]
  let answer: () => Promise<Response>
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  beforeEach(() => {
    vi.useFakeTimers()
    asked = []
    // Not a summary: what is checked here is when it is asked, and that a wrong answer is an error.
    answer = async () => new Response('{}', { status: 200 })
    vi.stubGlobal('fetch', async (address: string) => {
      asked.push(address)
      return answer()
    })
    figures = new Figures({ exact: 5_000 } as Clock)
  })
  afterEach(() => {
    figures.stop()
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  it('asks for nothing before a unit is shown', async () => {
    figures.refreshNow()
    figures.changed()
    await pass(60_000)
    expect(asked).toEqual([])
  })

  it('asks at once for another unit, and once', async () => {
    figures.show('331004')
    figures.show('331004')
    await pass(10)
    expect(asked).toEqual(['/api/summary?unit=331004'])
  })

  it('asks at most every two seconds through a storm of changes', async () => {
    figures.show('331004')
    await pass(0)
    for (let n = 0; n < 100; n++) {
      figures.changed()
      await pass(100)
    }
    expect(asked.length).toBeGreaterThanOrEqual(4)
    expect(asked.length).toBeLessThanOrEqual(7)
  })

  it('says since when it fails, keeps trying, and counts as stale', async () => {
    figures.show('331004')
    await pass(0)
    expect([figures.error?.name, figures.failingSince?.getTime(), figures.stale]).toEqual(['NetworkFailure', 5_000, true])
    await pass(15_000)
    expect(asked).toHaveLength(4)
  })

  it('does not show an answer that was overtaken by another unit', async () => {
    let settle: (response: Response) => void = () => {}
    answer = () => new Promise((resolve) => (settle = resolve))
    figures.show('331004')
    await pass(0)
    const first = settle
    figures.show('331004001')
    await pass(0)
    first(new Response('{}', { status: 500 }))
    await pass(0)
    expect(figures.error).toBeNull()
    expect(asked).toEqual(['/api/summary?unit=331004', '/api/summary?unit=331004001'])
  })
})
