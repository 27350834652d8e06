/**
 * A small seeded generator of 32-bit numbers (sfc32 of PractRand): integer arithmetic only, so that a seed gives the same
 * numbers in every engine. The model itself draws none unless it is handed a seed.
 */

/** Murmur3's finaliser: spreads the bits of a 32-bit integer. */
export function mix(n: number): number {
  let h = n | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Draws 0 … 2^32 − 1. `purpose` keeps streams apart: how many numbers one part draws does not disturb the others. */
export function sfc32(seed: number, purpose: number): () => number {
  let a = mix(seed)
  let b = mix(a ^ 0x9e3779b9)
  let c = mix(b + Math.imul(purpose, 0x85ebca77))
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
  return next
}
