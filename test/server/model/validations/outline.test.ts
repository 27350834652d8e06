import { describe, expect, it } from 'vitest'
import { areaM2 } from '#model/measure.ts'
import { outline } from '#model/validations/outline.ts'
import { asciiCoverage, gridAt, moveDifference, reshape } from '../../../fixtures/ascii-coverage.ts'
import { contextAfter } from '../../../fixtures/check-context.ts'

const MAP = 'AAB\nAAB'

describe('the outline', () => {
  it('is told where it moved, with the land won or lost', () => {
    const coverage = asciiCoverage(MAP)
    const told = outline(contextAfter(coverage, moveDifference(coverage, gridAt(3, 2), gridAt(4, 2))))
    expect(told).toMatchObject([{ code: 'outline', severity: 'info', units: ['B'] }])
    expect(told[0]!.value! / areaM2(asciiCoverage('A').polygonsOf('A'))).toBeCloseTo(1, 2)
  })

  it('is not told of inner borders, nor of a vertex let into it', () => {
    const coverage = asciiCoverage(MAP)
    const [arc] = [...coverage.arcsOf('B')].filter(({ left, right }) => left === null || right === null)
    const { points: p } = arc!
    const middle = [Math.round((p[0]! + p[2]!) / 2), Math.round((p[1]! + p[3]!) / 2)]
    expect(outline(contextAfter(coverage, reshape({ arc: arc!, points: [...p.subarray(0, 2), ...middle, ...p.subarray(2)] })))).toEqual([])
    const inner = asciiCoverage('AAB\nABB\nCCC')
    expect(outline(contextAfter(inner, moveDifference(inner, gridAt(1, 1), gridAt(1.5, 1.2))))).toEqual([])
  })
})
