/** Times of the heat in the screen's words. A window's last day is told as the last one in it, not as the midnight after. */
import { t } from '../../i18n/i18n.ts'
import { formatLocal } from '../../state/heat-address.ts'
import { DAY, type Grain, lengthOf, type Span } from '../../state/heat-window.ts'

/** "11-08 – 11-14", with the years where they differ; by hours "11-08 09:00 – 17:00". */
export function spanText({ from, to }: Span, grain: Grain, zone: string): string {
  const [a, b] = [partsOf(from, zone), partsOf(grain === 'day' ? to - DAY / 2 : to, zone)]
  const day = ({ year, day }: Parts) => (a.year === b.year ? day : `${year}-${day}`)
  const sameDay = a.year === b.year && a.day === b.day
  if (grain === 'day') return sameDay ? a.day : `${day(a)} – ${day(b)}`
  return sameDay ? `${a.day} ${a.time} – ${b.time}` : `${day(a)} ${a.time} – ${day(b)} ${b.time}`
}

/** "7 日", "6 小时". */
export const stepsText = (window: Span, grain: Grain): string =>
  t(grain === 'day' ? 'heat.days' : 'heat.hours', { count: lengthOf(window, grain) })

/** "11-10 18:00", with the year when it is not the present one. */
export function instantText(at: number, now: Date, zone: string): string {
  const { year, day, time } = partsOf(at, zone)
  return `${year === partsOf(now.getTime(), zone).year ? '' : `${year}-`}${day} ${time}`
}

interface Parts {
  year: string
  day: string
  time: string
}
function partsOf(at: number, zone: string): Parts {
  const text = formatLocal(at, zone, 'hour')
  const minutes = new Date(at).toISOString().slice(14, 16)
  return { year: text.slice(0, 4), day: text.slice(5, 10), time: text.length > 13 ? text.slice(11) : `${text.slice(11)}:${minutes}` }
}
