/**
 * Emerging hot spots: what a place's hot and cold steps of time amount to. The names and their conditions are those of 'emerging
 * hot spot analysis' (Esri, How Emerging Hot Spot Analysis works); the trend is Mann–Kendall over the place's z-scores.
 */
import { qValues } from './false-discovery.ts'
import { giStar } from './getis-ord.ts'
import { mannKendall, type Trend } from './mann-kendall.ts'
import { inTime, type Neighbours } from './neighbours.ts'

export const PATTERNS = [
  'new',
  'consecutive',
  'intensifying',
  'persistent',
  'diminishing',
  'sporadic',
  'oscillating',
  'historical',
] as const
export type Pattern = (typeof PATTERNS)[number]

/** 'Ninety per cent of the steps' of the definition, and the level at which a trend counts. */
const MOST = 0.9
const TREND_LEVEL = 0.05

/** 1 hot, −1 cold, 0 neither, for each step; null: no pattern. `heat`: whether it is a pattern of hot or of cold steps. */
export function patternOf(marks: ArrayLike<number>, trend: Pick<Trend, 'z' | 'p'>): { pattern: Pattern; heat: 1 | -1 } | null {
  const n = marks.length
  const last = n === 0 ? 0 : marks[n - 1]!
  const count = (mark: number) => Array.from(marks).filter((each) => each === mark).length
  if (last === 0) {
    for (const heat of [1, -1] as const) if (n > 0 && count(heat) >= MOST * n) return { pattern: 'historical', heat }
    return null
  }
  const heat = last as 1 | -1
  const own = count(heat)
  if (own >= MOST * n && n > 1) {
    const rising = trend.p < TREND_LEVEL ? Math.sign(trend.z) * heat : 0
    return { pattern: rising > 0 ? 'intensifying' : rising < 0 ? 'diminishing' : 'persistent', heat }
  }
  let run = 0
  while (run < n && marks[n - 1 - run] === heat) run++
  if (count(-heat) > 0) return { pattern: 'oscillating', heat }
  if (own === run) return { pattern: run === 1 ? 'new' : 'consecutive', heat }
  return { pattern: 'sporadic', heat }
}

export interface Emerged {
  place: number
  pattern: Pattern
  heat: 1 | -1
  /** Of the z-scores. */
  trend: Trend
  /** For each step: 1 hot, −1 cold, 0 neither. */
  marks: number[]
  z: number[]
  /** Of the last step: p two-sided, and q over all steps of all places. */
  p: number
  q: number
  around: number
  expected: number
}

/**
 * @param counts of place i at step t, at t × n + i
 * @param neighbours of the n places; each step is tested together with the one before it, against the mean of all steps
 * @param fdr q at or below which a step of a place is hot or cold
 */
export function emerging(counts: ArrayLike<number>, neighbours: Neighbours, slices: number, fdr: number): Emerged[] {
  const n = neighbours.offsets.length - 1
  const { z, p, around, expected } = giStar(counts, inTime(neighbours, slices))
  const q = qValues(p)
  const found: Emerged[] = []
  for (let place = 0; place < n; place++) {
    const at = Array.from({ length: slices }, (_, t) => t * n + place)
    const marks = at.map((k) => (q[k]! <= fdr ? Math.sign(z[k]!) : 0))
    if (marks.every((mark) => mark === 0)) continue
    const series = at.map((k) => z[k]!)
    const trend = mannKendall(series)
    const what = patternOf(marks, trend)
    const end = at[slices - 1]!
    if (what)
      found.push({ place, ...what, trend, marks, z: series, p: p[end]!, q: q[end]!, around: around[end]!, expected: expected[end]! })
  }
  return found
}
