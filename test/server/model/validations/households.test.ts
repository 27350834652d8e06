import { describe, expect, it } from 'vitest'
import type { Leaf } from '#model/difference.ts'
import { households } from '#model/validations/households.ts'
import { asciiCoverage, gridAt, moveDifference } from '../../../fixtures/ascii-coverage.ts'
import { centreOf } from '../../../fixtures/ascii-map.ts'
import { contextAfter, touching } from '../../../fixtures/check-context.ts'

const MAP = `
  AABB
  AABB
  CCCC
`
const house = (c: number, r: number, count: number) => ({ location: centreOf(c, r, 3), households: count, residents: count })
const told = (buildings: ReturnType<typeof house>[], facts: Record<string, Partial<Leaf>> = {}, drawing = MAP) => {
  const coverage = asciiCoverage(drawing, facts)
  return households(contextAfter(coverage, moveDifference(coverage, gridAt(2, 3), gridAt(1, 3)), { buildings }))
}

describe('households', () => {
  it('are told of touched grids below and above the target', () => {
    expect(told([house(0, 1, 299), house(3, 1, 501)])).toMatchObject([
      { code: 'too-few-households', severity: 'warning', units: ['A'], value: 299, limit: 300 },
      { code: 'too-many-households', severity: 'warning', units: ['B'], value: 501, limit: 500 },
    ])
  })

  it('are told as they stand after the change', () => {
    expect(told([house(0, 1, 300), house(1, 0, 200), house(3, 1, 300)])).toEqual([])
    expect(told([house(0, 1, 300), house(1, 0, 201), house(3, 1, 300)])).toMatchObject([{ units: ['B'], value: 501 }])
  })

  it('are not asked of exempt kinds, of other levels, nor without buildings', () => {
    expect(told([], { A: { unitKind: 'dedicated' }, B: { level: 'village' } })).toEqual([])
    const coverage = asciiCoverage(MAP)
    expect(households(contextAfter(coverage, touching(coverage, 'A')))).toEqual([])
  })

  it('of micro-grids are asked of their grid as a whole', () => {
    const below = { level: 'microgrid', parentCode: '331004001001001' } as const
    const facts = { A: below, B: below, C: below }
    expect(told([house(0, 1, 100), house(3, 1, 100), house(0, 2, 100)], facts)).toEqual([])
    const few = told([house(0, 1, 100), house(3, 1, 100)], facts)
    expect(few).toMatchObject([{ code: 'too-few-households', value: 200 }])
    expect(few[0]!.units.sort()).toEqual(['A', 'B', 'C'])
  })
})
