import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { block } from '#model/heat/dial.ts'
import { formatLocal, parseLocal, readAddress, writeAddress } from '../../../web/state/heat-address.ts'
import { crossesItself, EVERYTHING, filterParts, queryOf, readFilter, toggled } from '../../../web/state/heat-filter.ts'
import { Series, WeekHours } from '../../../web/state/heat-series.ts'
import * as strip from '../../../web/state/heat-window.ts'

const SHANGHAI = 'Asia/Shanghai'
/** Its clocks jump on 2026-03-29 and 2026-10-25. */
const BERLIN = 'Europe/Berlin'
const ZONES = [SHANGHAI, BERLIN, 'UTC', 'Asia/Kathmandu']
const day = (text: string, zone = SHANGHAI) => parseLocal(text, zone)!
const range = (zone: string) => ({ from: day('2025-11-23', zone), to: day('2026-11-23', zone) })

describe('the window', () => {
  const zones = fc.constantFrom(...ZONES)
  const instant = fc.integer({ min: day('2025-09-01'), max: day('2027-02-01') })
  const grain = fc.constantFrom('day' as const, 'hour' as const)

  it('is never reversed, never empty, and stays on its strip, whatever is done to it', () => {
    fc.assert(
      fc.property(zones, grain, instant, instant, instant, fc.integer({ min: -400, max: 400 }), (zone, by, a, b, c, n) => {
        const all = range(zone)
        const first = strip.windowOf(a, b, all, by, zone)
        const windows = [
          first,
          strip.movedTo(first, c, all, by, zone),
          strip.stepped(first, n, all, by, zone),
          strip.resized(first, 'from', c, all, by, zone),
          strip.resized(first, 'to', c, all, by, zone),
          strip.weeksAway(first, Math.sign(n), all, by, zone) ?? first,
        ]
        for (const { from, to } of windows) {
          expect(from).toBeLessThan(to)
          expect(from).toBeGreaterThanOrEqual(all.from)
          expect(to).toBeLessThanOrEqual(all.to)
          expect([from, to]).toEqual([strip.snap(from, by, zone), strip.snap(to, by, zone)])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('keeps its length while it moves, over the days that clocks jump too', () => {
    const all = range(BERLIN)
    let window = { from: day('2026-03-20', BERLIN), to: day('2026-03-27', BERLIN) }
    for (let n = 0; n < 12; n++) {
      window = strip.stepped(window, 1, all, 'day', BERLIN)
      expect(strip.lengthOf(window, 'day')).toBe(7)
    }
    expect(formatLocal(window.from, BERLIN, 'hour')).toBe('2026-04-01T00')
  })

  it('stops at either end of the strip', () => {
    const all = range(SHANGHAI)
    const window = { from: day('2026-11-15'), to: day('2026-11-22') }
    expect(strip.stepped(window, 5, all, 'day', SHANGHAI)).toEqual({ from: day('2026-11-16'), to: all.to })
    expect(strip.stepped(window, -999, all, 'day', SHANGHAI).from).toBe(all.from)
  })

  it('pushed past its other end becomes one step there', () => {
    const all = range(SHANGHAI)
    const window = { from: day('2026-05-01'), to: day('2026-05-08') }
    expect(strip.resized(window, 'from', day('2026-06-01'), all, 'day', SHANGHAI)).toEqual({
      from: day('2026-05-07'),
      to: day('2026-05-08'),
    })
    expect(strip.resized(window, 'to', day('2026-04-01'), all, 'day', SHANGHAI)).toEqual({ from: day('2026-05-01'), to: day('2026-05-02') })
  })

  it('knows the window before, the same week a year ago, and the same weekdays a week away', () => {
    const window = { from: day('2026-11-08'), to: day('2026-11-15') }
    const text = ({ from, to }: strip.Span) => [from, to].map((at) => formatLocal(at, SHANGHAI, 'day'))
    expect(text(strip.before(window, 'day', SHANGHAI))).toEqual(['2026-11-01', '2026-11-08'])
    expect(text(strip.yearBefore(window, SHANGHAI))).toEqual(['2025-11-09', '2025-11-16'])
    expect(text(strip.weeksAway(window, -1, range(SHANGHAI), 'day', SHANGHAI)!)).toEqual(['2026-11-01', '2026-11-08'])
    expect(strip.weeksAway(window, 2, range(SHANGHAI), 'day', SHANGHAI)).toBeNull()
  })

  it('counts the borders of all steps, on days of 23 and 25 hours too', () => {
    expect(strip.borders(range(BERLIN), 'day', BERLIN)).toHaveLength(366)
    const long = { from: day('2026-10-25', BERLIN), to: day('2026-10-26', BERLIN) }
    expect(strip.borders(long, 'hour', BERLIN)).toHaveLength(26)
  })
})

describe('the filter', () => {
  const AREA: [number, number][] = [
    [121.3, 28.5],
    [121.4, 28.5],
    [121.4, 28.6],
  ]

  it('comes back from the address as it went there', () => {
    const filter = {
      kinds: ['03', '0402'],
      severities: ['red' as const],
      states: ['open' as const],
      sources: ['snapshot' as const],
      area: AREA,
      dial: block({ weekday: 0, hour: 8 }, { weekday: 4, hour: 17 }),
    }
    const query = new URLSearchParams(Object.entries(filterParts(filter)) as [string, string][])
    expect(readFilter(query)).toEqual(filter)
    expect(queryOf(filter, '331004')).toMatchObject({ kind: '03,0402', polygon: '121.3,28.5,121.4,28.5,121.4,28.6', dial: '1-5:8-17' })
  })

  it('is everything where nothing is said, or nothing that anybody knows', () => {
    expect(readFilter(new URLSearchParams())).toEqual(EVERYTHING)
    const nonsense = new URLSearchParams('kind=x,999&severity=blue&state=&source=7&area=1,2;3&dial=z')
    expect(readFilter(nonsense)).toEqual(EVERYTHING)
    expect(queryOf(EVERYTHING, '331004')).toEqual({ unit: '331004' })
  })

  it('takes no polygon that crosses itself', () => {
    const bow: [number, number][] = [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ]
    expect(crossesItself(bow)).toBe(true)
    expect(crossesItself(AREA)).toBe(false)
    expect(readFilter(new URLSearchParams({ area: bow.map(String).join(';') })).area).toEqual([])
  })

  it('keeps what is chosen in one order', () => {
    expect(toggled(['b'], 'a')).toEqual(['a', 'b'])
    expect(toggled(['green', 'red'], 'green', ['red', 'yellow', 'green'])).toEqual(['red'])
  })
})

describe('the address', () => {
  it('restores everything, and leaves other parameters alone', () => {
    const heat = {
      picture: 'units' as const,
      value: 'change' as const,
      level: 'town' as const,
      weighted: true,
      filter: { ...EVERYTHING, kinds: ['01'] },
      grain: 'hour' as const,
      window: { from: day('2026-11-08T09'), to: day('2026-11-08T17') },
      at: null,
    }
    const query = new URLSearchParams('unit=331004100&lang=en')
    writeAddress(query, heat, SHANGHAI)
    expect(query.get('from')).toBe('2026-11-08T09')
    expect(readAddress(query, SHANGHAI)).toEqual(heat)
    writeAddress(query, null, SHANGHAI)
    expect(query.has('heat')).toBe(false)
    expect([...query]).toEqual([
      ['unit', '331004100'],
      ['lang', 'en'],
    ])
  })

  it('turns a reversed window round, and takes an empty or a senseless one for none', () => {
    const read = (text: string) => readAddress(new URLSearchParams(text), SHANGHAI)
    expect(read('heat&from=2026-05-08&to=2026-05-01').window).toEqual({ from: day('2026-05-01'), to: day('2026-05-08') })
    for (const text of [
      'from=2026-05-08&to=2026-05-08',
      'from=2026-02-30&to=2026-03-01',
      'from=yesterday&to=2026-05-01',
      'from=0001-01-01',
    ]) {
      expect(read(text).window, text).toBeNull()
    }
    expect(read('heat=fire').picture).toBe('density')
  })

  it('writes the county’s clock, whatever the zone', () => {
    for (const zone of ZONES) expect(formatLocal(parseLocal('2026-07-01T18', zone)!, zone, 'hour')).toBe('2026-07-01T18')
    expect(parseLocal('2026-11-08', SHANGHAI)).toBe(Date.UTC(2026, 10, 7, 16))
  })
})

describe('the series', () => {
  const span = { from: day('2026-11-01'), to: day('2026-11-15') }
  const group = (key: object, count: number) => ({ key, count })

  it('adds up any window without looking at its steps again', () => {
    const series = new Series(
      {
        groups: [
          group({ class: '01', day: '2026-11-01' }, 4),
          group({ class: '02', day: '2026-11-08' }, 3),
          group({ class: '01', day: '2026-11-14' }, 2),
        ],
      },
      span,
      'day',
      SHANGHAI,
      'class',
    )
    const week = { from: day('2026-11-08'), to: day('2026-11-15') }
    expect([series.total(span), series.total(week), series.count('01', week), series.count('09', week)]).toEqual([9, 5, 2, 0])
    expect(series.total({ from: day('2026-10-01'), to: day('2026-11-02') })).toBeNull()
    expect(series.steps(week)).toEqual([3, 0, 0, 0, 0, 0, 2])
    expect(series.keys).toEqual(['01', '02'])
  })

  it('knows hours by the county’s clock, and midnight UTC as eight in Shanghai', () => {
    const groups = [group({ hour: '2026-11-02T08:00+08:00' }, 7)]
    const series = new Series({ groups }, span, 'hour', SHANGHAI, null)
    const midnight = Date.UTC(2026, 10, 2)
    expect(series.total({ from: midnight, to: midnight + strip.HOUR })).toBe(7)
  })

  it('sums the hours of the week of a window', () => {
    // 2026-11-02 is a Monday.
    const week = new WeekHours(
      { groups: [group({ day: '2026-11-02', hourOfDay: 8 }, 7), group({ day: '2026-11-09', hourOfDay: 8 }, 1)] },
      span,
      SHANGHAI,
    )
    expect(week.of(span)[8]).toBe(8)
    const first = week.of({ from: day('2026-11-02'), to: day('2026-11-03') })
    expect([first[8], first.reduce((sum, each) => sum + each)]).toEqual([7, 7])
    expect(week.of({ from: day('2026-11-02T09'), to: day('2026-11-03') })[8]).toBe(0)
  })

  it('knows no hour of a number that was too small to be shown', () => {
    const merged = [group({ day: '2026-11-02', hourOfDay: null }, 9), group({ day: null, hourOfDay: 8 }, 9)]
    expect(new WeekHours({ groups: merged }, span, SHANGHAI).of(span).some(Boolean)).toBe(false)
  })
})
