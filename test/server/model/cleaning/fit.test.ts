/** A dirty cover of a part of a coverage, cleaned and fitted to that part's land, is a division that the coverage takes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRefusal } from '#model/actions/action.ts'
import { divide } from '#model/actions/divide.ts'
import { clean } from '#model/cleaning/clean.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { coverageOf } from '#model/coverage.ts'
import type { LngLat } from '#model/crs.ts'
import { areaM2 } from '#model/measure.ts'
import { type GridPolygons, toMultiPolygon } from '#model/rings.ts'
import { randomCoverage } from '../../../fixtures/random-coverage.ts'

/** Half a metre and less. */
const NOISE = 45
const noisy = (polygons: GridPolygons, noise: readonly number[], from: number): GridPolygons => {
  let at = from
  return polygons.map((rings) => rings.map((ring) => ring.map((value) => value + noise[at++ % noise.length]!)))
}

describe('a cover fitted to land', () => {
  const noise = fc.array(fc.integer({ min: -NOISE, max: NOISE }), { minLength: 997, maxLength: 997 })

  it('is a division that the coverage takes, and the land around stays', () => {
    fc.assert(
      fc.property(randomCoverage, noise, fc.integer({ min: 1, max: 8 }), ({ features }, offsets, count) => {
        const { topology } = checkPolygons(features)
        fc.pre(topology !== null)
        const leaf = (id: string) => ({ id, code: null, parentCode: '990301001', level: 'grid', unitKind: 'general', name: id, nameEn: null, renumber: false }) as const // prettier-ignore
        const coverage = coverageOf(topology!, topology!.ids.map(leaf)) // prettier-ignore
        const scope = topology!.ids.slice(0, count)
        const land = coverage.union(new Set(scope))
        const outside = new Map(topology!.ids.slice(count).map((id) => [id, areaM2(coverage.polygonsOf(id))]))
        const units = scope.map((id, i) => ({ id, geometry: toMultiPolygon(noisy(coverage.polygonsOf(id), offsets, 61 * i)) }))
        const result = clean(units, { tolerance: 2, land: [land] })
        expect([result.faults, result.unsound, result.lost]).toEqual([[], [], []])
        const into = result.units!.map(({ id, polygons }) => ({
          unit: { id, name: id, unitKind: 'general' as const, parentCode: '990301001' },
          polygons: toMultiPolygon(polygons).coordinates as LngLat[][][],
        }))
        const difference = divide(coverage, { type: 'divide', units: scope, into })
        if (isRefusal(difference)) throw new Error(JSON.stringify(difference))
        coverage.apply(difference)
        const after = topology!.ids.map((id) => ({ id, polygons: coverage.polygonsOf(id) }))
        expect(checkPolygons(after).faults).toEqual([])
        // The line of the land gains vertices of the new borders, off it by a unit of the grid at most.
        for (const [id, area] of outside) expect(Math.abs(areaM2(coverage.polygonsOf(id)) - area)).toBeLessThan(50)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
