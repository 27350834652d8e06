/**
 * Windows of time on a strip: half-open spans of instants (ms since the epoch) whose ends stand on the clock's hours or the county's
 * midnights. Every function answers a span that is forwards, not empty and inside its range: a reversed window cannot be made.
 */
import { nextDay, startOfDay } from './zone.ts'

export const HOUR = 3_600_000
export const DAY = 86_400_000

export interface Span {
  from: number
  to: number
}
/** What one step of the strip is. */
export type Grain = 'day' | 'hour'

/** The last midnight, or full hour, at or before an instant. Zones are whole quarters off, so hours are cut on the day's own clock. */
export function floorTo(at: number, grain: Grain, zone: string): number {
  const day = startOfDay(at, zone)
  return grain === 'day' ? day : day + Math.floor((at - day) / HOUR) * HOUR
}

/** The nearest border between two steps. */
export function snap(at: number, grain: Grain, zone: string): number {
  const below = floorTo(at, grain, zone)
  const above = next(below, grain, zone)
  return at - below < above - at ? below : above
}

/** The border after `at`, itself a border. */
export const next = (at: number, grain: Grain, zone: string): number =>
  grain === 'hour' ? floorTo(at + HOUR * 1.5, 'hour', zone) : nextDay(at, zone)

/** `count` steps from a border, backwards when negative. */
export const stepFrom = (at: number, count: number, grain: Grain, zone: string): number =>
  grain === 'hour' ? at + count * HOUR : startOfDay(at + count * DAY + DAY / 2, zone)

/** Borders of all steps of a range, both ends included: one more than there are steps. */
export function borders({ from, to }: Span, grain: Grain, zone: string): number[] {
  const all = [from]
  while (all.at(-1)! < to) all.push(Math.min(to, next(all.at(-1)!, grain, zone)))
  return all
}

/** Two instants in either order as a window on the strip. */
export function windowOf(a: number, b: number, range: Span, grain: Grain, zone: string): Span {
  const from = clamp(snap(Math.min(a, b), grain, zone), range)
  const to = clamp(snap(Math.max(a, b), grain, zone), range)
  if (to > from) return { from, to }
  const after = next(from, grain, zone)
  return after <= range.to ? { from, to: after } : { from: stepFrom(range.to, -1, grain, zone), to: range.to }
}

/** The window so that it begins nearest to `from`, its length in steps kept, at the range's ends stopped. */
export function movedTo(window: Span, from: number, range: Span, grain: Grain, zone: string): Span {
  const steps = lengthOf(window, grain)
  const last = stepFrom(range.to, -steps, grain, zone)
  const start = Math.max(range.from, Math.min(last, snap(from, grain, zone)))
  return { from: start, to: Math.min(range.to, stepFrom(start, steps, grain, zone)) }
}

/** The window `count` steps further. */
export const stepped = (window: Span, count: number, range: Span, grain: Grain, zone: string): Span =>
  movedTo(window, stepFrom(window.from, count, grain, zone), range, grain, zone)

/** The same days of the week, `weeks` weeks away; null where the range does not reach so far. */
export function weeksAway(window: Span, weeks: number, range: Span, grain: Grain, zone: string): Span | null {
  const from = shiftDays(window.from, weeks * 7, zone)
  const to = shiftDays(window.to, weeks * 7, zone)
  return from < range.from || to > range.to ? null : windowOf(from, to, range, grain, zone)
}

/** One end of the window put elsewhere; pushed past the other end it makes a window of one step there. */
export function resized(window: Span, end: 'from' | 'to', at: number, range: Span, grain: Grain, zone: string): Span {
  const [least, most] = [stepFrom(window.to, -1, grain, zone), stepFrom(window.from, 1, grain, zone)]
  return end === 'from'
    ? windowOf(Math.min(at, least), window.to, range, grain, zone)
    : windowOf(window.from, Math.max(at, most), range, grain, zone)
}

/** How many steps long. */
export const lengthOf = ({ from, to }: Span, grain: Grain): number => Math.max(1, Math.round((to - from) / (grain === 'day' ? DAY : HOUR)))

/** The window of the same length right before. */
export const before = (window: Span, grain: Grain, zone: string): Span => ({
  from: stepFrom(window.from, -lengthOf(window, grain), grain, zone),
  to: window.from,
})

/** The same days of the week a year earlier: 52 weeks. */
export const yearBefore = ({ from, to }: Span, zone: string): Span => ({ from: shiftDays(from, -364, zone), to: shiftDays(to, -364, zone) })

/** The same time of the county's clock `days` days away. */
export function shiftDays(at: number, days: number, zone: string): number {
  const day = startOfDay(at, zone)
  return startOfDay(day + days * DAY + DAY / 2, zone) + (at - day)
}

const clamp = (at: number, { from, to }: Span): number => Math.max(from, Math.min(to, at))
