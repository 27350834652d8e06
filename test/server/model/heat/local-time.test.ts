import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { binLabel, boundsOf, clockOf, hourOfDay, offsetAt, weekdayOf } from '../../../../server/model/heat/local-time.ts'
import { ZONES } from '../../../fixtures/heat-incidents.ts'

const at = (text: string): number => Date.parse(text) / 1000
const instant = fc.integer({ min: at('1970-01-01T00:00:00Z'), max: at('2100-01-01T00:00:00Z') })
const days = (text: string, from: string, to: string) => {
  const clock = clockOf(text, at(from), at(to))
  return [...boundsOf('day', at(from), at(to), clock, 1000)!].map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 16))
}

describe('a clock', () => {
  it('says what luxon says, in every zone and year', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES, 'Africa/Casablanca', 'Pacific/Apia'),
        instant,
        fc.nat({ max: 40_000_000 }),
        (zone, seconds, before) => {
          const clock = clockOf(zone, seconds - before, seconds + 1)
          const local = DateTime.fromSeconds(seconds, { zone })
          expect(offsetAt(clock, seconds)).toBe(local.offset * 60)
          const shown = seconds + offsetAt(clock, seconds)
          expect([hourOfDay(shown), weekdayOf(shown) + 1]).toEqual([local.hour, local.weekday])
          expect(binLabel('day', seconds, clock)).toBe(local.toISODate())
          expect(binLabel('week', seconds, clock)).toBe(local.toFormat("kkkk-'W'WW"))
          expect(binLabel('month', seconds, clock)).toBe(local.toFormat('yyyy-MM'))
          expect(binLabel('hour', seconds, clock)).toBe(local.toFormat("yyyy-MM-dd'T'HH:00ZZ"))
        },
      ),
    )
  })

  it('puts midnight in UTC into the day that Shanghai has then', () => {
    const clock = clockOf('Asia/Shanghai', at('2026-03-01T00:00:00Z'), at('2026-03-02T00:00:00Z'))
    expect(binLabel('hour', at('2026-03-01T00:00:00Z'), clock)).toBe('2026-03-01T08:00+08:00')
    expect(binLabel('week', at('2026-03-01T16:00:00Z'), clock)).toBe('2026-W10')
    expect(binLabel('week', at('2026-03-01T15:59:59Z'), clock)).toBe('2026-W09')
  })
})

describe('bounds', () => {
  it('lie at local midnights, between the two ends', () => {
    expect(days('Asia/Shanghai', '2026-03-01T00:00:00Z', '2026-03-03T00:00:00Z')).toEqual([
      ...['2026-03-01T00:00', '2026-03-01T16:00', '2026-03-02T16:00', '2026-03-03T00:00'],
    ])
  })

  it('have days of 23 and 25 hours where the clock is changed', () => {
    expect(days('America/Chicago', '2026-03-08T06:00:00Z', '2026-03-10T05:00:00Z')).toEqual([
      '2026-03-08T06:00',
      '2026-03-09T05:00',
      '2026-03-10T05:00',
    ])
    expect(days('America/Chicago', '2026-11-01T05:00:00Z', '2026-11-03T06:00:00Z')).toEqual([
      '2026-11-01T05:00',
      '2026-11-02T06:00',
      '2026-11-03T06:00',
    ])
  })

  it('have one day of 24 hours fewer where a zone left one out', () => {
    expect(days('Pacific/Apia', '2011-12-29T10:00:00Z', '2011-12-31T10:00:00Z')).toEqual([
      '2011-12-29T10:00',
      '2011-12-30T10:00',
      '2011-12-31T10:00',
    ])
  })

  it('rise, and every instant lies in the bin of its label', () => {
    fc.assert(
      fc.property(
        ...[
          fc.constantFrom(...ZONES),
          instant,
          fc.integer({ min: 1, max: 4_000_000 }),
          fc.constantFrom('day' as const, 'week' as const, 'month' as const),
        ],
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (zone, from, length, bin, where) => {
          const clock = clockOf(zone, from, from + length)
          const bounds = boundsOf(bin, from, from + length, clock, 20_000)!
          expect([bounds[0], bounds.at(-1)]).toEqual([from, from + length])
          for (let n = 1; n < bounds.length; n++) expect(bounds[n]).toBeGreaterThan(bounds[n - 1]!)
          const seconds = Math.floor(from + length * where)
          const n = bounds.findIndex((bound, place) => bound <= seconds && bounds[place + 1]! > seconds)
          expect(binLabel(bin, bounds[n]!, clock)).toBe(binLabel(bin, seconds, clock))
        },
      ),
    )
  })

  it('are none for an empty window, or for more bins than may be', () => {
    const clock = clockOf('UTC', 0, 1e9)
    expect(boundsOf('hour', 10, 10, clock, 10)).toBeNull()
    expect(boundsOf('hour', 0, 3600 * 11, clock, 10)).toBeNull()
    expect(boundsOf('hour', 0, 3600 * 10, clock, 10)).toHaveLength(11)
  })
})
