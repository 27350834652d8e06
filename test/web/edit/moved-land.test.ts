import { describe, expect, it } from 'vitest'
import { area2 } from '#model/exact.ts'
import { fromGrid } from '#model/crs.ts'
import type { Difference } from '#model/difference.ts'
import { plan } from '#model/replay.ts'
import { movedLand } from '../../../web/edit/moved-land.ts'
import { asciiCoverage, gridAt } from '../../fixtures/ascii-coverage.ts'

const cell2 = 2 * (gridAt(1, 0)[0]! - gridAt(0, 0)[0]!) * (gridAt(0, 1)[1]! - gridAt(0, 0)[1]!)
const place = (x: number, y: number) => fromGrid(gridAt(x, y))
const areas = (difference: Difference) =>
  movedLand(difference).rings.map((rings) => rings.reduce((sum, ring) => sum + Math.abs(area2(Int32Array.from(ring.flat()))) / cell2, 0))

describe('moved land', () => {
  it('is what lies between the old and the new border', () => {
    const coverage = asciiCoverage(`
AABB
AABB`)
    const difference = plan(coverage, { type: 'insert-vertex', edge: [place(2, 0), place(2, 2)], at: place(3, 1) }) as Difference
    expect(areas(difference)).toEqual([1])
    const { removed, added } = movedLand(difference)
    expect(removed.flat()).toHaveLength(2)
    expect(added.flat()).toHaveLength(3)
  })

  it('is the whole of a unit that is merged away, and of one that is new', () => {
    const coverage = asciiCoverage(`
AABB
AABB`)
    expect(areas(plan(coverage, { type: 'merge', units: ['A', 'B'], keep: 'A' }) as Difference)).toEqual([4])
    const split = plan(coverage, { type: 'split', unit: 'A', line: [place(0.5, 0), place(0.5, 2)], newIds: ['n1'] }) as Difference
    expect(areas(split)).toEqual([1])
  })

  it('draws a border that only changed its units neither as old nor as new', () => {
    const coverage = asciiCoverage(`
AABB
AABB`)
    const { removed, added } = movedLand(plan(coverage, { type: 'merge', units: ['A', 'B'], keep: 'A' }) as Difference)
    expect(added).toEqual([])
    expect(removed).toHaveLength(1)
  })
})
