/**
 * What the numbers beside the map are added up from: incidents by class and step of time, and by day and hour of the clock. Once it is
 * there, every window is a difference of two running sums.
 */
import type { Aggregates } from '#contract/heat.ts'
import { formatLocal } from './heat-address.ts'
import { borders, DAY, floorTo, type Grain, HOUR, type Span } from './heat-window.ts'
import { offsetMinutes } from './zone.ts'

/** Small numbers were merged upward or left out, for whoever may not read single incidents. */
export const isMerged = ({ groups, withheld }: Pick<Aggregates, 'groups' | 'withheld'>): boolean =>
  withheld === true || groups.some(({ merged }) => merged)

export class Series {
  /** Borders of the steps: one more than there are. */
  readonly at: readonly number[]
  /** Running sums by key: `sums.get(key)![n]` is all before step n. */
  private readonly sums = new Map<string, Float64Array>()
  private readonly whole: Float64Array

  /** `key`: what is counted apart; `''` where nothing is. Steps that the answer does not name are empty. */
  constructor(answer: Pick<Aggregates, 'groups'>, span: Span, grain: Grain, zone: string, key: 'class' | 'unit' | null) {
    this.at = borders(span, grain, zone)
    const places = new Map(this.at.slice(0, -1).map((at, n) => [formatLocal(at, zone, grain), n]))
    this.whole = new Float64Array(this.at.length)
    for (const group of answer.groups) {
      const step = places.get(String(group.key[grain] ?? '').replace(/:00[+-]\d\d:\d\d$/, ''))
      if (step === undefined) continue
      const name = key === null ? '' : String(group.key[key] ?? '')
      this.of(name)[step + 1]! += group.count
      this.whole[step + 1]! += group.count
    }
    for (const sums of [...this.sums.values(), this.whole]) for (let n = 1; n < sums.length; n++) sums[n]! += sums[n - 1]!
  }

  get keys(): string[] {
    return [...this.sums.keys()].sort()
  }

  /** The beginning of the first step with anything in it; null where all are empty. Before that nobody counted. */
  get begins(): number | null {
    const first = this.whole.findIndex((sum) => sum > 0)
    return first < 1 ? null : this.at[first - 1]!
  }

  /** All of a window, or null where the series does not reach. */
  total(window: Span): number | null {
    return this.covers(window) ? this.between(this.whole, window) : null
  }

  /** The same of one key. */
  count(key: string, window: Span): number {
    const sums = this.sums.get(key)
    return sums ? this.between(sums, window) : 0
  }

  covers({ from, to }: Span): boolean {
    return from >= this.at[0]! && to <= this.at.at(-1)!
  }

  /** Incidents of each step of a span. */
  steps(span: Span): number[] {
    const [first, last] = [this.indexOf(span.from), this.indexOf(span.to)]
    return Array.from({ length: Math.max(0, last - first) }, (_step, n) => this.whole[first + n + 1]! - this.whole[first + n]!)
  }

  private between(sums: Float64Array, { from, to }: Span): number {
    return sums[this.indexOf(to)]! - sums[this.indexOf(from)]!
  }

  /** The last border at or before an instant. */
  private indexOf(at: number): number {
    let [low, high] = [0, this.at.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.at[middle]! <= at) low = middle
      else high = middle - 1
    }
    return low
  }

  private of(name: string): Float64Array {
    let sums = this.sums.get(name)
    if (!sums) this.sums.set(name, (sums = new Float64Array(this.at.length)))
    return sums
  }
}

/** Incidents by hour of the clock for every day of a span; a window's hours of the week are summed up in a step. */
export class WeekHours {
  private readonly from: number
  private readonly days: Float64Array
  private readonly zone: string

  constructor(answer: Pick<Aggregates, 'groups'>, span: Span, zone: string) {
    this.zone = zone
    this.from = this.dayNumber(span.from)
    this.days = new Float64Array((this.dayNumber(span.to) - this.from + 1) * 24)
    for (const { key, count } of answer.groups) {
      // Of a number too small to be shown nobody knows the hour.
      if (key.day === null || key.hourOfDay === null) continue
      const day = Date.parse(`${key.day}T00:00:00Z`) / DAY - this.from
      const hour = Number(key.hourOfDay)
      if (day >= 0 && day * 24 + hour < this.days.length) this.days[day * 24 + hour]! += count
    }
  }

  /** Incidents of the window by weekday (Monday first) · 24 + hour of the clock. */
  of({ from, to }: Span): Float64Array {
    const week = new Float64Array(168)
    const [first, last] = [this.clockHour(from), this.clockHour(to)]
    for (let n = Math.max(0, first); n < Math.min(last, this.days.length); n++) {
      // Day 0 of 1970 was a Thursday.
      const weekday = (this.from + Math.floor(n / 24) + 3) % 7
      week[weekday * 24 + (n % 24)]! += this.days[n]!
    }
    return week
  }

  /** Days since 1970 by the county's calendar. */
  private dayNumber(at: number): number {
    return Math.floor((at + offsetMinutes(at, this.zone) * 60_000) / DAY)
  }

  private clockHour(at: number): number {
    const hour = floorTo(at, 'hour', this.zone)
    return Math.floor((hour + offsetMinutes(hour, this.zone) * 60_000) / HOUR) - this.from * 24
  }
}
