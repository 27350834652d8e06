import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { movedBy, PERIODS, periodOf, spanBefore, spanLastYear, stepFor, stepsBack } from '#model/hot-spots/periods.ts'

const ZONES = ['Asia/Shanghai', 'America/Chicago', 'UTC'] as const
const iso = ({ from, to }: { from: Date; to: Date }) => [from.toISOString(), to.toISOString()]
const HOUR = 3_600_000

describe('periods of a calendar', () => {
  it('begin at midnight of the county, weeks on Monday, months on the first', () => {
    const sunday = new Date('2026-03-01T15:30:00Z')
    expect(iso(periodOf('day', sunday, 'Asia/Shanghai'))).toEqual(['2026-02-28T16:00:00.000Z', '2026-03-01T16:00:00.000Z'])
    expect(iso(periodOf('week', sunday, 'Asia/Shanghai', 1))).toEqual(['2026-02-15T16:00:00.000Z', '2026-02-22T16:00:00.000Z'])
    expect(iso(periodOf('month', sunday, 'Asia/Shanghai', 1))).toEqual(['2026-01-31T16:00:00.000Z', '2026-02-28T16:00:00.000Z'])
    // Half an hour later it is Monday there.
    expect(iso(periodOf('week', new Date('2026-03-01T16:00:00Z'), 'Asia/Shanghai', 1))[0]).toBe('2026-02-22T16:00:00.000Z')
  })

  it('have 23 and 25 hours where the clocks change, and the window before has as many days', () => {
    const short = periodOf('day', new Date('2026-03-08T18:00:00Z'), 'America/Chicago')
    expect((short.to.getTime() - short.from.getTime()) / HOUR).toBe(23)
    expect(iso(spanBefore(short, 'America/Chicago'))).toEqual(['2026-03-07T06:00:00.000Z', '2026-03-08T06:00:00.000Z'])
    const odd = { from: new Date('2026-03-08T10:00:00Z'), to: new Date('2026-03-08T15:00:00Z') }
    expect(iso(spanBefore(odd, 'America/Chicago'))).toEqual(['2026-03-08T05:00:00.000Z', '2026-03-08T10:00:00.000Z'])
  })

  it('of a year ago are the same weekdays, and the same month', () => {
    const zone = 'Asia/Shanghai'
    const week = periodOf('week', new Date('2026-02-18T00:00:00Z'), zone)
    expect(spanLastYear(week, zone).from.toISOString()).toBe('2025-02-16T16:00:00.000Z')
    const february = periodOf('month', new Date('2028-02-18T00:00:00Z'), zone)
    expect(iso(spanLastYear(february, zone, 'month'))).toEqual(['2027-01-31T16:00:00.000Z', '2027-02-28T16:00:00.000Z'])
  })

  it('are cut into whole steps back from the end, the latest ones', () => {
    const span = { from: new Date('2026-01-31T16:00:00Z'), to: new Date('2026-02-28T16:00:00Z') }
    expect(stepFor(span)).toBe('day')
    expect(stepsBack(span, 'week', 'Asia/Shanghai', 60)).toHaveLength(5)
    expect(stepsBack(span, 'month', 'Asia/Shanghai', 60)).toHaveLength(2)
    expect(stepsBack({ from: new Date('2026-02-20T16:00:00Z'), to: span.to }, 'month', 'Asia/Shanghai', 60)).toEqual([])
    expect(stepsBack(span, 'day', 'Asia/Shanghai', 5)).toHaveLength(6)
  })

  it('lie end to end, whatever the zone and the step', () => {
    const instant = fc.date({ min: new Date('1971-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(
        instant,
        fc.constantFrom(...ZONES),
        fc.constantFrom(...PERIODS),
        fc.integer({ min: 1, max: 80 }),
        (at, zone, period, n) => {
          const now = periodOf(period, at, zone)
          expect(now.from <= at && at < now.to).toBe(true)
          expect(periodOf(period, at, zone, 1).to).toEqual(now.from)
          expect(spanBefore(now, zone).to).toEqual(now.from)
          expect(iso(movedBy(movedBy(now, -n, zone), n, zone))).toEqual(iso(now))
          const bounds = stepsBack({ from: movedBy(now, -n, zone).from, to: now.to }, 'day', zone, 60)
          expect(bounds.at(-1)).toEqual(now.to)
          expect(bounds.every((bound, i) => i === 0 || bound > bounds[i - 1]!)).toBe(true)
        },
      ),
    )
  })
})
