/**
 * A small seeded generator of 32-bit numbers (sfc32 of PractRand), and hashes for noise: 32-bit integer arithmetic only,
 * so that a seed gives the same data on every machine.
 */
export interface Random {
  /** 0 … 2^32 − 1. */
  uint32(): number
  /** 0 ≤ x < 1. */
  unit(): number
  /** Integer 0 … n − 1. */
  below(n: number): number
  /** Integer from low to high, both included. */
  between(low: number, high: number): number
  /** True once in a while: with this chance, 0 … 1. */
  chance(probability: number): boolean
}

const TO_UNIT = 1 / 4294967296

/** Murmur3's finaliser: spreads the bits of a 32-bit integer. */
export function mix(n: number): number {
  let h = n | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** `purpose` keeps streams apart: a change in how many numbers one part draws does not disturb the others. */
export function createRandom(seed: number, purpose: number): Random {
  let a = mix(seed)
  let b = mix(a ^ 0x9e3779b9)
  let c = mix(b + Math.imul(purpose, 0x85ebca77))
  let counter = 1
  const uint32 = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) uint32()
  const unit = (): number => uint32() * TO_UNIT
  const below = (n: number): number => Math.floor(unit() * n)
  return { uint32, unit, below, between: (low, high) => low + below(high - low + 1), chance: (probability) => unit() < probability }
}

/** Smooth value noise, 0 … 1, on a lattice of `size` (same unit as x and y). */
export function valueNoise(x: number, y: number, size: number, seed: number): number {
  const u = x / size
  const v = y / size
  const i = Math.floor(u)
  const j = Math.floor(v)
  const s = ease(u - i)
  const t = ease(v - j)
  const low = corner(i, j, seed) * (1 - s) + corner(i + 1, j, seed) * s
  const high = corner(i, j + 1, seed) * (1 - s) + corner(i + 1, j + 1, seed) * s
  return low * (1 - t) + high * t
}

/** Ridges, 0 … 1: high along meandering lines (where the noise passes its middle), as streams and roads run. */
export function ridgeNoise(x: number, y: number, size: number, seed: number): number {
  const distance = Math.abs(2 * valueNoise(x, y, size, seed) - 1)
  const ridge = 1 - Math.min(1, distance * 4)
  return ridge * ridge
}

const ease = (t: number): number => t * t * (3 - 2 * t)
const corner = (i: number, j: number, seed: number): number => mix(Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ seed) * TO_UNIT
