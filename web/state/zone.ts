/** Days in the county's time zone, from the browser's own tables. Instants are ms since the epoch. */

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string): Intl.DateTimeFormat {
  let known = formats.get(zone)
  if (!known) {
    known = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, known)
  }
  return known
}

/** Wall-clock fields of an instant in the zone, read as if they were UTC, in ms. */
function wallClock(instant: number, zone: string): number {
  const field: Record<string, number> = {}
  for (const { type, value } of format(zone).formatToParts(instant)) field[type] = Number(value)
  return Date.UTC(field.year!, field.month! - 1, field.day!, field.hour!, field.minute!, field.second!)
}

const DAY = 86_400_000

/** Minutes by zone and day of UTC; null for days within which the clocks jump. */
const offsets = new Map<string, Map<number, number | null>>()

/** Minutes east of UTC that the zone's clocks show at this instant. A strip of a year asks thousands of times, the browser's tables are slow. */
export function offsetMinutes(instant: number, zone: string): number {
  const day = Math.floor(instant / DAY)
  let known = offsets.get(zone)
  if (!known) offsets.set(zone, (known = new Map()))
  let offset = known.get(day)
  if (offset === undefined) {
    const [first, last] = [askOffset(day * DAY, zone), askOffset((day + 1) * DAY - 1000, zone)]
    known.set(day, (offset = first === last ? first : null))
  }
  return offset ?? askOffset(instant, zone)
}

const askOffset = (instant: number, zone: string): number =>
  Math.round((wallClock(instant, zone) - Math.floor(instant / 1000) * 1000) / 60_000)

/** First instant of the day that holds `instant`. Where clocks jump, the offset of midnight itself counts. */
export function startOfDay(instant: number, zone: string): number {
  const offset = offsetMinutes(instant, zone) * 60_000
  const midnight = Math.floor((instant + offset) / DAY) * DAY
  const guess = midnight - offset
  return midnight - offsetMinutes(guess, zone) * 60_000
}

/** First instant of the next day. */
export const nextDay = (instant: number, zone: string): number => startOfDay(startOfDay(instant, zone) + DAY * 1.5, zone)
