import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, dayStart, hourOf, isTimeZone, parseTime, sameTime, startOf } from '#model/time.ts'

describe('local days', () => {
  it('begin at midnight of the county', () => {
    expect(dayStart(new Date('2025-06-01T17:30:00Z'), 'Asia/Shanghai')).toEqual(new Date('2025-06-01T16:00:00Z'))
    expect(dayOf(new Date('2025-06-01T17:30:00Z'), 'Asia/Shanghai')).toBe('2025-06-02')
    expect(hourOf(new Date('2025-06-01T17:30:00Z'), 'Asia/Shanghai')).toBe(1)
  })
  it('may have 23 hours', () => {
    const start = dayStart(new Date('2025-03-09T12:00:00Z'), 'America/Chicago')
    expect(dayStart(start, 'America/Chicago', 1).getTime() - start.getTime()).toBe(23 * 3600_000)
    expect(sameTime(new Date('2025-03-09T18:00:00Z'), 'America/Chicago', -1)).toEqual(new Date('2025-03-08T19:00:00Z'))
  })
  it('begin when the clocks of the county say so', () => {
    expect(startOf('2026-03-02', 'Asia/Shanghai')).toEqual(new Date('2026-03-01T16:00:00Z'))
    expect(startOf('2026-03-02', 'America/Chicago')).toEqual(new Date('2026-03-02T06:00:00Z'))
    // There was no midnight that day.
    expect(startOf('2018-11-04', 'America/Sao_Paulo')).toEqual(new Date('2018-11-04T03:00:00Z'))
    expect(startOf('2999-01-01', 'UTC')).toEqual(new Date('2999-01-01T00:00:00Z'))
    expect(() => startOf('2026-02-30', 'UTC')).toThrow(RangeError)
  })
  it('hold every instant', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.constantFrom('Asia/Shanghai', 'America/Chicago', 'UTC'),
        (instant, zone) => {
          const start = dayStart(instant, zone)
          expect(start <= instant && instant < dayStart(instant, zone, 1)).toBe(true)
          expect(dayOf(start, zone)).toBe(dayOf(instant, zone))
        },
      ),
    )
  })
})

describe('times in files', () => {
  it('are the clock of their zone unless they say otherwise', () => {
    expect(parseTime('2018-01-01 00:48:30.0', 'America/Chicago')).toEqual(new Date('2018-01-01T06:48:30Z'))
    expect(parseTime('2018-01-05 16:22:21.287', 'America/Chicago')).toEqual(new Date('2018-01-05T22:22:21.287Z'))
    expect(parseTime('2025/3/5 08:00', 'Asia/Shanghai')).toEqual(new Date('2025-03-05T00:00:00Z'))
    expect(parseTime('2025-03-05T08:00:00+08:00', 'UTC')).toEqual(new Date('2025-03-05T00:00:00Z'))
    expect(parseTime('2025-03-05 08:00:00 Z', 'Asia/Shanghai')).toEqual(new Date('2025-03-05T08:00:00Z'))
    expect(parseTime('05.03.2025 08:00', 'UTC', 'dd.MM.yyyy HH:mm')).toEqual(new Date('2025-03-05T08:00:00Z'))
  })
  it('are refused when they are none', () => {
    for (const text of ['', 'yesterday', '2025-02-30', '0001-01-01', '2025-13-01 00:00', '99999-01-01'])
      expect(parseTime(text, 'UTC'), text).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => parseTime(text, 'UTC') === null || parseTime(text, 'UTC') instanceof Date))
  })
  it('know zones by name', () => {
    expect(isTimeZone('America/Chicago')).toBe(true)
    expect(isTimeZone('Mars/Olympus')).toBe(false)
  })
})
