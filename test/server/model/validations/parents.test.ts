import { describe, expect, it } from 'vitest'
import type { Difference } from '#model/difference.ts'
import { areaM2 } from '#model/measure.ts'
import { outsideParent, villageBorder } from '#model/validations/parents.ts'
import { asciiCoverage, gridAt, mergeDifference, moveDifference, NO_CHANGE } from '../../../fixtures/ascii-coverage.ts'
import { VILLAGE } from '../../../fixtures/leaves.ts'
import { contextAfter } from '../../../fixtures/check-context.ts'

const OTHER = '331004001002'
/** A and B are one village, X and Y the other. */
const draw = (drawing: string) => asciiCoverage(drawing, { X: { parentCode: OTHER }, Y: { parentCode: OTHER } })
const MAP = `
  AAXX
  AAXX
  BBYY
`
const reparent = (coverage: ReturnType<typeof draw>, id: string, parentCode: string): Difference => {
  const leaf = coverage.leaves.get(id)!
  return { ...NO_CHANGE, leaves: { removed: [leaf], added: [{ ...leaf, parentCode }] } }
}

describe('the border of two villages', () => {
  it('is told with the land that went over it', () => {
    const coverage = draw(MAP)
    const [told, ...more] = villageBorder(contextAfter(coverage, moveDifference(coverage, gridAt(2, 1), gridAt(3, 1))))
    expect(more).toEqual([])
    expect(told).toMatchObject({ code: 'village-border', severity: 'info', limit: null })
    expect(told!.units.sort()).toEqual(['A', 'B', 'X', 'Y'])
    // Triangles of height 1 over sides of 2 and 1 cells of some 97 × 111 m.
    expect(told!.value! / (1.5 * areaM2(draw('A').polygonsOf('A')))).toBeCloseTo(1, 2)
  })

  it('is told of a unit that changes village as a whole, with its land', () => {
    const coverage = draw(MAP)
    const told = villageBorder(contextAfter(coverage, reparent(coverage, 'B', OTHER)))
    expect(told).toMatchObject([{ units: ['B'], severity: 'info', value: areaM2(coverage.polygonsOf('B')) }])
  })

  it('is told where land goes over by a merge', () => {
    const coverage = draw(MAP)
    const told = villageBorder(contextAfter(coverage, mergeDifference(coverage, 'A', ['X'])))
    expect(told).toHaveLength(1)
    expect(told[0]!.value! / areaM2(draw('A').polygonsOf('A'))).toBeCloseTo(4, 1)
  })

  it('is not told of changes within a village', () => {
    const coverage = draw(MAP)
    expect(villageBorder(contextAfter(coverage, moveDifference(coverage, gridAt(0, 1), gridAt(0, 1.5))))).toEqual([])
    expect(villageBorder(contextAfter(coverage, mergeDifference(coverage, 'A', ['B'])))).toEqual([])
  })
})

describe('a unit outside of its village', () => {
  it('is told where a village falls apart', () => {
    const coverage = draw(`
      AAXBB
      AAXBB
      AAAAA
    `)
    expect(outsideParent(contextAfter(coverage, reparent(coverage, 'A', OTHER)))).toEqual([])
    const torn = outsideParent(contextAfter(draw('AXYB\nXXYB'), reparent(draw('AXYB\nXXYB'), 'X', VILLAGE)))
    expect(torn).toEqual([])
    const split = draw('AABXX\nAABXX')
    const told = outsideParent(contextAfter(split, reparent(split, 'A', OTHER)))
    expect(told).toMatchObject([{ code: 'outside-parent', severity: 'warning', units: ['A'], value: 2, limit: 1 }])
  })

  it('is none where the town lay in the same parts before', () => {
    const exclave = asciiCoverage('AAB.XX\nAAB.XX', { X: { parentCode: OTHER } })
    expect(outsideParent(contextAfter(exclave, reparent(exclave, 'X', VILLAGE)))).toEqual([])
  })

  it('is told of a town that falls apart', () => {
    const apart = asciiCoverage('ABBXX\nABBXX', { X: { parentCode: OTHER } })
    expect(outsideParent(contextAfter(apart, reparent(apart, 'B', '331004002001')))).toMatchObject([{ severity: 'warning', value: 2, limit: 1 }]) // prettier-ignore
  })

  it('is none where it lay in parts before, or joins another village at its border', () => {
    const coverage = draw('AABXX\nAABXX')
    expect(outsideParent(contextAfter(coverage, reparent(coverage, 'B', OTHER)))).toEqual([])
    const apart = draw('AXB\nAXB')
    expect(outsideParent(contextAfter(apart, moveDifference(apart, gridAt(1, 0), gridAt(1.5, 0))))).toEqual([])
  })
})
