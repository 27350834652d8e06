import { describe, expect, it } from 'vitest'
import { fromGrid } from '#model/crs.ts'
import { overlay } from '#model/overlay.ts'
import { plan } from '#model/replay.ts'
import { at } from '../../fixtures/ascii-map.ts'
import { area, coverageFrom, drawCoverage, expectSound, VILLAGE, wholeArea2 } from '../../fixtures/leaves.ts'

// The border between A and B ends in the west at heights where A's enclave lies in the east.
const drawing = `
  BBBBBBB
  BBBBABB
  AABBABB
  AABBABB
  BBBBABB
  BBBBBBB
`

describe('land with an enclave east of where its border begins', () => {
  it('falls into the faces that one sees', () => {
    const coverage = drawCoverage(drawing)
    const { faces } = overlay(coverage, new Set(['A', 'B']), {})!
    const cells = faces.map(({ old, area2, rings }) => [old, area2 / (2 * 10_000 * 10_000), rings.length])
    expect(cells.sort()).toEqual([
      ['A', 4, 1],
      ['A', 4, 1],
      ['B', 34, 2],
    ])
  })

  it('stays whole when it is merged', () => {
    const coverage = drawCoverage(drawing)
    const answer = plan(coverage, { type: 'merge', units: ['A', 'B'], keep: 'A' })
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'A')).toBe(42)
  })

  it('can be split', () => {
    const coverage = drawCoverage(drawing)
    const answer = plan(coverage, { type: 'split', unit: 'B', line: [at(3, -1), at(3, 7)], newIds: ['n1', 'n2', 'n3'] })
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(['A', 'B', 'n1'].map((id) => area(coverage, id))).toEqual([8, 20, 14])
  })
})

describe('a unit a few centimetres wide', () => {
  it('keeps its land on either side of a ring that is cut out across it', () => {
    const ring = (...numbers: number[]) => [[Int32Array.from(numbers)]]
    const features = [
      { id: 'A', polygons: ring(15011, -4611, 21267, -2943, 36676, 1165, 39804, 1999, 35005, 20023, 21811, 24490) },
      { id: 'S', polygons: ring(21267, -2943, 33549, 331, 36676, 1165) },
    ]
    const coverage = coverageFrom(features)
    const before = wholeArea2(coverage)
    const corners = [[25943, -5208], [31310, -2771], [28873, 2596], [23506, 159]] // prettier-ignore
    const unit = { id: 'M', name: 'market', unitKind: 'dedicated' as const, parentCode: VILLAGE }
    const answer = plan(coverage, { type: 'cut-out', ring: corners.map((corner) => fromGrid(corner)), unit })
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(['A', 'M', 'S'].map((id) => coverage.polygonsOf(id).length)).toEqual([1, 1, 1])
    expect(wholeArea2(coverage)).toBeCloseTo(before, -5)
  })
})

describe('rings that come within a hair’s breadth of themselves', () => {
  it('divide land as if the two lines there were one', () => {
    const square = Int32Array.from([0, 0, 10_000, 0, 10_000, 10_000, 0, 10_000])
    const coverage = coverageFrom([{ id: 'A', polygons: [[square]] }])
    // The border goes up to the middle, back beside itself, one grid unit off, and up again.
    const border = [[5000, 0], [5000, 6000], [5001, 3000], [5100, 10_000]] // prettier-ignore
    const west = [[0, 0], ...border, [0, 10_000], [0, 0]]
    const east = [...border, [10_000, 10_000], [10_000, 0], [5000, 0]].reverse()
    const into = [west, east].map((ring, i) => ({
      unit: { id: i === 0 ? 'A' : 'n', name: 'half', unitKind: 'general' as const, parentCode: VILLAGE },
      polygons: [[ring.map(([x, y]) => fromGrid([x!, y!]))]],
    }))
    const answer = plan(coverage, { type: 'divide', units: ['A'], into })
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'A')).toBeCloseTo(0.5, 1)
    expect(area(coverage, 'n')).toBeCloseTo(0.5, 1)
  })
})
