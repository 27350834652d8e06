import { describe, expect, it } from 'vitest'
import { contextOf, extentOf, placeOf } from '#model/validations/context.ts'
import { asciiCoverage, gridAt, mergeDifference, moveDifference, NO_CHANGE, reshape } from '../../../fixtures/ascii-coverage.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { contextAfter, TARGETS, touching } from '../../../fixtures/check-context.ts'
import { leafFor } from '../../../fixtures/leaves.ts'

const MAP = 'AABB\nAABB\nCCCC'

describe('the context of a check', () => {
  it('knows the land of before: of moved, untouched and vanished leaves, and of those that are new', () => {
    const first = asciiCoverage(MAP)
    const coverage = asciiCoverage(MAP)
    const merged = mergeDifference(coverage, 'A', ['B'])
    const { before, leafBefore, leaves, sound } = contextAfter(coverage, merged)
    for (const id of ['A', 'B', 'C']) expect(before(id)).toEqual(first.polygonsOf(id))
    expect(before('n1')).toEqual([])
    expect(leafBefore('B')?.id).toBe('B')
    expect(leafBefore('n1')).toBeNull()
    expect(leaves.map(({ id }) => id).sort()).toEqual(['A', 'C'])
    expect(sound).toHaveLength(2)
    const moved = asciiCoverage(MAP)
    expect(contextAfter(moved, moveDifference(moved, gridAt(2, 3), gridAt(1, 3))).before('A')).toEqual(first.polygonsOf('A'))
  })

  it('knows the facts of before', () => {
    const coverage = asciiCoverage(MAP)
    const leaf = coverage.leaves.get('A')!
    const added = [{ ...leaf, name: 'other' }, leafFor('n1')]
    const { leafBefore, sound, leaves } = contextAfter(coverage, { ...NO_CHANGE, leaves: { removed: [leaf], added } })
    expect(leafBefore('A')).toBe(leaf)
    expect(leafBefore('n1')).toBeNull()
    expect([leaves.length, sound.length]).toEqual([2, 1])
  })

  it('has nothing swept where nothing moved', () => {
    const coverage = asciiCoverage(MAP)
    const [arc] = coverage.arcs.values()
    expect(contextAfter(coverage, touching(coverage, 'A')).swept.boxes).toEqual([])
    expect(contextOf({ coverage, difference: reshape({ arc: arc!, points: arc!.points }), balance: null, targets: TARGETS, staffed: null }).swept.boxes).toEqual([]) // prettier-ignore
  })
})

describe('where to look', () => {
  it('is a point well inside the largest part, and the box of all', () => {
    const { where, extent } = placeOf(asciiCoverage('AA.A').polygonsOf('A'))
    expect(where[0]).toBeLessThan(at(2, 0)[0])
    expect(extent).toEqual([...at(0, 0), ...at(4, 1)])
    expect(extentOf([...gridAt(1, 0), ...gridAt(2, 2)])).toEqual([...at(1, 0), ...at(2, 2)])
  })
})
