/** Numbers and times as the analysis writes them. */
import { decimal, minuteTime } from '../../i18n/format.ts'
import { t } from '../../i18n/i18n.ts'

/** "11-22" or "2025-11-22" when it is of another year than `of`. */
export function dayOf(instant: string, zone: string, of?: string): string {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date(instant))
  return of !== undefined && day.startsWith(of.slice(0, 4)) ? day.slice(5) : day
}

/** "11-22 14:32" */
export const timeOf = (instant: string, zone: string): string => `${dayOf(instant, zone).slice(5)} ${minuteTime(new Date(instant), zone)}`

/** [from, to) as its first and last day: "2026-10-25 至 2026-11-21". */
export function spanOf({ from, to }: { from: string; to: string }, zone: string, count: string): string {
  const last = new Date(Date.parse(to) - 1).toISOString()
  return t('analysis.windowIs', { from: dayOf(from, zone), to: dayOf(last, zone), count })
}

/** "0.012", "< 0.001" */
export const probability = (p: number): string => (p < 0.001 ? t('analysis.less', { value: '0.001' }) : decimal(p, 3))
/** With its relation, for a sentence: "= 0.012", "< 0.001". */
export const related = (p: number): string => (p < 0.001 ? t('analysis.less', { value: '0.001' }) : `= ${decimal(p, 3)}`)
