/** The day's running totals, and how far today is ahead of yesterday. Steps are those of the summary's histogram. */
import type { Summary } from '#contract/summary.ts'

/** x: steps since midnight, may lie within a step; y: reports. */
export interface Point {
  x: number
  y: number
}

/** Running total at the end of every step, beginning with 0 at midnight. */
export function runningTotal(counts: readonly number[]): Point[] {
  let sum = 0
  return [{ x: 0, y: 0 }, ...counts.map((n, i) => ({ x: i + 1, y: (sum += n) }))]
}

type Figures = Pick<Summary, 'histogram' | 'reported' | 'now'>

/** Steps since midnight at the instant of the figures, with a fraction: the running step is not over. */
export const stepsPassed = ({ histogram, now }: Figures): number =>
  (Date.parse(now) - Date.parse(histogram.dayStart)) / (histogram.stepMinutes * 60_000)

/** Today's running total: whole steps, then the present instant. */
export function todayCurve(figures: Figures): Point[] {
  const passed = stepsPassed(figures)
  const whole = figures.histogram.today.slice(0, Math.floor(passed))
  return [...runningTotal(whole), { x: passed, y: figures.reported.today }]
}

/**
 * Today's running total less yesterday's at the same time: one value for every whole step, then the present one, which is
 * the difference printed beside the total (yesterday's step is cut at the same minute there, not here).
 */
export function leadOverYesterday(figures: Figures): Point[] {
  const yesterday = runningTotal(figures.histogram.yesterday)
  const today = todayCurve(figures)
  return today.map(({ x, y }, i) =>
    i === today.length - 1
      ? { x, y: figures.reported.today - figures.reported.yesterday }
      : { x, y: y - (yesterday[i]?.y ?? yesterday.at(-1)!.y) },
  )
}

/** The same as `pathOf`, in steps: a count stands until the next one, nothing between them is invented. */
export const stepsOf = (points: readonly Point[], stepWidth: number, bottom: number, scale: number): string =>
  points
    .map(({ x, y }, i) => {
      const [px, py] = [(x * stepWidth).toFixed(2), (bottom - y * scale).toFixed(2)]
      return i ? `H${px}V${py}` : `M${px} ${py}`
    })
    .join('')

/** SVG path of points, scaled: x by `width / steps`, y from `bottom` upwards by `scale`. */
export const pathOf = (points: readonly Point[], stepWidth: number, bottom: number, scale: number): string =>
  points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${(x * stepWidth).toFixed(2)} ${(bottom - y * scale).toFixed(2)}`).join('')
