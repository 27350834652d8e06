/** Mann–Kendall: does a series rise or fall? With the correction for ties; Mann 1945, Kendall 1975. */
import { twoSided } from './normal.ts'

export interface Trend {
  /** Pairs that rise less pairs that fall. */
  s: number
  /** With continuity correction; 0 for a series that tells nothing. */
  z: number
  p: number
}

export function mannKendall(series: ArrayLike<number>): Trend {
  const n = series.length
  let s = 0
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) s += Math.sign(series[j]! - series[i]!)
  const ties = new Map<number, number>()
  for (let i = 0; i < n; i++) ties.set(series[i]!, (ties.get(series[i]!) ?? 0) + 1)
  const part = (t: number) => t * (t - 1) * (2 * t + 5)
  const variance = (part(n) - [...ties.values()].reduce((sum, t) => sum + part(t), 0)) / 18
  const z = variance > 0 && s !== 0 ? (s - Math.sign(s)) / Math.sqrt(variance) : 0
  return { s, z, p: twoSided(z) }
}
