/**
 * The 24 × 7 dial: which hours of which weekdays count. Two masks, as the server takes them: bit h is hour h of the county's clock, bit 0 of
 * the weekdays is Monday. In the address they are read by people: `hours=8-11,20`, `days=1-5` (Monday is 1).
 */

const ALL_HOURS = 0xffffff
const ALL_WEEKDAYS = 0x7f

export interface Dial {
  hours: number
  weekdays: number
}

export const EVERY_HOUR: Dial = { hours: ALL_HOURS, weekdays: ALL_WEEKDAYS }

export const isWhole = ({ hours, weekdays }: Dial): boolean => hours === ALL_HOURS && weekdays === ALL_WEEKDAYS

export const counts = ({ hours, weekdays }: Dial, weekday: number, hour: number): boolean =>
  (hours & (1 << hour)) !== 0 && (weekdays & (1 << weekday)) !== 0

/** A cell of the dial: weekday 0 (Monday) … 6, hour 0 … 23. */
export interface DialCell {
  weekday: number
  hour: number
}

/** All hours of the rectangle between two of its corners, in any order. */
export const block = (a: DialCell, b: DialCell): Dial => ({ hours: bits(a.hour, b.hour), weekdays: bits(a.weekday, b.weekday) })

/** One weekday, or hour, more or less; taking the last one away leaves all. */
export const withToggled = (dial: Dial, part: 'hours' | 'weekdays', n: number): Dial => {
  const all = part === 'hours' ? ALL_HOURS : ALL_WEEKDAYS
  // From all, the first touch chooses one rather than leaving one out.
  const next = dial[part] === all ? 1 << n : dial[part] ^ (1 << n)
  return { ...dial, [part]: next || all }
}

export const dialParts = ({ hours, weekdays }: Dial): Record<'hours' | 'days', string | null> => ({
  hours: hours === ALL_HOURS ? null : ranges(hours, 0, 24),
  days: weekdays === ALL_WEEKDAYS ? null : ranges(weekdays, 1, 7),
})

/** Reads the same back; what is none, or holds no hour at all, is every hour. */
export const readDial = (query: URLSearchParams): Dial => ({
  hours: maskOf(query.get('hours'), 0, 24) || ALL_HOURS,
  weekdays: maskOf(query.get('days'), 1, 7) || ALL_WEEKDAYS,
})

/** The set bits as `8-11,20`; the first of `length` bits reads `base`. */
export function ranges(mask: number, base: number, length: number): string {
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
function maskOf(text: string | null, base: number, length: number): number {
  let mask = 0
  for (const part of (text ?? '').split(',')) {
    const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part)
    if (!match) return 0
    const [first, last] = [Number(match[1]) - base, Number(match[2] ?? match[1]) - base]
    if (first < 0 || last >= length || last < first) return 0
    mask |= bits(first, last)
  }
  return mask
}

function bits(a: number, b: number): number {
  let mask = 0
  for (let n = Math.min(a, b); n <= Math.max(a, b); n++) mask |= 1 << n
  return mask
}
