/** Windows of a county's calendar: days, weeks from Monday, months, what came before them, and how a long window is cut into steps. */
import { DateTime } from 'luxon'

export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

/** [from, to) */
export interface Span {
  from: Date
  to: Date
}

const at = (instant: Date, zone: string): DateTime => DateTime.fromJSDate(instant, { zone })

/** The period that holds an instant, `back` periods earlier. */
export function periodOf(period: Period, instant: Date, zone: string, back = 0): Span {
  const from = at(instant, zone)
    .startOf(period)
    .minus({ [period]: back })
  return { from: from.toJSDate(), to: from.plus({ [period]: 1 }).toJSDate() }
}

/** The window of the same length right before: whole local days when it is some, otherwise the same time to the millisecond. */
export function spanBefore({ from, to }: Span, zone: string): Span {
  const [start, end] = [at(from, zone), at(to, zone)]
  const isWhole = +start.startOf('day') === +start && +end.startOf('day') === +end
  if (!isWhole) return { from: new Date(2 * from.getTime() - to.getTime()), to: from }
  return { from: start.minus({ days: Math.round(end.diff(start, 'days').days) }).toJSDate(), to: from }
}

/** The same days a year ago: of a month the month of that name, otherwise 364 days back, so that weekdays match. */
export function spanLastYear({ from, to }: Span, zone: string, period?: Period): Span {
  const back = period === 'month' ? { years: 1 } : { days: 364 }
  return { from: at(from, zone).minus(back).toJSDate(), to: at(to, zone).minus(back).toJSDate() }
}

/** Moves a window by whole days. */
export const movedBy = ({ from, to }: Span, days: number, zone: string): Span => ({
  from: at(from, zone).plus({ days }).toJSDate(),
  to: at(to, zone).plus({ days }).toJSDate(),
})

/** The step with which a window is cut when nobody says: some twenty of them. */
export function stepFor({ from, to }: Span): Period {
  const days = (to.getTime() - from.getTime()) / 86_400_000
  return days <= 45 ? 'day' : days <= 300 ? 'week' : 'month'
}

/**
 * Bounds of the whole steps in [from, to), the last step ending at `to`: a first part that is shorter than a step is left out, since
 * it would always look quiet. n steps have n + 1 bounds; empty when not one step fits. At most `most` steps, the latest ones.
 */
export function stepsBack({ from, to }: Span, step: Period, zone: string, most: number): Date[] {
  const end = at(to, zone)
  const bounds = [to]
  for (let n = 1; n <= most; n++) {
    const bound = end.minus({ [step]: n })
    if (bound.toMillis() < from.getTime()) break
    bounds.unshift(bound.toJSDate())
  }
  return bounds.length > 1 ? bounds : []
}
