import { describe, expect, it } from 'vitest'
import { sweptBy } from '#model/swept.ts'
import { asciiCoverage, gridAt, mergeDifference, moveDifference, NO_CHANGE, reshape } from '../../fixtures/ascii-coverage.ts'

const MAP = `
  AAAABBBB
  AAABBBBB
  AAAABBBB
  AAAABBBB
  CCCCCCCC
`

describe('what a difference sweeps', () => {
  it('is a small box when one vertex of a long arc moves', () => {
    const coverage = asciiCoverage(MAP)
    const swept = sweptBy(moveDifference(coverage, gridAt(3, 3), gridAt(2, 3)))
    expect(swept.removed).toHaveLength(1)
    expect(swept.removed[0]!.points).toHaveLength(6)
    expect(swept.added[0]!.points).toHaveLength(6)
    expect(swept.boxes).toEqual([[...gridAt(2, 3), ...gridAt(4, 4)]])
  })

  it('is nothing when an arc is cut in two or told the other way round', () => {
    const coverage = asciiCoverage(MAP)
    const [arc] = [...coverage.arcsOf('A')].filter(({ left, right }) => left === 'B' || right === 'B')
    const { points } = arc!
    const halves = [points.slice(0, 4), points.slice(2)].map((part, i) => ({ ...arc!, id: 90 + i, points: part }))
    expect(sweptBy({ ...NO_CHANGE, arcs: { removed: [arc!], added: halves } }).boxes).toEqual([])
    const turned = { ...arc!, left: arc!.right, right: arc!.left, points: Int32Array.from(points) }
    for (let i = 0; i < points.length; i += 2) turned.points.set(points.subarray(i, i + 2), points.length - 2 - i)
    expect(sweptBy({ ...NO_CHANGE, arcs: { removed: [arc!], added: [turned] } }).boxes).toEqual([])
    expect(sweptBy(reshape({ arc: arc!, points })).boxes).toEqual([])
  })

  it('is everything round a leaf whose land changes hands, also when two leaves exchange theirs', () => {
    const coverage = asciiCoverage(MAP)
    expect(sweptBy(mergeDifference(coverage, 'A', ['B'])).boxes).toEqual([[...gridAt(3, 1), ...gridAt(8, 5)]])
    const other = (id: string | null) => (id === 'A' ? 'B' : id === 'B' ? 'A' : id)
    const removed = [...new Set([...coverage.arcsOf('A'), ...coverage.arcsOf('B')])]
    const added = removed.map((arc) => ({ ...arc, left: other(arc.left), right: other(arc.right) }))
    expect(sweptBy({ ...NO_CHANGE, arcs: { removed, added } }).boxes).toEqual([[...gridAt(0, 1), ...gridAt(8, 5)]])
  })

  it('has a box of its own for each place', () => {
    const coverage = asciiCoverage(MAP)
    const near = moveDifference(coverage, gridAt(3, 3), gridAt(2, 3))
    const [arc] = near.arcs.added
    const points = arc!.points.slice()
    const other = [...coverage.arcs.values()].find(({ left, right }) => (left ?? right) === 'C' && (left === null || right === null))!
    const away = other.points.slice()
    away[2]! -= 1000
    const both = {
      ...NO_CHANGE,
      arcs: {
        removed: [...near.arcs.removed, other],
        added: [
          { ...arc!, points },
          { ...other, points: away },
        ],
      },
    }
    expect(sweptBy(both).boxes).toHaveLength(2)
  })
})
