import { describe, expect, it } from 'vitest'
import type { Split } from '#model/actions/action.ts'
import { plan } from '#model/replay.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { area, drawCoverage, expectSound } from '../../../fixtures/leaves.ts'

const split = (line: [number, number][], newIds = ['n1', 'n2', 'n3', 'n4'], unit = 'A'): Split => ({ type: 'split', unit, line, newIds })
const drawing = `
  AAAAB
  AAAAB
  AAAAC
`

describe('splitting by a line', () => {
  it('makes a new unit of the smaller piece, and a node in the neighbour’s border', () => {
    const coverage = drawCoverage(drawing)
    const answer = plan(coverage, split([at(-1, 1.3), at(6, 1.3)]))
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'n1')).toBeCloseTo(5.2, 6)
    expect(area(coverage, 'A')).toBeCloseTo(6.8, 6)
    // What the line does in B is B's affair: nothing.
    expect(area(coverage, 'B')).toBe(2)
    expect(coverage.leaves.get('n1')).toMatchObject({ code: null, parentCode: '331004001001', level: 'grid', unitKind: 'general' })
  })

  it('may cross several times', () => {
    const coverage = drawCoverage(drawing)
    const answer = plan(coverage, split([at(1, -1), at(1, 4), at(2, 4), at(2, -1), at(3, -1), at(3, 4)]))
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(answer.leaves.added.map(({ id }) => id)).toEqual(['n1', 'n2', 'n3'])
    for (const id of ['A', 'n1', 'n2', 'n3']) expect(area(coverage, id)).toBe(3)
  })

  it('may touch corners and run along an edge', () => {
    const coverage = drawCoverage(drawing)
    const answer = plan(coverage, split([at(0, 3), at(2, 1), at(4, 1), at(4, 0)]))
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'A') + area(coverage, 'n1')).toBeCloseTo(12, 9)
  })

  it('takes a closed line inside for a unit of its own', () => {
    const coverage = drawCoverage(drawing)
    const answer = plan(coverage, split([at(1, 1), at(2, 1), at(2, 2), at(1, 2), at(1, 1)]))
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'n1')).toBe(1)
    expect(coverage.polygonsOf('A')[0]).toHaveLength(2)
  })

  it('leaves an enclave with the piece that holds it', () => {
    const coverage = drawCoverage(`
      AAAAA
      ADAAA
      AAAAA
    `)
    const answer = plan(coverage, split([at(3, -1), at(3, 4)]))
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expectSound(coverage)
    expect(area(coverage, 'A')).toBe(8)
    expect(area(coverage, 'n1')).toBe(6)
    expect([...coverage.neighboursOf('D')]).toEqual(['A'])
  })

  it('says why it cannot be', () => {
    const coverage = drawCoverage(drawing)
    expect(plan(coverage, split([at(1, 1), at(2, 2)]))).toMatchObject({ reason: 'splits-nothing' })
    expect(plan(coverage, split([at(-3, 1), at(-1, 2)]))).toMatchObject({ reason: 'splits-nothing' })
    expect(plan(coverage, split([at(1, 1), at(1, 1)]))).toMatchObject({ reason: 'splits-nothing' })
    expect(plan(coverage, split([at(-1, 1), at(6, 1)], ['B']))).toMatchObject({ reason: 'id-taken', units: ['B'] })
    expect(plan(coverage, split([at(1, -1), at(1, 4), at(2, 4), at(2, -1)], ['n1']))).toMatchObject({ reason: 'too-few-ids' })
    expect(plan(coverage, split([at(-1, 1), at(6, 1)], ['n1'], 'Z'))).toMatchObject({ reason: 'no-unit', units: ['Z'] })
  })
})
