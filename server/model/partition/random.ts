/** Chance for the search: 32-bit integer arithmetic and plain sums only, so that a seed gives the same plan in every engine. */

export interface Random {
  /** Integer 0 … n − 1, for n below 2^21. */
  below(n: number): number
  /** An exponentially distributed number of mean 1: E ≤ T · exponential() is the rule of Metropolis without its `exp`. */
  exponential(): number
}

/** sfc32 of PractRand. */
export function createRandom(seed: number, purpose: number): Random {
  let a = mix(seed)
  let b = mix(a ^ 0x9e3779b9)
  let c = mix(b + Math.imul(purpose + 1, 0x85ebca77))
  let counter = 1
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return { below: (n) => Math.floor((next() / 4294967296) * n), exponential: () => EXPONENTIAL[next() >>> 20]! }
}

/** Murmur3's finaliser. */
function mix(n: number): number {
  let h = n | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
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
