/** Where a strip of time is named: months under a year, days under some weeks. */
import { lang, t } from '../../i18n/i18n.ts'
import { DAY, type Grain, type Span, stepFrom } from '../../state/heat-window.ts'
import { formatLocal, parseLocal } from '../../state/heat-address.ts'

export interface AxisMark {
  at: number
  label: string
}

/** Days between two names under a strip by hours. */
const DAYS_APART = 4
/** No name nearer to an end than this share of the strip: it would stand beyond it. */
const CLEAR = 0.02

export function axisMarks(range: Span, grain: Grain, zone: string): AxisMark[] {
  const all = grain === 'day' ? months(range, zone) : days(range, zone)
  const clear = (range.to - range.from) * CLEAR
  return all.filter(({ at }) => at >= range.from + clear && at <= range.to - clear)
}

/** Every second month, by its first day. */
function months({ from, to }: Span, zone: string): AxisMark[] {
  const marks: AxisMark[] = []
  let [year, month] = formatLocal(from, zone, 'day').split('-').map(Number) as [number, number]
  for (;;) {
    const at = parseLocal(`${year}-${String(month).padStart(2, '0')}-01`, zone)!
    if (at > to) return marks
    if (month % 2 === 1) marks.push({ at, label: monthName(at, month, zone) })
    ;[year, month] = month === 12 ? [year + 1, 1] : [year, month + 1]
  }
}

const monthName = (at: number, month: number, zone: string): string =>
  lang() === 'zh' ? t('heat.brush.month', { month }) : new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: zone }).format(at)

function days({ from, to }: Span, zone: string): AxisMark[] {
  const marks: AxisMark[] = []
  for (let at = from; at < to; at = stepFrom(at, DAYS_APART, 'day', zone))
    marks.push({ at, label: formatLocal(at + DAY / 2, zone, 'day').slice(5) })
  return marks
}
