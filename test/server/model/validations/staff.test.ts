import { describe, expect, it } from 'vitest'
import { staff } from '#model/validations/staff.ts'
import { asciiCoverage } from '../../../fixtures/ascii-coverage.ts'
import { contextAfter, touching } from '../../../fixtures/check-context.ts'

describe('units without staff', () => {
  const coverage = asciiCoverage('AABBC', { B: { level: 'microgrid', parentCode: 'G' } })

  it('are told of, when they are touched', () => {
    const told = staff(contextAfter(coverage, touching(coverage, 'A', 'B'), { staffed: new Set(['C']) }))
    expect(told).toMatchObject([
      { code: 'no-staff', severity: 'warning', units: ['A'] },
      { code: 'no-staff', units: ['B'] },
    ])
  })

  it('are none where each has a post, or its grid has, or nothing is known', () => {
    expect(staff(contextAfter(coverage, touching(coverage, 'A', 'B'), { staffed: new Set(['A', 'G']) }))).toEqual([])
    expect(staff(contextAfter(coverage, touching(coverage, 'A', 'B')))).toEqual([])
  })
})
