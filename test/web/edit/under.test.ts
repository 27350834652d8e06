import { describe, expect, it } from 'vitest'
import type { Arc } from '#model/difference.ts'
import { midpointsOf, stretchesOf, verticesOf } from '../../../web/edit/under.ts'
import { asciiCoverage } from '../../fixtures/ascii-coverage.ts'

/** A grid unit is a pixel. */
const SCALE = { x: 1, y: 1 }
const arcAlong = (...points: number[]): Arc => ({ id: 1, points: Int32Array.from(points), left: 'A', right: null })

describe('what of a border is in sight', () => {
  const coverage = asciiCoverage('AB')
  const zigzag = arcAlong(0, 0, 10, 10, 20, 0, 30, 10, 40, 0, 50, 10)

  it('is all of it in a box round all of it', () => {
    const all = [[0, 0], [10, 10], [20, 0], [30, 10], [40, 0], [50, 10]] // prettier-ignore
    expect(stretchesOf(zigzag, [0, 0, 50, 10], SCALE)).toEqual([all])
    expect(verticesOf(coverage, zigzag, [0, 0, 50, 10]).map(({ at }) => at)).toEqual(all)
  })

  it('is the edges that reach into the box, as they hang together', () => {
    const peaks = stretchesOf(zigzag, [8, 5, 32, 12], SCALE)
    expect(peaks).toEqual([[[0, 0], [10, 10], [20, 0], [30, 10], [40, 0]]]) // prettier-ignore
    expect(stretchesOf(zigzag, [22, -1, 28, 20], SCALE)).toEqual([[[20, 0], [30, 10]]]) // prettier-ignore
    const back = arcAlong(0, 0, 10, 0, 10, 50, 0, 50)
    expect(stretchesOf(back, [0, -5, 5, 60], SCALE)).toEqual([[[0, 0], [10, 0]], [[10, 50], [0, 50]]]) // prettier-ignore
    expect(midpointsOf(back, SCALE, 1, [0, -5, 5, 60]).map(({ at }) => at)).toEqual([[5, 0], [5, 50]]) // prettier-ignore
    expect(verticesOf(coverage, zigzag, [8, 5, 32, 12]).map(({ at }) => at)).toEqual([[10, 10], [30, 10]]) // prettier-ignore
  })

  it('leaves out points that fall on one pixel, but not the ends', () => {
    const fine = arcAlong(...Array.from({ length: 101 }, (_, i) => [i, 0]).flat())
    const [stretch] = stretchesOf(fine, [0, 0, 100, 0], { x: 0.1, y: 0.1 })
    expect(stretch!.map(([x]) => x)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    expect(verticesOf(coverage, fine, [0, 0, 100, 0], 7)).toHaveLength(7)
  })
})
