import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciiMap } from '../../fixtures/ascii-map.ts'
import { randomCoverage } from '../../fixtures/random-coverage.ts'
import { checkCoverage, checkPolygons } from '#model/coverage-check.ts'
import { edgeRule } from '#model/edge-rule.ts'
import { area2 } from '#model/exact.ts'
import type { GridPolygons } from '#model/rings.ts'
import { arcPoints, borders, leafPolygons, mergeBy, separates, type Topology, toGridPolygons } from '#model/topology.ts'

const build = (drawing: string): Topology => checkCoverage(asciiMap(drawing)).topology!
const all = (topology: Topology, keyOf: (id: string) => string | null) =>
  new Map([...mergeBy(topology, keyOf)].map(([key, polygons]) => [key, toGridPolygons(topology, polygons)]))
const twiceArea = (polygons: GridPolygons) => polygons.flat().reduce((sum, ring) => sum + area2(ring), 0)
const shape = (polygons: GridPolygons) => polygons.map((rings) => rings.map((ring) => ring.length / 2))

describe('arcs', () => {
  it('hold every shared line once', () => {
    const topology = build(`
      AAB
      ACB
    `)
    const edges = topology.arcs.flatMap((arc) => Array.from(arc.slice(1), (to, i) => [arc[i]!, to].sort((a, b) => a - b).join()))
    expect(new Set(edges).size).toBe(edges.length)
    expect(topology.arcs.map((_, arc) => [topology.left[arc], topology.right[arc]])).not.toContainEqual([-1, -1])
  })
  it('have the land they name on their left', () => {
    const topology = build('AB')
    for (const [arc] of topology.arcs.entries()) {
      const forward = arcPoints(topology, arc)
      expect(arcPoints(topology, ~arc)).toEqual([...forward].reverse())
    }
    for (const polygons of all(topology, (id) => id).values()) expect(area2(polygons[0]![0]!)).toBeGreaterThan(0)
  })
})

describe('unions', () => {
  it('have holes where others lie, and none where they are joined', () => {
    const topology = build(`
      AAAA
      ABCA
      AAAA
    `)
    expect(shape(all(topology, (id) => id).get('A')!)).toEqual([[4, 6]])
    expect(shape(all(topology, (id) => (id === 'B' ? 'A' : id)).get('A')!)).toEqual([[4, 4]])
    expect(shape(all(topology, () => 'all').get('all')!)).toEqual([[4]])
  })
  it('fall into parts that touch in a corner instead of one ring that touches itself', () => {
    const topology = build(`
      AB
      BA
    `)
    expect(shape(all(topology, (id) => id).get('A')!)).toEqual([[4], [4]])
  })
  it('keep two parts apart that touch at both ends of a gap', () => {
    // A's two parts touch at two corners of C; tracing across would make the land of C a hole of one ring.
    const topology = build(`
      .AA.
      ACCA
      .AA.
    `)
    expect(shape(all(topology, (id) => id).get('A')!).every((rings) => rings.length === 1)).toBe(true)
    expect(twiceArea(all(topology, () => 'all').get('all')!)).toBe(
      [...all(topology, (id) => id).values()].reduce((sum, each) => sum + twiceArea(each), 0),
    )
  })
  it('cut a hole off where it touches the outer ring', () => {
    const topology = build(`
      BAA
      ACA
      AAA
    `)
    expect(shape(all(topology, (id) => id).get('A')!)).toEqual([[6, 4]])
  })
  it('are exact for every way of grouping random cells', () => {
    fc.assert(
      fc.property(randomCoverage, fc.array(fc.nat({ max: 2 }), { minLength: 9, maxLength: 9 }), ({ features }, groups) => {
        const topology = checkPolygons(features).topology!
        const merged = all(topology, (id) => String(groups[Number(id.slice(1))]))
        const leaves = all(topology, (id) => id)
        const before = features.map(({ id }) => leaves.get(id)!)
        expect(edgeRule(before, [...merged.values()])).toEqual([])
        for (const polygons of merged.values()) {
          for (const rings of polygons) {
            expect(area2(rings[0]!)).toBeGreaterThan(0)
            for (const [i, ring] of rings.entries()) {
              const points = Array.from({ length: ring.length / 2 }, (_, k) => `${ring[2 * k]},${ring[2 * k + 1]}`)
              expect(new Set(points).size).toBe(points.length)
              if (i > 0) expect(area2(ring)).toBeLessThan(0)
            }
          }
        }
        expect([...merged.values()].reduce((sum, each) => sum + twiceArea(each), 0)).toBe(
          before.reduce((sum, each) => sum + twiceArea(each), 0),
        )
      }),
      { numRuns: 50 },
    )
  })
  it('leave out whom the key leaves out', () => {
    const topology = build('AB')
    expect([...mergeBy(topology, (id) => (id === 'A' ? 'A' : null)).keys()]).toEqual(['A'])
    expect(leafPolygons(topology).size).toBe(2)
  })
})

describe('borders', () => {
  it('tell the coarsest level they separate', () => {
    expect(separates('331004001201001', '331004001201002')).toBe('grid')
    expect(separates('331004001201001', '331004002201001')).toBe('town')
    expect(separates('331004001201', '331004001202001')).toBe('village')
    expect(separates('33100400120100101', '33100400120100102')).toBe('microgrid')
    expect(separates('029510000000001', '029510000000002')).toBe('grid')
    expect(separates('331004001201001', null)).toBe('county')
    expect(separates('331004001201001', '331002001201001')).toBe('county')
  })
  it('draw every line once with the units on both sides', () => {
    const codes: Record<string, string> = { A: '331004001201001', B: '331004001201002', C: '331004002201001' }
    const check = checkCoverage(
      asciiMap(`
        AB
        CC
      `).map(({ id, geometry }) => ({ id: codes[id]!, geometry })),
    )
    const inner = borders(check.topology!).filter(({ left, right }) => left && right)
    expect(inner.map(({ level, left, right }) => [level, ...[left!, right!].sort()]).sort()).toEqual([
      ['grid', codes['A'], codes['B']],
      ['town', codes['A'], codes['C']],
      ['town', codes['B'], codes['C']],
    ])
  })
})

describe('the edge rule', () => {
  it('names the edges of a change that opens a gap', () => {
    const topology = build('AB')
    const leaves = all(topology, (id) => id)
    const before = [...leaves.values()]
    const moved = [
      leaves.get('A')!,
      leaves.get('B')!.map((rings) => rings.map((ring) => ring.map((value, i) => (i % 2 === 0 ? value + 5 : value)))),
    ]
    expect(edgeRule(before, before)).toEqual([])
    expect(edgeRule(before, moved).length).toBeGreaterThan(0)
    expect(edgeRule(before, [leaves.get('A')!]).every(({ net }) => net > 0)).toBe(true)
  })
})
