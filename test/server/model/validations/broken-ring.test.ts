import { describe, expect, it } from 'vitest'
import { brokenRing } from '#model/validations/broken-ring.ts'
import { asciiCoverage, gridAt, moveDifference, NO_CHANGE, reshape } from '../../../fixtures/ascii-coverage.ts'
import { leafFor } from '../../../fixtures/leaves.ts'
import { contextAfter } from '../../../fixtures/check-context.ts'

describe('a broken ring', () => {
  it('is told of a unit without land', () => {
    const coverage = asciiCoverage('AB')
    const difference = { ...NO_CHANGE, leaves: { removed: [], added: [leafFor('n1')] } }
    expect(brokenRing(contextAfter(coverage, difference))).toMatchObject([{ severity: 'error', units: ['n1'], where: null }])
  })

  it('is told of a unit whose border does not close', () => {
    const coverage = asciiCoverage('AAB\nAAB\nCCC')
    const arc = [...coverage.arcsOf('A')].find(({ left, right }) => [left, right].includes('B'))!
    const named = { ...arc, left: arc.left === 'B' ? 'C' : arc.left, right: arc.right === 'B' ? 'C' : arc.right }
    const told = brokenRing(contextAfter(coverage, { ...NO_CHANGE, arcs: { removed: [arc], added: [named] } }))
    expect(told.map(({ units }) => units).flat().sort()).toEqual(['B', 'C']) // prettier-ignore
    expect(told[0]!.where).not.toBeNull()
    expect(told[0]!.extent).not.toBeNull()
  })

  it('is told when a border is pulled over an island', () => {
    const coverage = asciiCoverage(`
      AAAAAA
      AABAAA
      AAAAAA
      CCCCCC
    `)
    const border = [...coverage.arcsOf('A')].find(({ left, right }) => [left, right].includes('C'))!
    const [a, b] = [border.points.subarray(0, 2), border.points.subarray(-2)]
    const around = [gridAt(0.5, 3.5), gridAt(5.5, 3.5)]
    const points = [...a, ...(a[0]! < b[0]! ? around : around.reverse()).flat(), ...b]
    expect(brokenRing(contextAfter(coverage, reshape({ arc: border, points }))).map(({ units }) => units)).toContainEqual(['A'])
  })

  it('is not told of a sound change', () => {
    const coverage = asciiCoverage('AAB\nAAB\nCCC')
    expect(brokenRing(contextAfter(coverage, moveDifference(coverage, gridAt(2, 1), gridAt(1, 1))))).toEqual([])
  })
})
