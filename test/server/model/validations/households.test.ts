import { describe, expect, it } from 'vitest'
import type { Leaf } from '#model/difference.ts'
import { plan } from '#model/replay.ts'
import { households } from '#model/validations/households.ts'
import { asciiCoverage, gridAt, moveDifference, NO_CHANGE } from '../../../fixtures/ascii-coverage.ts'
import { at, centreOf } from '../../../fixtures/ascii-map.ts'
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

  it('are not told of a neighbour whose border only gained a junction', () => {
    const coverage = asciiCoverage(MAP)
    const difference = plan(coverage, { type: 'split', unit: 'C', line: [at(2.5, 2), at(2.5, -1)], newIds: ['n1'] })
    if ('reason' in difference) throw new Error(difference.reason)
    const few = households(contextAfter(coverage, difference, { buildings: [house(3, 1, 10)] }))
    expect(few.flatMap(({ units }) => units).sort()).toEqual(['C', 'n1'])
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

  it('are asked of the grid that lost a micro-grid, too', () => {
    const below = { level: 'microgrid', parentCode: '331004001001001' } as const
    const coverage = asciiCoverage(MAP, { A: below, B: below, C: below })
    const leaf = coverage.leaves.get('A')!
    const handed = { ...NO_CHANGE, leaves: { removed: [leaf], added: [{ ...leaf, parentCode: '331004001001002' }] } }
    const lacking = households(contextAfter(coverage, handed, { buildings: [house(0, 0, 310), house(3, 1, 100)] }))
    expect(lacking).toMatchObject([{ code: 'too-few-households', value: 100 }])
    expect(lacking[0]!.units.sort()).toEqual(['B', 'C'])
  })
})
