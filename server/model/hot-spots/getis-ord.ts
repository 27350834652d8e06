/**
 * Getis–Ord Gi*: does the sum of a place and its neighbours lie further from what chance gives than chance explains?
 * z = (Σw·x − W·x̄) / (s · √((n·Σw² − W²) / (n − 1))), s² = Σx²/n − x̄². Ord & Getis, Geographical Analysis 27(4), 1995, eq. 14.
 */
import type { Neighbours } from './neighbours.ts'
import { twoSided } from './normal.ts'

export interface GiStar {
  /** Sum over the place and its neighbours. */
  around: Float64Array
  /** What that sum would be were everything spread evenly. */
  expected: Float64Array
  /** 0 where nothing can be told: all values alike, or a place that has everything for a neighbour. */
  z: Float64Array
  /** Two-sided. */
  p: Float64Array
}

export function giStar(values: ArrayLike<number>, { offsets, members }: Neighbours): GiStar {
  const n = values.length
  const [around, expected, z, p] = [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n).fill(1)]
  let sum = 0
  let squares = 0
  for (let i = 0; i < n; i++) {
    sum += values[i]!
    squares += values[i]! ** 2
  }
  const mean = n === 0 ? 0 : sum / n
  // Rounding must not make a spread out of equal values.
  const variance = squares / n - mean * mean
  const s = variance > 1e-12 * Math.max(1, mean * mean) ? Math.sqrt(variance) : 0
  for (let i = 0; i < n; i++) {
    const weight = offsets[i + 1]! - offsets[i]!
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) around[i]! += values[members[k]!]!
    expected[i] = weight * mean
    const spread = n > 1 ? s * Math.sqrt((n * weight - weight * weight) / (n - 1)) : 0
    if (spread > 0) z[i] = (around[i]! - expected[i]!) / spread
    p[i] = twoSided(z[i]!)
  }
  return { around, expected, z, p }
}
