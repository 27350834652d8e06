/** Seeded numbers as the generator draws them, and hashes for noise: the same data on every machine. */
import { mix, sfc32 } from '../../server/model/random.ts'

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

/** `purpose` keeps streams apart: a change in how many numbers one part draws does not disturb the others. */
export function createRandom(seed: number, purpose: number): Random {
  const uint32 = sfc32(seed, purpose)
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
