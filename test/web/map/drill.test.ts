import { describe, expect, it } from 'vitest'
import { drillTarget } from '../../../web/map/drill.ts'

describe('a click on the map', () => {
  it('goes one level down inside the shown unit', () => {
    const grid = '331004101201003'
    expect(['331004', '331004101', '331004101201'].map((shown) => drillTarget(shown, grid))).toEqual(['331004101', '331004101201', grid])
  })

  it('goes to the neighbour of the same level outside of it', () => {
    expect(drillTarget('331004101', '331004102201003')).toBe('331004102')
    expect(drillTarget('331004101201', '331004102201003')).toBe('331004102201')
  })

  it('goes nowhere from the finest', () => {
    expect(drillTarget('331004101201003', '331004101201003')).toBeNull()
  })

  it('skips levels that are missing between', () => {
    expect(drillTarget('029510', '029510000000001')).toBe('029510000000001')
    expect(drillTarget('029510000000001', '029510000000002')).toBe('029510000000002')
  })

  it('goes nowhere when nothing is shown', () => {
    expect(drillTarget('', '331004101201003')).toBeNull()
  })
})
