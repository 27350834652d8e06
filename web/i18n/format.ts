/**
 * Numbers, instants and durations as the screens write them: half-width digits, "98.6 %", "−29" (U+2212), "13:30–14:32",
 * a space between Han and digits. Instants are shown in the county's zone, never in the browser's.
 */
import { lang, t } from './i18n.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** U+2212: as wide as the plus, unlike a hyphen. */
export const MINUS = '\u2212'
/** Keeps a number and its sign on one line. */
const NBSP = '\u00a0'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const upToTenths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })
const pad = (n: number): string => String(n).padStart(2, '0')

const zoned = new Map<string, Intl.DateTimeFormat>()
function fieldsOf(instant: Date, zone: string): Record<string, string> {
  let format = zoned.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    zoned.set(zone, format)
  }
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
}

/** 3128 → "3,128"; a negative one gets the true minus. */
export const count = (n: number): string => whole.format(n).replace('-', MINUS)

/** With as many digits behind the point as asked for: 0.5 → "0.50". */
export const decimal = (n: number, digits: number): string =>
  n.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', MINUS)

/** A difference with its sign: "+181", "−29", "0". */
export const signed = (n: number): string => (n > 0 ? `+${whole.format(n)}` : count(n))

/** The digits of a share in 0…1 as per cent: "98.6". */
export const percentDigits = (share: number): string => tenths.format(share * 100)
/** A share in 0…1: "98.6 %". */
export const percent = (share: number): string => `${percentDigits(share)}${NBSP}%`
/** How much `now` lies above or below `before`: "+6.1 %"; null when there is nothing to compare with. */
export function change(now: number, before: number): string | null {
  if (before === 0) return null
  const share = (now - before) / before
  return `${share > 0 ? '+' : share < 0 ? MINUS : ''}${tenths.format(Math.abs(share) * 100)}${NBSP}%`
}

/** "14:32:08" */
export function clockTime(instant: Date, zone: string): string {
  const { hour, minute, second } = fieldsOf(instant, zone)
  return `${hour}:${minute}:${second}`
}
/** "14:32" */
export function minuteTime(instant: Date, zone: string): string {
  const { hour, minute } = fieldsOf(instant, zone)
  return `${hour}:${minute}`
}
/** "14:32:08" today, "11-21 14:32" on another day. */
export function momentOf(instant: Date, now: Date, zone: string): string {
  const at = fieldsOf(instant, zone)
  const today = fieldsOf(now, zone)
  const sameDay = at.year === today.year && at.month === today.month && at.day === today.day
  return sameDay ? `${at.hour}:${at.minute}:${at.second}` : `${at.month}-${at.day} ${at.hour}:${at.minute}`
}
/** "2026-11-22 14:32" */
export function dateTime(instant: Date, zone: string): string {
  const { year, month, day, hour, minute } = fieldsOf(instant, zone)
  return `${year}-${month}-${day} ${hour}:${minute}`
}
/** "11 月 22 日 周日", "Sun 22 Nov" */
export function dayName(instant: Date, zone: string): string {
  const { month, day } = fieldsOf(instant, zone)
  const word = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(lang() === 'zh' ? 'zh-CN' : 'en-GB', { ...options, timeZone: zone }).format(instant)
  return t('date.full', {
    month: String(Number(month)),
    monthName: word({ month: 'short' }),
    day: String(Number(day)),
    weekday: word({ weekday: 'short' }),
  })
}
/** 2026-11-17 → "11-17" */
export const shortDay = (day: string): string => day.slice(5)

/** Time passed, for a list's right edge: "12 秒", "38 分", "2:16" (h:mm), "3 天 02:14". Negative counts as none. */
export function age(ms: number): string {
  const passed = Math.max(0, ms)
  if (passed < MINUTE) return t('age.seconds', { count: Math.floor(passed / SECOND) })
  if (passed < HOUR) return t('age.minutes', { count: Math.floor(passed / MINUTE) })
  if (passed < DAY) return `${Math.floor(passed / HOUR)}:${pad(Math.floor((passed % HOUR) / MINUTE))}`
  return lateness(passed)
}

/** How far past a deadline: "02:33" (hh:mm) within a day, then "3 天 02:14". */
export function lateness(ms: number): string {
  const passed = Math.max(0, ms)
  const time = `${pad(Math.floor((passed % DAY) / HOUR))}:${pad(Math.floor((passed % HOUR) / MINUTE))}`
  const days = Math.floor(passed / DAY)
  return days > 0 ? t('age.days', { days: String(days), time }) : time
}

/** A duration in words: "8 秒", "4 分 48 秒" under ten minutes, "30 分钟", "2 小时 16 分", "3 天 02:14". */
export function duration(ms: number): string {
  const passed = Math.max(0, ms)
  const seconds = Math.floor(passed / SECOND)
  if (passed < MINUTE) return t('duration.seconds', { seconds })
  const minutes = Math.floor(passed / MINUTE)
  if (minutes < 10) return t('duration.minutesSeconds', { minutes, seconds: pad(seconds % 60) })
  if (passed < HOUR) return t('duration.minutes', { minutes })
  if (passed < DAY) return t('duration.hoursMinutes', { hours: Math.floor(passed / HOUR), minutes: pad(minutes % 60) })
  const days = Math.floor(passed / DAY)
  return t('duration.days', { days, time: `${pad(Math.floor((passed % DAY) / HOUR))}:${pad(Math.floor((passed % HOUR) / MINUTE))}` })
}

/** Metres below a kilometre, then kilometres: "86 m", "1.2 km", "5 km". */
export const distance = (metres: number): string =>
  metres < 1000 ? `${whole.format(metres)}${NBSP}m` : `${upToTenths.format(metres / 1000)}${NBSP}km`
