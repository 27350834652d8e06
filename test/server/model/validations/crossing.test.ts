import { describe, expect, it } from 'vitest'
import { crossing } from '#model/validations/crossing.ts'
import { asciiCoverage, gridAt, moveDifference } from '../../../fixtures/ascii-coverage.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { contextAfter } from '../../../fixtures/check-context.ts'

const MAP = `
  AAABBB
  AABBBB
  AAABBB
  CCCCCC
`

describe('lines that cross', () => {
  it('make a unit cross itself where both are its own', () => {
    const coverage = asciiCoverage(MAP)
    // The dent of A's border is pulled through A's western side.
    const told = crossing(contextAfter(coverage, moveDifference(coverage, gridAt(2, 2), gridAt(-1, 2))))
    expect(told.map(({ code }) => code)).toContain('self-crossing')
    expect(told.find(({ units }) => units.includes('A'))).toMatchObject({ code: 'self-crossing', severity: 'error', units: ['A'] })
    const [west] = told.map(({ where }) => where![0])
    expect(west).toBeCloseTo(at(0, 0)[0], 6)
  })

  it('make units overlap where they have none in common', () => {
    const coverage = asciiCoverage(`
      AB.CD
      AB.CD
    `)
    const told = crossing(contextAfter(coverage, moveDifference(coverage, gridAt(2, 2), gridAt(3.5, 2))))
    const overlap = told.find(({ code }) => code === 'overlap')!
    expect(overlap.units.sort()).toEqual(['B', 'C'])
    expect(overlap.where![0]).toBeCloseTo(at(3, 0)[0], 6)
  })

  it('are told when they only touch', () => {
    const coverage = asciiCoverage(MAP)
    expect(crossing(contextAfter(coverage, moveDifference(coverage, gridAt(2, 2), gridAt(0, 2))))).not.toEqual([])
  })

  it('are none after a sound move', () => {
    const coverage = asciiCoverage(MAP)
    expect(crossing(contextAfter(coverage, moveDifference(coverage, gridAt(2, 2), gridAt(1, 2.5))))).toEqual([])
    expect(crossing(contextAfter(coverage, moveDifference(coverage, gridAt(3, 1), gridAt(4, 1))))).toEqual([])
  })
})
