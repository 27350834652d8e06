import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fewestMoved, nearestDivision, possibleCounts, whyImpossible } from '#model/partition/bound.ts'

const targets = { min: 300, max: 500 }

describe('what numbers say of a village', () => {
  it('knows how many units its households allow', () => {
    expect(possibleCounts(299, targets)).toEqual([])
    expect(possibleCounts(501, targets)).toEqual([])
    expect(possibleCounts(599, targets)).toEqual([])
    expect(possibleCounts(600, targets)).toEqual([2])
    expect(possibleCounts(1500, targets)).toEqual([3, 4, 5])
  })

  it.each([
    [0, 0, 'no-household'],
    [250, 10, 'too-few'],
    [550, 10, 'between'],
    [1200, 501, 'one-building'],
  ])('says why %i households with at most %i in one building cannot be divided', (households, largest, reason) => {
    expect(whyImpossible(households, largest, targets)).toMatchObject({ reason, households })
  })

  it('says nothing where a division may exist', () => {
    expect(whyImpossible(400, 100, targets)).toBeNull()
  })

  it.each([
    [120, { units: 1, smallest: 120, largest: 120 }],
    [533, { units: 1, smallest: 533, largest: 533 }],
    [534, { units: 2, smallest: 267, largest: 267 }],
    [599, { units: 2, smallest: 299, largest: 300 }],
  ])('names what is nearest for %i households', (households, nearest) => {
    expect(nearestDivision(households, targets)).toEqual(nearest)
  })
})

describe('the fewest households that must move', () => {
  it('is what is over or under the range', () => {
    expect(fewestMoved([400, 350], targets)).toBe(0)
    expect(fewestMoved([620, 350], targets)).toBe(120)
    expect(fewestMoved([180, 400, 400], targets)).toBe(120)
    expect(fewestMoved([90, 400, 400], targets)).toBe(90)
    expect(fewestMoved([700], targets)).toBe(300)
    expect(fewestMoved([550], targets)).toBe(Infinity)
  })

  /** Every division of a row of households by moving single ones between units, by trying all. */
  const byTrying = (today: number[], { min, max }: typeof targets): number => {
    const total = today.reduce((a, b) => a + b, 0)
    let best = Infinity
    const fill = (sizes: number[], left: number): void => {
      if (left === 0) {
        // A new unit continues the old one that it is matched to: the best matching of two rows of sizes.
        const match = (n: number, taken: number): number => {
          if (n === today.length) return 0
          let most = match(n + 1, taken)
          for (const [i, size] of sizes.entries())
            if (!(taken & (1 << i))) most = Math.max(most, Math.min(size, today[n]!) + match(n + 1, taken | (1 << i)))
          return most
        }
        best = Math.min(best, total - match(0, 0))
      }
      for (let size = Math.max(min, sizes.at(-1) ?? 0); size <= Math.min(max, left); size++) fill([...sizes, size], left - size)
    }
    fill([], total)
    return best
  }

  it('is never more than the best of all divisions takes, and exact where households can be moved one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }), (today) => {
        fc.pre(today.some((h) => h > 0))
        expect(fewestMoved(today, { min: 3, max: 5 })).toBe(byTrying(today, { min: 3, max: 5 }))
      }),
    )
  })
})
