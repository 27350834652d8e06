import { describe, expect, it } from 'vitest'
import type { Divide } from '#model/actions/action.ts'
import type { Difference } from '#model/difference.ts'
import { toMultiPolygon } from '#model/rings.ts'
import { plan } from '#model/replay.ts'
import { divideInPlan } from '../../../web/edit/import-action.ts'
import { asciiCoverage } from '../../fixtures/ascii-coverage.ts'
import { VILLAGE } from '../../fixtures/leaves.ts'

describe('a file that divides the land of a plan', () => {
  it('divides what the plan has there, though the plan has merged what the file knows', () => {
    const inForce = asciiCoverage('AABBCC')
    const action: Divide = {
      type: 'divide',
      units: ['A', 'B', 'C'],
      into: ['A', 'B', 'C'].map((id) => ({
        unit: { id, name: id, unitKind: 'general', parentCode: VILLAGE },
        polygons: toMultiPolygon(inForce.polygonsOf(id)).coordinates as Divide['into'][number]['polygons'],
      })),
    }
    const coverage = asciiCoverage('AABBCC')
    coverage.apply(plan(coverage, { type: 'merge', units: ['A', 'B'], keep: 'A' }) as Difference)
    expect(plan(coverage, action)).toMatchObject({ reason: 'no-unit' })
    const here = divideInPlan(action, coverage, VILLAGE, () => 'n1')
    expect(here.units.toSorted()).toEqual(['A', 'C'])
    expect(here.into.map(({ unit }) => unit.id)).toEqual(['A', 'n1', 'C'])
    coverage.apply(plan(coverage, here) as Difference)
    expect(coverage.polygonsOf('n1')).toEqual(inForce.polygonsOf('B'))
  })
})
