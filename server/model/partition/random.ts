/** Chance for the search: 32-bit integer arithmetic and plain sums only, so that a seed gives the same plan in every engine. */
import { sfc32 } from '../random.ts'

export interface Random {
  /** Integer 0 … n − 1, for n below 2^21. */
  below(n: number): number
  /** An exponentially distributed number of mean 1: E ≤ T · exponential() is the rule of Metropolis without its `exp`. */
  exponential(): number
}

export function createRandom(seed: number, purpose: number): Random {
  const next = sfc32(seed, purpose + 1)
  return { below: (n) => Math.floor((next() / 4294967296) * n), exponential: () => EXPONENTIAL[next() >>> 20]! }
}

/** −ln(1 − u) at 4096 places, summed up from ln(a/b) = 2 artanh((a − b)/(a + b)): `Math.log` differs between engines. */
const EXPONENTIAL = ((): Float64Array => {
  const size = 4096
  const table = new Float64Array(size)
  let sum = 0
  let above = 1
  for (let i = 0; i < size; i++) {
    const below = 1 - (i + 0.5) / size
    const d = (above - below) / (above + below)
    const d2 = d * d
    sum += 2 * d * (1 + d2 * (1 / 3 + d2 * (1 / 5 + d2 / 7)))
    table[i] = sum
    above = below
  }
  return table
})()
