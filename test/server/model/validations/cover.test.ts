import { describe, expect, it } from 'vitest'
import { Coverage } from '#model/coverage.ts'
import { cover } from '#model/validations/cover.ts'
import { asciiCoverage, gridAt, mergeDifference, moveDifference, NO_CHANGE } from '../../../fixtures/ascii-coverage.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { contextAfter } from '../../../fixtures/check-context.ts'

const MAP = `
  AAABBB
  AAABBB
  CCCCCC
`

describe('gap and overlap', () => {
  it('tell of land that two lines have left between them', () => {
    const coverage = asciiCoverage(MAP)
    const arc = [...coverage.arcsOf('A')].find(({ left, right }) => [left, right].includes('B'))!
    const [first, last] = [arc.points.subarray(0, 2), arc.points.subarray(-2)]
    const mine = { ...arc, right: arc.right === 'B' ? null : arc.right, left: arc.left === 'B' ? null : arc.left }
    const bent = gridAt(4, 2)
    const theirs = {
      ...arc,
      id: 99,
      points: Int32Array.from([...first, ...bent, ...last]),
      right: arc.right === 'A' ? null : arc.right,
      left: arc.left === 'A' ? null : arc.left,
    }
    const [told, ...more] = cover(contextAfter(coverage, { ...NO_CHANGE, arcs: { removed: [arc], added: [mine, theirs] } }))
    expect(more).toEqual([])
    expect(told).toMatchObject({ code: 'gap', severity: 'error', limit: 0 })
    expect(told!.units.sort()).toEqual(['A', 'B'])
    expect(told!.value).toBeGreaterThan(10_000)
    expect(told!.where![0]).toBeGreaterThan(at(3, 0)[0])
    expect(told!.where![0]).toBeLessThan(at(4, 0)[0])
  })

  it('tell of a line that has lost the unit on one side', () => {
    const coverage = asciiCoverage(MAP)
    const arc = [...coverage.arcsOf('A')].find(({ left, right }) => [left, right].includes('C'))!
    const named = { ...arc, left: arc.left === 'C' ? 'B' : arc.left, right: arc.right === 'C' ? 'B' : arc.right }
    const told = cover(contextAfter(coverage, { ...NO_CHANGE, arcs: { removed: [arc], added: [named] } }))
    expect(told.map(({ code }) => code)).toEqual(['gap'])
    expect(told[0]!.units).toContain('A')
  })

  it('have nothing to say of moves, merges and a corrected outline', () => {
    for (const change of [
      (coverage: ReturnType<typeof asciiCoverage>) => moveDifference(coverage, gridAt(3, 1), gridAt(4, 1.5)),
      (coverage: ReturnType<typeof asciiCoverage>) => mergeDifference(coverage, 'A', ['B', 'C']),
      (coverage: ReturnType<typeof asciiCoverage>) => moveDifference(coverage, gridAt(0, 0), gridAt(0.5, 0.5)),
    ]) {
      const coverage = asciiCoverage(MAP)
      expect(cover(contextAfter(coverage, change(coverage)))).toEqual([])
    }
  })

  it('do not take a lake that was nobody’s before for a gap', () => {
    const drawn = asciiCoverage(`
      AAAAB
      AALAB
      AAAAB
    `)
    const land = (id: string | null) => (id === 'L' ? null : id)
    const leaves = [...drawn.leaves.values()].filter(({ id }) => id !== 'L')
    const coverage = new Coverage(leaves, [...drawn.arcs.values()].map((arc) => ({ ...arc, left: land(arc.left), right: land(arc.right) }))) // prettier-ignore
    expect(cover(contextAfter(coverage, moveDifference(coverage, gridAt(2, 1), gridAt(1.5, 0.5))))).toEqual([])
  })
})
