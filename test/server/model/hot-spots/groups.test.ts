/** What hot places, points and repeats are put together to. */
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { emerging, patternOf } from '#model/hot-spots/emerging.ts'
import { bordering, withinBand } from '#model/hot-spots/neighbours.ts'
import type { Points } from '#model/hot-spots/points.ts'
import { repeats } from '#model/hot-spots/repeats.ts'
import { findSpots } from '#model/hot-spots/spots.ts'
import { clusters } from '#model/hot-spots/st-dbscan.ts'

/** 76 points and their labels by scikit-learn 1.9.1: DBSCAN(eps=1, min_samples=4) over max(metres / 60, time / 12). −1 is noise. */
const KNOWN = JSON.parse(readFileSync(new URL('../../../fixtures/st-dbscan.json', import.meta.url), 'utf8')) as {
  points: [number, number, number][]
  labels: number[]
}

const pointsOf = (list: readonly (readonly [x: number, y: number, t: number, kind?: number])[]): Points => ({
  x: Float64Array.from(list, ([x]) => x),
  y: Float64Array.from(list, ([, y]) => y),
  t: Float64Array.from(list, ([, , t]) => t),
  kind: Int32Array.from(list, ([, , , kind = 0]) => kind),
})

describe('the pattern of a place over time', () => {
  const flat = { z: 0, p: 1 }
  const up = { z: 3, p: 0.003 }
  const down = { z: -3, p: 0.003 }
  const marks = (text: string) => [...text].map((each) => (each === 'h' ? 1 : each === 'c' ? -1 : 0))
  it.each([
    ['.........h', flat, 'new'],
    ['.......hhh', flat, 'consecutive'],
    ['hhhhhhhhhh', flat, 'persistent'],
    ['.hhhhhhhhh', up, 'intensifying'],
    ['.hhhhhhhhh', down, 'diminishing'],
    ['h..h...h.h', flat, 'sporadic'],
    ['c......h.h', flat, 'oscillating'],
    ['hhhhhhhhh.', flat, 'historical'],
    ['hhh.hhhhh.', up, null],
    ['..........', flat, null],
    ['...h......', flat, null],
  ] as const)('%s is %o: %s', (text, trend, pattern) => {
    expect(patternOf(marks(text), trend)?.pattern ?? null).toBe(pattern)
  })

  it('is the same for cold as for hot, with the trend turned', () => {
    expect(patternOf(marks('cccccccccc'), down)).toEqual({ pattern: 'intensifying', heat: -1 })
    expect(patternOf(marks('.........c'), flat)).toEqual({ pattern: 'new', heat: -1 })
  })

  it('finds what grew where it grew, and nothing where nothing happens', () => {
    // 10 × 10 squares over 12 steps: from step 9 on the corner has thirty a step, all else two.
    const squares = Array.from({ length: 100 }, (_, i) => [i % 10, Math.floor(i / 10)] as const)
    const hot = new Set([0, 1, 10, 11])
    const counts = Array.from({ length: 12 }, (_, t) => squares.map((_square, i) => (t >= 9 && hot.has(i) ? 30 : 2))).flat()
    const found = emerging(counts, withinBand(squares, 1.5), 12, 0.01)
    expect(found.length).toBeGreaterThan(0)
    expect(new Set(found.map(({ pattern }) => pattern))).toEqual(new Set(['consecutive']))
    expect(found.map(({ place }) => place)).toEqual(expect.arrayContaining([...hot]))
    expect(found.every(({ place }) => place % 10 <= 2 && place < 30)).toBe(true)
    expect(
      emerging(
        counts.map(() => 2),
        withinBand(squares, 1.5),
        12,
        0.01,
      ),
    ).toEqual([])
  })
})

describe('a hot spot', () => {
  it('is all significant neighbours together; cold ones come after hot ones', () => {
    const squares = Array.from({ length: 144 }, (_, i) => [i % 12, Math.floor(i / 12)] as const)
    const counts = squares.map(([x, y]) => (x < 2 && y < 2 ? 40 : x > 8 && y > 8 ? 60 : 5))
    const spots = findSpots(counts, withinBand(squares, 1.5), 0.001)
    expect(spots.map(({ heat }) => heat)).toEqual([1, 1])
    const where = spots.map(({ places }) => new Set(places.map(({ place }) => (place % 12 > 5 ? 'east' : 'west'))))
    expect(where).toEqual([new Set(['east']), new Set(['west'])])
    expect(spots[0]!.places[0]!.q).toBeLessThanOrEqual(spots[0]!.places.at(-1)!.q)
  })

  it('is not there where counts are what chance gives, more often than the rate allows', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { minLength: 30, maxLength: 30 }), (counts) => {
        for (const { heat, places } of findSpots(counts, bordering(30, []), 0.05)) {
          for (const { z, q } of places) {
            expect(Math.sign(z)).toBe(heat)
            expect(q).toBeLessThanOrEqual(0.05)
          }
        }
      }),
    )
  })
})

