import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Clock } from '../../../web/state/clock.svelte.ts'
import { Live } from '../../../web/state/live.svelte.ts'

const START = Date.parse('2026-11-22T06:00:00Z')
const now = () => new Date(Date.now()).toISOString()

describe('Live', () => {
  let clock: Clock
  let live: Live
  let reloads = 0
  const hello = (version = '1') => live.take({ type: 'hello', at: Date.now(), data: { version, pos: 7, now: now() } })
  const beat = () => live.take({ type: 'beat', at: Date.now(), data: { pos: 7, now: now() } })

  beforeEach(() => {
    vi.useFakeTimers({ now: START })
    reloads = 0
    clock = new Clock()
    clock.start()
    live = new Live(clock, () => reloads++)
    live.open('1')
  })
  afterEach(() => {
    clock.stop()
    vi.useRealTimers()
  })

  it('connects first, and is broken when nothing ever comes', () => {
    expect(live.status).toBe('connecting')
    vi.advanceTimersByTime(9_000)
    expect(live.status).toBe('connecting')
    vi.advanceTimersByTime(3_000)
    expect(live.status).toBe('broken')
  })

  it('is live while it beats, late after 5 s of silence and broken after 10', () => {
    hello()
    expect(live.status).toBe('live')
    vi.advanceTimersByTime(4_000)
    beat()
    vi.advanceTimersByTime(4_000)
    expect(live.status).toBe('live')
    vi.advanceTimersByTime(2_500)
    expect([live.status, Math.round(live.lagSeconds)]).toEqual(['late', 6])
    vi.advanceTimersByTime(5_000)
    expect(live.status).toBe('broken')
    beat()
    expect(live.status).toBe('live')
  })

  it('is not broken by a closed line alone, and tells when it will try again', () => {
    hello()
    live.take({ type: 'closed', attempt: 2, retryAt: Date.now() + 4_000 })
    expect([live.status, live.attempt, live.retryAt!.getTime() - START]).toEqual(['live', 2, 4_000])
    hello()
    expect([live.attempt, live.retryAt]).toEqual([0, null])
  })

  it('reloads the page when the server’s version has changed', () => {
    hello('1')
    expect(reloads).toBe(0)
    hello('2')
    expect(reloads).toBe(1)
  })

  it('says up to when the screen is true', () => {
    hello()
    vi.advanceTimersByTime(60_000)
    expect(live.lastAt!.toISOString()).toBe('2026-11-22T06:00:00.000Z')
  })
})
