import { afterEach, describe, expect, it } from 'vitest'
import {
  age,
  change,
  clockTime,
  count,
  dayName,
  distance,
  duration,
  lateness,
  minuteTime,
  momentOf,
  percent,
  shortDay,
  signed,
} from '../../../web/i18n/format.ts'
import { lang, speak, t } from '../../../web/i18n/i18n.ts'

const ZONE = 'Asia/Shanghai'
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000]
afterEach(() => speak({ lang: 'zh' }))

describe('numbers', () => {
  it('are grouped by thousands', () => {
    expect(count(3128)).toBe('3,128')
    expect(count(0)).toBe('0')
  })
  it('carry the true minus, and a plus where a difference is meant', () => {
    expect([signed(181), signed(-29), signed(0), count(-1200)]).toEqual(['+181', '\u221229', '0', '\u22121,200'])
  })
  it('keep a tenth of a per cent, apart from its sign by a space that does not break', () => {
    expect(percent(0.9864)).toBe('98.6\u00a0%')
    expect(percent(1)).toBe('100.0\u00a0%')
  })
  it('compare with the day before only where there was one', () => {
    expect([change(3128, 2947), change(90, 100), change(5, 5), change(5, 0)]).toEqual([
      '+6.1\u00a0%',
      '\u221210.0\u00a0%',
      '0.0\u00a0%',
      null,
    ])
  })
  it('name a distance in metres, then in kilometres', () => {
    expect([distance(86), distance(999.4), distance(1240), distance(5000)]).toEqual(['86\u00a0m', '999\u00a0m', '1.2\u00a0km', '5\u00a0km'])
  })
})

describe('instants', () => {
  const at = new Date('2026-11-22T06:32:08Z')
  it('are shown in the county’s zone', () => {
    expect([clockTime(at, ZONE), minuteTime(at, ZONE), clockTime(at, 'UTC')]).toEqual(['14:32:08', '14:32', '06:32:08'])
  })
  it('begin a day with 00, never with 24', () => {
    expect(clockTime(new Date('2026-11-21T16:00:00Z'), ZONE)).toBe('00:00:00')
  })
  it('say their day when it is not today', () => {
    expect(momentOf(at, new Date('2026-11-22T10:00:00Z'), ZONE)).toBe('14:32:08')
    expect(momentOf(at, new Date('2026-11-22T16:00:00Z'), ZONE)).toBe('11-22 14:32')
  })
  it('name the day in either language', () => {
    expect(dayName(at, ZONE)).toBe('11 月 22 日 周日')
    speak({ lang: 'en' })
    expect(dayName(at, ZONE)).toBe('Sun 22 Nov')
    expect(shortDay('2026-11-17')).toBe('11-17')
  })
})

describe('durations', () => {
  it('are ages in lists', () => {
    expect([12 * SECOND, 38 * MINUTE, 2 * HOUR + 16 * MINUTE, 3 * DAY + 2 * HOUR + 14 * MINUTE].map(age)).toEqual([
      '12 秒',
      '38 分',
      '2:16',
      '3 天 02:14',
    ])
    expect(age(-5 * SECOND)).toBe('0 秒')
  })
  it('are hours and minutes past a deadline', () => {
    expect([2 * HOUR + 33 * MINUTE, DAY + 7 * HOUR + 40 * MINUTE].map(lateness)).toEqual(['02:33', '1 天 07:40'])
  })
  it('are words in sentences', () => {
    expect([8 * SECOND, 4 * MINUTE + 8 * SECOND, 30 * MINUTE, 2 * HOUR + 5 * MINUTE, 26 * HOUR].map(duration)).toEqual([
      '8 秒',
      '4 分 08 秒',
      '30 分钟',
      '2 小时 05 分',
      '1 天 02:00',
    ])
  })
  it('speak English', () => {
    speak({ lang: 'en' })
    expect([age(12 * SECOND), duration(30 * MINUTE), lateness(3 * DAY)]).toEqual(['12 s', '30 min', '3 d 00:00'])
  })
})

describe('t', () => {
  it('fills gaps, writes numbers with separators and does not escape', () => {
    expect(t('states.note', { count: 1742 })).toBe('共 1,742 件，此刻')
    expect(t('broken.noAnswer', { host: '<10.21.4.8>' })).toBe('<10.21.4.8> 无应答')
  })
  it('chooses the plural form by the count', () => {
    speak({ lang: 'en' })
    expect([t('header.towns', { count: 1 }), t('header.towns', { count: 10 })]).toEqual(['1 town', '10 towns'])
    expect(lang()).toBe('en')
  })
})
