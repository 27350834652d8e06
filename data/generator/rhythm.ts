/**
 * When reports come in: by hour (two peaks, quiet nights), weekday, season, and more of them towards the end so that a
 * wall that opens there is alive. Local time is UTC+8 without summer time.
 */
import { createRandom } from './random.ts'

const MINUTE = 60_000
export const DAY_MS = 86_400_000
const OFFSET_MS = 8 * 60 * MINUTE
const BIN_MS = 15 * MINUTE

/** Reports in each hour of a day, any unit. */
const HOURS = [5, 3, 2, 2, 3, 6, 16, 44, 92, 118, 112, 74, 46, 62, 104, 112, 98, 66, 40, 34, 28, 22, 15, 9] as const
/** Sunday first. */
const WEEKDAYS = [0.86, 1.07, 1.05, 1.03, 1.02, 1.05, 0.92] as const
/** January first: the plum rains and the typhoon months bring more. */
const MONTHS = [0.92, 0.84, 0.98, 1, 1.02, 1.12, 1.12, 1.14, 1.08, 1, 0.98, 0.96] as const
const RAMP_DAYS = 14
const RAMP_TOP = 2.55

/**
 * Instants of `count` reports over `days` days up to `until`, ascending, none after it. Each answer is milliseconds since
 * 1970; `draw` yields 0 ≤ x < 1.
 */
export function* reportTimes(until: Date, days: number, count: number, seed: number, draw: () => number): Generator<number> {
  const end = until.getTime()
  const start = end - days * DAY_MS
  const bins = Math.ceil((days * DAY_MS) / BIN_MS)
  const random = createRandom(seed, 11)
  const upTo = new Float64Array(bins + 1)
  let mood = 1
  for (let bin = 0, today = -1; bin < bins; bin++) {
    const at = start + (bin + 0.5) * BIN_MS
    const local = at + OFFSET_MS
    const day = Math.floor(local / DAY_MS)
    if (day !== today) {
      today = day
      mood = 0.88 + 0.24 * random.unit()
    }
    const hour = (local - day * DAY_MS) / (60 * MINUTE) - 0.5
    const month = new Date(local).getUTCMonth()
    const left = (end - at) / DAY_MS
    const ramp = left < RAMP_DAYS ? 1 + (RAMP_TOP - 1) * (1 - left / RAMP_DAYS) : 1
    const rate = hourly(hour) * (WEEKDAYS[(day + 4) % 7] as number) * (MONTHS[month] as number) * ramp * mood * (0.85 + 0.3 * random.unit())
    upTo[bin + 1] = (upTo[bin] as number) + rate
  }
  const total = upTo[bins] as number
  let bin = 0
  for (let i = 0; i < count; i++) {
    const reached = ((i + draw()) / count) * total
    while (bin < bins - 1 && (upTo[bin + 1] as number) <= reached) bin++
    const low = upTo[bin] as number
    const part = (reached - low) / ((upTo[bin + 1] as number) - low)
    yield Math.min(end, Math.floor(start + (bin + part) * BIN_MS))
  }
}

function hourly(hour: number): number {
  const low = Math.floor(hour)
  const part = hour - low
  return (HOURS[(low + 24) % 24] as number) * (1 - part) + (HOURS[(low + 25) % 24] as number) * part
}
