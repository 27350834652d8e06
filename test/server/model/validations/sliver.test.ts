import { describe, expect, it } from 'vitest'
import { sliver } from '#model/validations/sliver.ts'
import { asciiCoverage, gridAt, moveDifference, reshape } from '../../../fixtures/ascii-coverage.ts'
import { contextAfter, touching } from '../../../fixtures/check-context.ts'

const MAP = `
  AAABBB
  AAABBB
  CCCCCC
`

/** The border of A and B, from south to north, through other points (in cells) between its ends. */
const redraw = (coverage: ReturnType<typeof asciiCoverage>, ...between: [number, number][]) => {
  const arc = [...coverage.arcsOf('A')].find(({ left, right }) => [left, right].includes('B'))!
  const isNorthward = arc.points[1]! < arc.points.at(-1)!
  const bends = (isNorthward ? between : between.reverse()).flatMap(([x, y]) => gridAt(x, y))
  return reshape({ arc, points: [...arc.points.subarray(0, 2), ...bends, ...arc.points.subarray(-2)] })
}

describe('a sliver', () => {
  it('is an error where a unit becomes one as a whole', () => {
    const coverage = asciiCoverage(MAP)
    // What is left of B is a band of some 5 metres along the east and the south.
    const told = sliver(contextAfter(coverage, redraw(coverage, [5.95, 1.04], [5.95, 2.98])))
    expect(told).toMatchObject([{ code: 'sliver', severity: 'error', units: ['B'], limit: 8 }])
    expect(told[0]!.value).toBeGreaterThan(3)
    expect(told[0]!.value).toBeLessThan(8)
  })

  it('is a warning where a unit gets a narrow tongue, for the unit that has it', () => {
    const coverage = asciiCoverage(MAP)
    const told = sliver(contextAfter(coverage, redraw(coverage, [3, 2], [5, 2], [5, 2.05], [3, 2.05])))
    expect(told).toMatchObject([{ severity: 'warning', units: ['A'], limit: 8 }])
    expect(told[0]!.value).toBeCloseTo(5.5, 0)
    expect(told[0]!.where![0]).toBeGreaterThanOrEqual(121.403)
  })

  it('is not told again of a unit that was one and stays it otherwise untouched', () => {
    const coverage = asciiCoverage(MAP)
    coverage.apply(redraw(coverage, [3, 1.5], [3, 2], [5, 2], [5, 2.05], [3, 2.05]))
    expect(sliver(contextAfter(coverage, touching(coverage, 'A', 'B')))).toEqual([])
    expect(sliver(contextAfter(coverage, moveDifference(coverage, gridAt(3, 1), gridAt(2.5, 1))))).toEqual([])
  })

  it('is a warning where it was as narrow before', () => {
    const coverage = asciiCoverage(MAP)
    coverage.apply(redraw(coverage, [5.95, 1.04], [5.95, 2.98]))
    const told = sliver(contextAfter(coverage, moveDifference(coverage, gridAt(5.95, 2.98), gridAt(5.96, 2.98))))
    expect(told).toMatchObject([{ severity: 'warning', units: ['B'] }])
  })

  it('is none among wide units, nor when no width is asked for', () => {
    const coverage = asciiCoverage(MAP)
    expect(sliver(contextAfter(coverage, moveDifference(coverage, gridAt(3, 1), gridAt(2, 1))))).toEqual([])
    expect(sliver(contextAfter(coverage, redraw(coverage, [5.95, 1.04], [5.95, 2.98]), { targets: { minWidth: 0 } }))).toEqual([])
  })
})
