import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Clock } from '../../../web/state/clock.svelte.ts'
import { nextDay, offsetMinutes, startOfDay } from '../../../web/state/zone.ts'

const at = (text: string) => Date.parse(text)
const iso = (ms: number) => new Date(ms).toISOString()

describe('days of a zone', () => {
  it('begin at local midnight', () => {
    expect(iso(startOfDay(at('2026-11-22T06:32:08Z'), 'Asia/Shanghai'))).toBe('2026-11-21T16:00:00.000Z')
    expect(iso(startOfDay(at('2026-11-21T16:00:00Z'), 'Asia/Shanghai'))).toBe('2026-11-21T16:00:00.000Z')
    expect(iso(startOfDay(at('2026-11-21T15:59:59.999Z'), 'Asia/Shanghai'))).toBe('2026-11-20T16:00:00.000Z')
    expect(iso(nextDay(at('2026-11-22T06:32:08Z'), 'Asia/Shanghai'))).toBe('2026-11-22T16:00:00.000Z')
  })

  it('last 23 and 25 hours where clocks jump', () => {
    const hours = (day: string) => (nextDay(at(day), 'America/Chicago') - startOfDay(at(day), 'America/Chicago')) / 3_600_000
    expect([hours('2018-03-11T18:00:00Z'), hours('2018-11-04T18:00:00Z'), hours('2018-06-01T18:00:00Z')]).toEqual([23, 25, 24])
  })

  it('know the offset of half-hour zones', () => {
    expect(offsetMinutes(at('2026-11-22T06:32:08.500Z'), 'Asia/Kolkata')).toBe(330)
  })

  it('know the offset on both sides of a jump within one day of UTC', () => {
    const offsets = ['2018-03-11T07:59:59Z', '2018-03-11T08:00:00Z', '2018-03-10T07:59:59Z'].map((text) =>
      offsetMinutes(at(text), 'America/Chicago'),
    )
    expect(offsets).toEqual([-360, -300, -360])
  })
})

describe('Clock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: at('2026-11-22T15:59:57.400Z') }))
  afterEach(() => void vi.useRealTimers())

  it('shows the server’s time whatever this machine believes, and trusts the least delayed line', () => {
    const clock = new Clock()
    clock.correct('2026-11-22T16:09:57.400Z', Date.now())
    clock.correct('2026-11-22T16:09:56.000Z', Date.now())
    expect(iso(clock.exact)).toBe('2026-11-22T16:09:57.400Z')
  })

  it('ticks at full seconds and tells of midnight once', () => {
    const clock = new Clock()
    let days = 0
    clock.onMidnight(() => days++)
    clock.start()
    const dayBefore = clock.dayStart
    vi.advanceTimersByTime(1_000)
    expect(clock.now.getUTCSeconds()).toBe(58)
    vi.advanceTimersByTime(2_000)
    expect([days, clock.now.getUTCHours()]).toEqual([1, 16])
    expect(clock.dayStart.getTime() - dayBefore.getTime()).toBe(86_400_000)
    vi.advanceTimersByTime(60_000)
    expect(days).toBe(1)
    clock.stop()
  })
})
