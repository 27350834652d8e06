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

/** Minutes east of UTC that the zone's clocks show at this instant. */
export const offsetMinutes = (instant: number, zone: string): number =>
  Math.round((wallClock(instant, zone) - Math.floor(instant / 1000) * 1000) / 60_000)

const DAY = 86_400_000

/** First instant of the day that holds `instant`. Where clocks jump, the offset of midnight itself counts. */
export function startOfDay(instant: number, zone: string): number {
  const midnight = Math.floor(wallClock(instant, zone) / DAY) * DAY
  const guess = midnight - offsetMinutes(instant, zone) * 60_000
  return midnight - offsetMinutes(guess, zone) * 60_000
}

/** First instant of the next day. */
export const nextDay = (instant: number, zone: string): number => startOfDay(startOfDay(instant, zone) + DAY * 1.5, zone)
