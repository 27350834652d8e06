/** Days as a county lives them: instants ↔ its own calendar. Zones are IANA names; days may have 23 or 25 hours. */
import { DateTime, IANAZone } from 'luxon'

export const isTimeZone = (zone: string): boolean => IANAZone.isValidZone(zone)

/** First instant of the local day that holds `instant`, `days` days later (negative: earlier). */
export const dayStart = (instant: Date, zone: string, days = 0): Date =>
  DateTime.fromJSDate(instant, { zone }).startOf('day').plus({ days }).startOf('day').toJSDate()

/** First instant of a day written `YYYY-MM-DD`, as the clocks of `zone` have it. Throws a RangeError on what is no day. */
export function startOf(day: string, zone: string): Date {
  const start = DateTime.fromISO(day, { zone }).startOf('day')
  if (!start.isValid) throw new RangeError(`${day} is no day`)
  return start.toJSDate()
}

/** The same time of the clock `days` days away; where the clock skips it, the nearest later one. */
export const sameTime = (instant: Date, zone: string, days: number): Date =>
  DateTime.fromJSDate(instant, { zone }).plus({ days }).toJSDate()

/** `YYYY-MM-DD` of the local day. */
export const dayOf = (instant: Date, zone: string): string => DateTime.fromJSDate(instant, { zone }).toISODate()!

/** Hour of the local clock, 0–23. */
export const hourOf = (instant: Date, zone: string): number => DateTime.fromJSDate(instant, { zone }).hour

/**
 * Reads a time as files have it: ISO 8601 (a `T` or a space between), slashes or dashes, or luxon's own `format`.
 * Without an offset it is the clock of `zone`. Null when it is none; the year must lie between 1900 and 2200.
 */
export function parseTime(text: string, zone: string, format?: string): Date | null {
  const trimmed = text.trim()
  const time = format
    ? DateTime.fromFormat(trimmed, format, { zone })
    : DateTime.fromISO(
        trimmed
          .replace(/^(\d{4})\/(\d{1,2})\/(\d{1,2})/, slashed)
          .replace(/^(\d{4}-\d{2}-\d{2})\s+/, '$1T')
          .replace(/\s+(?=[+-]\d{2}|Z$)/, ''),
        { zone },
      )
  return time.isValid && time.year >= 1900 && time.year <= 2200 ? time.toJSDate() : null
}

const slashed = (_: string, year: string, month: string, day: string): string => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
