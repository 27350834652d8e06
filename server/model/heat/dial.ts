/**
 * The 24 × 7 dial: which hours of which weekdays of the local clock count. As text, the same in a query and in an address: groups of days
 * with their hours, `1-5:8-11,20;6:9` (Monday is 1); days alone count with all their hours.
 */
import { hourOfDay, weekdayOf } from './local-time.ts'

/** Seven masks, Monday first: bit h is the hour from h:00 on. */
export type Dial = readonly number[]

const HOURS = 24
const DAYS = 7
const ALL_HOURS = 2 ** HOURS - 1
export const EVERY_HOUR: Dial = new Array<number>(DAYS).fill(ALL_HOURS)

export const isWhole = (dial: Dial): boolean => dial.every((hours) => hours === ALL_HOURS)

/** 1 when the hour counts, else 0. Weekday 0 (Monday) … 6, hour 0 … 23. */
export const dialAt = (dial: Dial, weekday: number, hour: number): number => (dial[weekday]! >> hour) & 1

/** The same of seconds of the local clock since 1970. */
export const dialAtLocal = (dial: Dial, local: number): number => dialAt(dial, weekdayOf(local), hourOfDay(local))

/** A cell of the dial: weekday 0 (Monday) … 6, hour 0 … 23. */
export interface DialCell {
  weekday: number
  hour: number
}

/** All hours of the rectangle between two of its corners, in any order. */
export function block(a: DialCell, b: DialCell): Dial {
  const hours = bits(Math.min(a.hour, b.hour), Math.max(a.hour, b.hour))
  const [first, last] = [Math.min(a.weekday, b.weekday), Math.max(a.weekday, b.weekday)]
  return EVERY_HOUR.map((_all, day) => (day >= first && day <= last ? hours : 0))
}

/** A block taken to what counts already, or away from it where all of it does. From every hour it is the first choice; nothing left is every hour. */
export function withToggled(dial: Dial, block: Dial): Dial {
  if (isWhole(dial)) return block
  const isIn = block.every((hours, day) => (hours & ~dial[day]!) === 0)
  const next = dial.map((hours, day) => (isIn ? hours & ~block[day]! : hours | block[day]!))
  return next.some((hours) => hours !== 0) ? next : EVERY_HOUR
}

/** Days of equal hours stand together, in the order of their first day. */
export function dialText(dial: Dial): string {
  const groups = new Map<number, number>()
  for (const [day, hours] of dial.entries()) if (hours !== 0) groups.set(hours, (groups.get(hours) ?? 0) | (1 << day))
  return Array.from(groups, ([hours, days]) => ranges(days, 1, DAYS) + (hours === ALL_HOURS ? '' : `:${ranges(hours, 0, HOURS)}`)).join(';')
}

/** Reads the same back, in any order; null for what is none, and for a dial without an hour. A day named twice counts with both. */
export function readDial(text: string): Dial | null {
  const dial = new Array<number>(DAYS).fill(0)
  for (const group of text.split(';')) {
    const [days, hours, ...more] = group.split(':')
    const [dayMask, hourMask] = [maskOf(days!, 1, DAYS), hours === undefined ? ALL_HOURS : maskOf(hours, 0, HOURS)]
    if (dayMask === 0 || hourMask === 0 || more.length > 0) return null
    for (let day = 0; day < DAYS; day++) if (dayMask & (1 << day)) dial[day]! |= hourMask
  }
  return dial
}

/** The set bits as `8-11,20`; the first of `length` bits reads `base`. */
function ranges(mask: number, base: number, length: number): string {
  const parts: string[] = []
  for (let n = 0; n < length; n++) {
    if (!(mask & (1 << n))) continue
    let last = n
    while (last + 1 < length && mask & (1 << (last + 1))) last++
    parts.push(last > n ? `${n + base}-${last + base}` : `${n + base}`)
    n = last
  }
  return parts.join(',')
}

/** 0 for what cannot be understood. */
function maskOf(text: string, base: number, length: number): number {
  let mask = 0
  for (const part of text.split(',')) {
    const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part)
    if (!match) return 0
    const [first, last] = [Number(match[1]) - base, Number(match[2] ?? match[1]) - base]
    if (first < 0 || last >= length || last < first) return 0
    mask |= bits(first, last)
  }
  return mask
}

function bits(first: number, last: number): number {
  let mask = 0
  for (let n = first; n <= last; n++) mask |= 1 << n
  return mask
}