/** By the definition, every pair looked at. */
const plainLabels = (list: readonly (readonly [number, number, number, number?])[], metres: number, seconds: number, minPts: number) => {
  const near = list.map((a) =>
    list.flatMap((b, j) =>
      (a[3] ?? 0) === (b[3] ?? 0) && (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 <= metres ** 2 && Math.abs(a[2] - b[2]) <= seconds ? [j] : [],
    ),
  )
  const isCore = near.map((each) => each.length >= minPts)
  const owner = new Array<number>(list.length).fill(-1)
  list.forEach((_, i) => {
    if (!isCore[i] || owner[i] !== -1) return
    const queue = [i]
    owner[i] = i
    for (const at of queue) {
      if (!isCore[at]) continue
      for (const j of near[at]!) {
        if (owner[j] !== -1) continue
        owner[j] = i
        queue.push(j)
      }
    }
  })
  return owner
}
const asOwners = (groups: number[][], n: number): number[] => {
  const owner = new Array<number>(n).fill(-1)
  groups.forEach((group, g) => group.forEach((i) => (owner[i] = g)))
  return owner
}
/** The same groups, whatever they are called. */
const canonical = (owner: number[]) => {
  const names = new Map<number, number>()
  return owner.map((each) => (each === -1 ? -1 : (names.get(each) ?? names.set(each, names.size).get(each)!)))
}

describe('clusters in place and time', () => {
  it('are those of scikit-learn', () => {
    const order = KNOWN.points.map((_, i) => i).sort((a, b) => KNOWN.points[a]![2] - KNOWN.points[b]![2])
    const found = clusters(pointsOf(order.map((i) => KNOWN.points[i]!)), { metres: 60, seconds: 12, minPts: 4 })
    expect(canonical(asOwners(found, order.length))).toEqual(canonical(order.map((i) => KNOWN.labels[i]!)))
    expect(found).toHaveLength(3)
  })

  it('are those of the definition, for any points', () => {
    const point = fc.tuple(
      fc.integer({ min: -60, max: 60 }),
      fc.integer({ min: -60, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      fc.nat({ max: 1 }),
    )
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (list, minPts) => {
        const sorted = list.toSorted((a, b) => a[2] - b[2])
        const found = clusters(pointsOf(sorted), { metres: 12, seconds: 9, minPts })
        expect(canonical(asOwners(found, sorted.length))).toEqual(canonical(plainLabels(sorted, 12, 9, minPts)))
      }),
    )
  })

  it('takes ten thousand at one point and instant as one', () => {
    const heap = Array.from({ length: 10_000 }, () => [5, 5, 5] as const)
    expect(clusters(pointsOf(heap), { metres: 100, seconds: 60, minPts: 5 }).map((group) => group.length)).toEqual([10_000])
  })
})

describe('repeats', () => {
  const DAY = 86_400
  const week = { metres: 50, seconds: 7 * DAY }

  it('are one kind at one place again within the days', () => {
    const list = [
      [0, 0, 0, 1],
      [30, 0, 2 * DAY, 1], // again
      [0, 0, 3 * DAY, 2], // another kind
      [500, 0, 4 * DAY, 1], // elsewhere
      [0, 20, 8 * DAY, 1], // within seven days of the last
      [0, 0, 20 * DAY, 1], // too late
    ] as const
    expect(repeats(pointsOf(list), week)).toEqual([[0, 1, 4]])
  })

  it('do not walk along a street', () => {
    const street = Array.from({ length: 20 }, (_, i) => [i * 40, 0, i * 3600] as const)
    for (const group of repeats(pointsOf(street), week)) {
      expect(Math.max(...group.map((i) => street[i]![0])) - street[group[0]!]![0]).toBeLessThanOrEqual(50)
    }
  })

  it('hold what they promise, for any points', () => {
    const point = fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 300 }), fc.nat({ max: 40 * DAY }), fc.nat({ max: 2 }))
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), (list) => {
        const sorted = list.toSorted((a, b) => a[2] - b[2])
        const groups = repeats(pointsOf(sorted), week)
        expect(new Set(groups.flat()).size).toBe(groups.flat().length)
        for (const group of groups) {
          expect(group.length).toBeGreaterThan(1)
          group.forEach((i, n) => {
            const [x, y, t, kind] = sorted[i]!
            const first = sorted[group[0]!]!
            expect(kind).toBe(first[3])
            expect(Math.hypot(x - first[0], y - first[1])).toBeLessThanOrEqual(50)
            if (n > 0) expect(t - sorted[group[n - 1]!]![2]).toBeLessThanOrEqual(week.seconds)
          })
        }
      }),
    )
  })
})
