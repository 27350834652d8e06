import { describe, expect, it } from 'vitest'
import type { BuildingRow } from '#model/buildings.ts'
import type { LngLat } from '#model/crs.ts'
import { houses } from '#model/validations/houses.ts'
import { asciiCoverage, gridAt, moveDifference, reshape } from '../../../fixtures/ascii-coverage.ts'
import { at } from '../../../fixtures/ascii-map.ts'
import { contextAfter } from '../../../fixtures/check-context.ts'

const MAP = `
  AAABBB
  AAABBB
  AAABBB
  CCCCCC
`
/** The border of A and B runs from (3, 1) to (3, 4) before, and to (5, 4) after. */
const told = (buildings: BuildingRow[], clearance = 4) => {
  const coverage = asciiCoverage(MAP)
  return houses(contextAfter(coverage, moveDifference(coverage, gridAt(3, 4), gridAt(5, 4)), { buildings, targets: { clearance } }))
}
const hut = (x: number, y: number): BuildingRow => ({ location: at(x, y), households: 1, residents: 1 })
const block = (x: number, y: number, half: number): BuildingRow => ({
  ...hut(x, y),
  footprint: [at(x - half, y - half), at(x + half, y - half), at(x + half, y + half), at(x - half, y + half)] as LngLat[],
})

describe('a new border', () => {
  it('is told once when it runs through footprints', () => {
    expect(told([block(4, 2.5, 0.1), block(4.6667, 3.5, 0.1), block(1, 1, 0.2)])).toMatchObject([
      {
        code: 'cuts-building',
        severity: 'warning',
        units: expect.arrayContaining(['A', 'B']) as string[],
        value: 2,
        limit: 0,
        where: at(4, 2.5),
      },
    ])
  })

  it('is told when it ends within a footprint, or runs from corner to corner', () => {
    const bent = asciiCoverage(MAP)
    const arc = [...bent.arcsOf('A')].find(({ left, right }) => [left, right].includes('B'))!
    const through = reshape({ arc, points: [...arc.points.subarray(0, 2), ...gridAt(4, 2.5), ...arc.points.subarray(-2)] })
    expect(houses(contextAfter(bent, through, { buildings: [block(4, 2.5, 0.3)] })).map(({ code }) => code)).toEqual(['cuts-building'])
    const coverage = asciiCoverage(MAP)
    const diagonal = moveDifference(coverage, gridAt(3, 4), gridAt(6, 4))
    expect(houses(contextAfter(coverage, diagonal, { buildings: [block(4.5, 2.5, 0.5)] })).map(({ code }) => code)).toEqual([
      'cuts-building',
    ])
  })

  it('is told when it comes closer than the clearance, with the smallest distance', () => {
    // A cell is some 97 m wide here; the border is inclined by 2 : 3.
    const near = told([hut(4.02, 2.5), hut(4.1, 2.5), hut(4.6767, 3.5)])
    expect(near).toMatchObject([{ code: 'near-building', severity: 'info', limit: 4, where: at(4.6767, 3.5) }])
    expect(near[0]!.value).toBeLessThan(1)
    expect(told([hut(4.02, 2.5)], 1)).toEqual([])
    expect(told([block(4.2, 2.5, 0.1)])).toMatchObject([{ code: 'near-building' }])
  })

  it('is not told of walls that it runs along, nor of buildings that the old one cut or was as near to', () => {
    expect(told([block(3, 3, 0.1)])).toEqual([])
    expect(told([hut(2.999, 1.001)])).toEqual([])
    const coverage = asciiCoverage(MAP)
    const slid = moveDifference(coverage, gridAt(3, 1), gridAt(4, 1))
    const walls = { ...hut(3.7, 0.95), footprint: [at(3.5, 0.9), at(3.9, 0.9), at(3.9, 1), at(3.5, 1)] }
    expect(houses(contextAfter(coverage, slid, { buildings: [walls] }))).toEqual([])
  })

  it('has nothing to say without buildings', () => {
    const coverage = asciiCoverage(MAP)
    expect(houses(contextAfter(coverage, moveDifference(coverage, gridAt(3, 4), gridAt(5, 4))))).toEqual([])
  })
})
