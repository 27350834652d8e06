import { describe, expect, it } from 'vitest'
import type { UnitSummary } from '#contract/unit.ts'
import { MEASURES } from '../../../web/state/selection.svelte.ts'
import { breaksFor, classOf } from '../../../web/state/choropleth.svelte.ts'
import { COUNTY, marker, NOW } from '../../fixtures/wall-figures.ts'
import { wallState } from '../pages/wall-state.ts'

const spread = (counts: Record<number, number>) => Object.entries(counts).flatMap(([value, n]) => Array<number>(n).fill(Number(value)))

describe('classes of a measure', () => {
  it('start at the ladder whose top class holds at most 3 % of the units', () => {
    expect(breaksFor(spread({ 0: 60, 1: 30, 2: 7, 3: 3 }), 'open')).toEqual([1, 2, 3, 4])
    expect(breaksFor(spread({ 0: 50, 2: 40, 4: 5, 5: 5 }), 'open')).toEqual([1, 2, 4, 6])
    expect(breaksFor(spread({ 3: 90, 10: 7, 12: 3 }), 'open')).toEqual([2, 4, 7, 11])
  })

  it('take the coarsest ladder for a flood, and the finest for nothing', () => {
    expect(breaksFor(spread({ 100_000: 10 }), 'open')).toEqual([50, 100, 200, 400])
    expect(breaksFor([], 'overdue')).toEqual([1, 2, 3, 4])
  })

  it('count with fractions where the measure is a ratio', () => {
    expect(breaksFor(spread({ 0: 98, 1.5: 2 }), 'perThousand')).toEqual([0.2, 0.5, 1, 2])
  })

  it('hold their lower bound and nothing below', () => {
    expect([null, 0, 1, 1.99, 2, 6, 7, 11, 500].map((value) => classOf(value, [2, 4, 7, 11]))).toEqual([0, 1, 1, 1, 2, 3, 4, 5, 5])
  })
})

describe('grids', () => {
  it('have no class while incidents are unknown, which they stay for whoever may not read them', () => {
    const { catalogue, choropleth, incidents, selection } = wallState()
    const grid = { code: `${COUNTY}001001001`, level: 'grid', isLeaf: true, residents: 1000 }
    catalogue.units = new Map([[grid.code, grid as UnitSummary]])
    const classes = MEASURES.map((measure) => {
      selection.colourBy(measure)
      choropleth.refresh(NOW, 'a day')
      return choropleth.classes.get(grid.code)
    })
    expect(classes).toEqual([0, 0, 0])
    incidents.takeSnapshot({ pos: 1, now: NOW.toISOString(), incidents: [marker({ unitCode: grid.code })] })
    choropleth.refresh(NOW, 'a day')
    expect(choropleth.classes.get(grid.code)).toBeGreaterThan(1)
  })
})
