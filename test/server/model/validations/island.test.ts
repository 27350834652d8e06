import { describe, expect, it } from 'vitest'
import { island } from '#model/validations/island.ts'
import { asciiCoverage, gridAt, mergeDifference, moveDifference, NO_CHANGE } from '../../../fixtures/ascii-coverage.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { contextAfter, touching } from '../../../fixtures/check-context.ts'

const MAP = `
  AAABBA
  AAACBA
`

describe('an island', () => {
  it('is told of a unit that gets a part more, with the smallest part', () => {
    const coverage = asciiCoverage(`
      AAABDD
      AAACDD
    `)
    const told = island(contextAfter(coverage, mergeDifference(coverage, 'D', ['A'])))
    expect(told).toMatchObject([{ code: 'island', severity: 'error', units: ['D'], value: 2, limit: 1 }])
    expect(told[0]!.where![0]).toBeGreaterThan(at(4, 0)[0])
    expect(told[0]!.extent![0]).toBeCloseTo(at(4, 0)[0], 6)
  })

  it('is not told of one that was in parts before, nor of one that came together', () => {
    const coverage = asciiCoverage(MAP)
    expect(island(contextAfter(coverage, touching(coverage, 'A')))).toEqual([])
    expect(island(contextAfter(coverage, moveDifference(coverage, gridAt(3, 1), gridAt(3.2, 1))))).toEqual([])
    expect(island(contextAfter(coverage, mergeDifference(coverage, 'A', ['B'])))).toEqual([])
  })

  it('is not told where the land above lay in the same parts before', () => {
    const exclave = asciiCoverage('AAB.CC', { A: { parentCode: '331004001002' } })
    expect(island(contextAfter(exclave, mergeDifference(exclave, 'B', ['C'])))).toEqual([])
  })

  it('is a warning for a village that has no grids, an error for a grid', () => {
    const severityOf = (level: 'village' | 'microgrid') => {
      const coverage = asciiCoverage('AABDD', { A: { level }, B: { level }, D: { level } })
      return island(contextAfter(coverage, mergeDifference(coverage, 'D', ['A']))).map(({ severity }) => severity)
    }
    expect([...severityOf('village'), ...severityOf('microgrid')]).toEqual(['warning', 'warning'])
  })

  it('is told of a grid whose micro-grids no longer hang together, with those that are cut off', () => {
    const [G1, G2] = ['331004001001001', '331004001001002']
    const below = (parentCode: string) => ({ level: 'microgrid', parentCode }) as const
    const draw = () => asciiCoverage('AABBC', { A: below(G1), B: below(G1), C: below(G1) })
    const move = (id: string) => {
      const coverage = draw()
      const leaf = coverage.leaves.get(id)!
      return contextAfter(coverage, { ...NO_CHANGE, leaves: { removed: [leaf], added: [{ ...leaf, parentCode: G2 }] } })
    }
    expect(island(move('C'))).toEqual([])
    // The grid that is left in two parts is not touched by its own leaves, but by the one that went.
    expect(island(move('B'))).toMatchObject([{ code: 'island', units: ['C'], value: 2, limit: 1 }])
  })
})
