/**
 * The county's clock as numbers, so that a million instants can be put into local hours, days and weeks without a calendar library.
 * Instants are whole seconds since 1970; local seconds are those plus the offset in force. SQL gets the same offsets, so both agree
 * whatever their tables of zones say.
 */
import { IANAZone } from 'luxon'

/** Offset `offsets[n]`, in seconds east of UTC, holds from `starts[n]` on; `starts[0]` is -Infinity. */
export interface Clock {
  starts: readonly number[]
  offsets: readonly number[]
}

/** Hours are 3,600 s of the local clock; days and weeks (from Monday) begin at the first instant of their local date, and so do months. */
export type Bin = 'hour' | 'day' | 'week' | 'month'

const HOUR = 3600
const DAY = 86_400
/** No zone goes there and back within it. */
const SAMPLE = 7 * DAY

/** The clock of an IANA zone over [from, to]. */
export function clockOf(zone: string, from: number, to: number): Clock {
  const iana = IANAZone.create(zone)
  const offsetAt = (seconds: number) => Math.round(iana.offset(seconds * 1000) * 60)
  const [starts, offsets] = [[-Infinity], [offsetAt(from)]]
  let [at, offset] = [from, offsets[0]!]
  while (at < to) {
    const next = Math.min(at + SAMPLE, to)
    const later = offsetAt(next)
    if (later !== offset) {
      let [low, high] = [at, next]
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2)
        if (offsetAt(middle) === offset) low = middle
        else high = middle
      }
      // Two changes between two samples would be seen as one: the second is found from the first.
      offset = offsetAt(high)
      starts.push(high)
      offsets.push(offset)
      at = high
    } else at = next
  }
  return { starts, offsets }
}

/** Place in a clock's lists of what holds at an instant. */
export function segmentAt({ starts }: Clock, seconds: number): number {
  let n = starts.length - 1
  while (n > 0 && starts[n]! > seconds) n--
  return n
}
export const offsetAt = (clock: Clock, seconds: number): number => clock.offsets[segmentAt(clock, seconds)]!

/** Days since 1970-01-01 of local seconds. */
const dayNumber = (local: number): number => Math.floor(local / DAY)
/** Hour of the local clock, 0–23, of local seconds. */
export const hourOfDay = (local: number): number => Math.floor((local - DAY * Math.floor(local / DAY)) / HOUR)
/** 0 Monday … 6 Sunday, of local seconds: 1970-01-01 was a Thursday. */
export const weekdayOf = (local: number): number => {
  const days = dayNumber(local) + 3
  return days - 7 * Math.floor(days / 7)
}

/**
 * What an hour of the local clock is worth, `of` its local seconds, for the seconds of [start, end) counted from `start`: looked up in
 * a table where the clock is not changed in between. `of` must be the same within an hour.
 */
export function hourlyFinder(clock: Clock, start: number, end: number, of: (local: number) => number): (time: number) => number {
  const n = segmentAt(clock, start)
  if (n !== segmentAt(clock, end - 1)) return (time) => of(start + time + offsetAt(clock, start + time))
  const local = start + clock.offsets[n]!
  const phase = local - HOUR * Math.floor(local / HOUR)
  const table = Int32Array.from({ length: Math.ceil((end - start + phase) / HOUR) }, (_, hour) => of(local - phase + hour * HOUR))
  return (time) => table[Math.floor((time + phase) / HOUR)]!
}

/** Whether in [start, end) each hour of UTC is one of the local clock. */
export const isOnWholeHours = (clock: Clock, start: number, end: number): boolean => {
  for (let n = segmentAt(clock, start); n < clock.starts.length && clock.starts[n]! < end; n++) {
    if (clock.offsets[n]! % HOUR !== 0 || (clock.starts[n]! > start && clock.starts[n]! % HOUR !== 0)) return false
  }
  return true
}

interface CivilDate {
  year: number
  month: number
  day: number
}

/** The date of a day number in the Gregorian calendar (H. Hinnant, chrono-compatible low-level date algorithms). */
function civil(days: number): CivilDate {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 }
}

const BIN_OF_DAY: Record<Exclude<Bin, 'hour'>, (days: number) => number> = {
  day: (days) => days,
  week: (days) => Math.floor((days + 3) / 7),
  month: (days) => {
    const { year, month } = civil(days)
    return year * 12 + month
  },
}

/** A day is hardly ever shorter than this, and an hour never. */
const LEAST_SECONDS: Record<Bin, number> = { hour: HOUR, day: 20 * HOUR, week: 6 * DAY, month: 27 * DAY }

/**
 * Bounds of the bins of [from, to): the first is `from`, the last `to`, those between begin a bin. Null when there may be more bins
 * than `most`, or none.
 */
export function boundsOf(bin: Bin, from: number, to: number, clock: Clock, most: number): Float64Array | null {
  if (!(from < to) || (to - from) / LEAST_SECONDS[bin] > most) return null
  const bounds = [from]
  const binOf = bin === 'hour' ? (local: number) => Math.floor(local / HOUR) : (local: number) => BIN_OF_DAY[bin](dayNumber(local))
  const width = bin === 'hour' ? HOUR : DAY
  let n = segmentAt(clock, from)
  let last = binOf(from + clock.offsets[n]!)
  for (let start = from; start < to; n++) {
    const offset = clock.offsets[n]!
    const end = Math.min(to, clock.starts[n + 1] ?? Infinity)
    // Hours that are lived twice are two; a day that is resumed after its clock was put back is one.
    const begins = (local: number) => (bin === 'hour' ? start > from || local > start + offset : binOf(local) > last)
    if (start > from && begins(start + offset) && (bin !== 'hour' || (start + offset) % HOUR === 0)) {
      bounds.push(start)
      last = binOf(start + offset)
    }
    for (let local = (Math.floor((start + offset) / width) + 1) * width; local - offset < end; local += width) {
      if (!begins(local)) continue
      bounds.push(local - offset)
      last = binOf(local)
    }
    start = end
  }
  bounds.push(to)
  return Float64Array.from(bounds)
}

const two = (number: number): string => String(number).padStart(2, '0')
const dateText = ({ year, month, day }: CivilDate): string => `${year}-${two(month)}-${two(day)}`

/** How the bin that holds an instant is called: `2026-03-01T08:00+08:00`, `2026-03-01`, `2026-W09`, `2026-03`. */
export function binLabel(bin: Bin, seconds: number, clock: Clock): string {
  const offset = offsetAt(clock, seconds)
  const local = seconds + offset
  const days = dayNumber(local)
  const date = civil(days)
  if (bin === 'day') return dateText(date)
  if (bin === 'month') return `${date.year}-${two(date.month)}`
  if (bin === 'week') {
    // A week belongs to the year of its Thursday (ISO 8601).
    const thursday = days - weekdayOf(local) + 3
    const { year } = civil(thursday)
    let week = 1
    for (let before = thursday - 7; civil(before).year === year; before -= 7) week++
    return `${year}-W${two(week)}`
  }
  const sign = offset < 0 ? '-' : '+'
  const [hours, minutes, rest] = [Math.floor(Math.abs(offset) / HOUR), Math.floor(Math.abs(offset) / 60) % 60, Math.abs(offset) % 60]
  return `${dateText(date)}T${two(hourOfDay(local))}:00${sign}${two(hours)}:${two(minutes)}${rest === 0 ? '' : `:${two(rest)}`}`
}
