/** The numbers behind hot spots, against values that others have published or that other programs give. */
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { qValues } from '#model/hot-spots/false-discovery.ts'
import { giStar } from '#model/hot-spots/getis-ord.ts'
import { mannKendall } from '#model/hot-spots/mann-kendall.ts'
import { bordering, inTime, withinBand } from '#model/hot-spots/neighbours.ts'
import { twoSided } from '#model/hot-spots/normal.ts'

/** Made with esda 2.9.0 and libpysal 4.14.1 (G_Local, transform 'B', star) over lat2W(8, 9, queen), p and q with scipy 1.17.1. */
const LATTICE = JSON.parse(readFileSync(new URL('../../../fixtures/gi-star-lattice.json', import.meta.url), 'utf8')) as {
  rows: number
  columns: number
  values: number[]
  z: number[]
  p: number[]
  q: number[]
}
const SQUARES = LATTICE.values.map((_, i) => [i % LATTICE.columns, Math.floor(i / LATTICE.columns)] as const)
const closeTo = (found: ArrayLike<number>, expected: readonly number[], relative = 1e-9) => {
  expect(found.length).toBe(expected.length)
  expected.forEach((value, i) =>
    expect(Math.abs(found[i]! - value), `at ${i}`).toBeLessThanOrEqual(relative * Math.max(Math.abs(value), 1e-3)),
  )
}

describe('Gi*', () => {
  it('is what PySAL documents for its six points', () => {
    // The worked example of esda.G_Local (lg_star.Zs), which is also in the manual of PySAL: points within 15 of each other, y of Ord & Getis.
    const points = [
      [10, 10],
      [20, 10],
      [40, 10],
      [15, 20],
      [30, 20],
      [30, 30],
    ] as const
    const pairs = points.flatMap(([x, y], i) =>
      points.flatMap(([u, v], j) => (i < j && Math.hypot(x - u, y - v) <= 15 ? [[i, j] as const] : [])),
    )
    const { z } = giStar([2, 3, 3.2, 5, 8, 7], bordering(6, pairs))
    closeTo(z, [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331], 1e-7)
  })

  it('is what esda gives for a lattice of counts, with its p and q', () => {
    const { z, p } = giStar(LATTICE.values, withinBand(SQUARES, 1.5))
    closeTo(z, LATTICE.z)
    closeTo(p, LATTICE.p)
    closeTo(qValues(p), LATTICE.q)
    expect([...qValues(p)].filter((q) => q < 0.05)).toHaveLength(7)
  })

  it('tells nothing of equal counts, of one place, and of none', () => {
    expect([...giStar([4, 4, 4], bordering(3, [[0, 1]])).z]).toEqual([0, 0, 0])
    expect([...giStar([7], bordering(1, [])).p]).toEqual([1])
    expect(giStar([], bordering(0, [])).z).toHaveLength(0)
    // Whoever has everybody for a neighbour is as high as the mean.
    expect([...giStar([1, 9], bordering(2, [[0, 1]])).z]).toEqual([0, 0])
  })

  const counts = fc.array(fc.nat({ max: 50 }), { minLength: 12, maxLength: 12 })
  const pairs = fc.array(fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 11 })), { maxLength: 30 })

  it('does not change when counts are scaled or moved, and turns its sign with them', () => {
    fc.assert(
      fc.property(counts, pairs, fc.integer({ min: 1, max: 9 }), fc.nat({ max: 20 }), (values, edges, factor, more) => {
        const near = bordering(12, edges)
        const { z } = giStar(values, near)
        const same = giStar(
          values.map((value) => value * factor + more),
          near,
        ).z
        const turned = giStar(
          values.map((value) => 100 - value),
          near,
        ).z
        z.forEach((value, i) => {
          expect(same[i]).toBeCloseTo(value, 8)
          expect(turned[i]).toBeCloseTo(-value, 8)
        })
      }),
    )
  })
})

describe('the normal tail', () => {
  it('is what scipy gives, out to where double precision ends', () => {
    // 2 * scipy.stats.norm.sf(z), scipy 1.17.1
    const known = [
      [0, 1],
      [0.1, 0.920344325445942],
      [0.5, 0.6170750774519738],
      [1, 0.31731050786291415],
      [1.96, 0.04999579029644087],
      [2.5758, 0.01000084747555736],
      [3, 0.0026997960632601866],
      [3.2905, 0.0010000950180775636],
      [5, 5.733031437583866e-7],
      [8, 1.244192114854348e-15],
      [12, 3.552964224155306e-33],
      [30, 9.813427854295816e-198],
      [37, 1.1451142445047853e-299],
    ] as const
    for (const [z, p] of known) {
      expect(Math.abs(twoSided(z) / p - 1), String(z)).toBeLessThan(1e-12)
      expect(twoSided(-z)).toBe(twoSided(z))
    }
  })
})

describe('the false discovery rate', () => {
  it('is what Benjamini and Hochberg worked out for fifteen tests', () => {
    // Their table of 1995, section 3.2 (thrombolysis): at 0.05 the four smallest are kept.
    const p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
    const q = qValues(p)
    expect([...q].filter((each) => each <= 0.05)).toHaveLength(4)
    expect(q[3]).toBeCloseTo((0.0095 * 15) / 4, 12)
  })

  it('keeps the order of p, is never below it, and never above one', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 }), (p) => {
        const q = qValues(p)
        p.forEach((value, i) => {
          expect(q[i]).toBeGreaterThanOrEqual(value)
          expect(q[i]).toBeLessThanOrEqual(1)
          p.forEach((other, j) => other > value && expect(q[j]).toBeGreaterThanOrEqual(q[i]!))
        })
      }),
    )
  })
})

describe('Mann–Kendall', () => {
  it('is what pymannkendall gives', () => {
    // original_test of pymannkendall 1.4.3: s, z, p
    const known: [number[], number, number, number][] = [
      [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 45, 3.9354796403996297, 8.303070332638107e-5],
      [[3, 3, 2, 5, 1, 4, 6, 6, 7, 5, 8, 8], 42, 2.838293597063382, 0.004535544248997603],
      [[5, 4, 6, 3, 3, 2, 2, 1, 1, 0], -38, -3.3498226035731857, 0.0008086333048040739],
      [[2, 2, 2, 2, 2], 0, 0, 1],
      [[1, 3, 2, 4, 3, 5, 2, 6, 1, 7], 16, 1.3580361906377778, 0.17445220075642576],
    ]
    for (const [series, s, z, p] of known) {
      const found = mannKendall(series)
      expect(found.s).toBe(s)
      expect(found.z).toBeCloseTo(z, 12)
      expect(found.p).toBeCloseTo(p, 12)
    }
  })
})

describe('neighbours in time', () => {
  it('are those of the step and of the step before', () => {
    const { offsets, members } = inTime(bordering(2, [[0, 1]]), 2)
    const of = (i: number) => [...members.subarray(offsets[i], offsets[i + 1])]
    expect([0, 1, 2, 3].map(of)).toEqual([
      [0, 1],
      [0, 1],
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ])
  })
})
