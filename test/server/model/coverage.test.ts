import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkCoverage, checkPolygons } from '#model/coverage-check.ts'
import { coverageOf } from '#model/coverage.ts'
import type { Leaf } from '#model/difference.ts'
import { canonical } from '#model/rings.ts'
import { asciiMap } from '../../fixtures/ascii-map.ts'
import { randomCoverage } from '../../fixtures/random-coverage.ts'

const leafFor = (id: string): Leaf => ({
  id,
  code: null,
  parentCode: '331004001001',
  level: 'grid',
  unitKind: 'general',
  name: id,
  nameEn: null,
  renumber: false,
})

describe('a coverage', () => {
  it('gives back the polygons that it was built from, number for number', () => {
    fc.assert(
      fc.property(randomCoverage, ({ features }) => {
        const { topology } = checkPolygons(features)
        const coverage = coverageOf(topology!, features.map(({ id }) => leafFor(id))) // prettier-ignore
        const again = features.map(({ id }) => ({ id, polygons: coverage.polygonsOf(id) }))
        const { topology: second } = checkPolygons(again)
        const twice = coverageOf(second!, features.map(({ id }) => leafFor(id))) // prettier-ignore
        for (const { id } of features) expect(twice.polygonsOf(id)).toEqual(coverage.polygonsOf(id))
        for (const { polygons } of again) expect(canonical(polygons)).toEqual(polygons)
      }),
    )
  })

  it('knows nodes, edges and neighbours', () => {
    const features = asciiMap(`
      AAB
      ACB
    `)
    const coverage = coverageOf(checkCoverage(features).topology!, features.map(({ id }) => leafFor(id))) // prettier-ignore
    expect([...coverage.neighboursOf('C')].sort()).toEqual(['A', 'B'])
    expect(coverage.union(new Set(['A', 'B', 'C']))).toHaveLength(1)
    const nodes = [...coverage.arcs.values()].flatMap(({ points: p }) => [`${p[0]},${p[1]}`, `${p.at(-2)},${p.at(-1)}`])
    for (const node of new Set(nodes)) expect(coverage.arcsAtNode(...(node.split(',').map(Number) as [number, number]))).toHaveLength(3)
  })
})
