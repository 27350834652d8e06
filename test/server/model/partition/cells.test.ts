import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { area2, sideOfPolygon } from '#model/exact.ts'
import { buildCells, type Cells } from '#model/partition/cells.ts'
import { buildGraphs } from '#model/partition/cell-graph.ts'
import { randomInput } from '../../../fixtures/random-redivision.ts'

/** Twice a leaf's area by the edges that part it from others: nothing of it may be missing or doubled in the cells. */
function leafAreas2({ ground, left, leaf }: Cells): Float64Array {
  const { tail, vertices } = ground
  const sums = new Float64Array(ground.leaves.length)
  const leafAt = (h: number) => (left[h]! < 0 ? -1 : leaf[left[h]!]!)
  const [ox, oy] = [vertices.x[0]!, vertices.y[0]!]
  for (let h = 0; h < tail.length; h++) {
    if (leafAt(h) < 0 || leafAt(h) === leafAt(h ^ 1)) continue
    const [v, w] = [tail[h]!, tail[h ^ 1]!]
    sums[leafAt(h)]! += (vertices.x[v]! - ox) * (vertices.y[w]! - oy) - (vertices.x[w]! - ox) * (vertices.y[v]! - oy)
  }
  return sums
}

/** Whether an edge passes within ten grid units (11 cm): rounding decides there whose land a building stands on. */
function isAtBorder({ ground: { sites, edges, vertices } }: Cells, site: number): boolean {
  const [x, y] = [sites.x[site]!, sites.y[site]!]
  return edges.a.some((a, e) => {
    const b = edges.b[e]!
    const [ax, ay, dx, dy] = [vertices.x[a]!, vertices.y[a]!, vertices.x[b]! - vertices.x[a]!, vertices.y[b]! - vertices.y[a]!]
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
    return Math.hypot(ax + t * dx - x, ay + t * dy - y) <= 10
  })
}

describe('base cells', () => {
  it('make up every leaf exactly, whatever its shape and wherever the buildings are', () => {
    fc.assert(
      fc.property(randomInput, (input) => {
        const cells = buildCells(input)
        const sums = new Float64Array(cells.ground.leaves.length)
        for (let c = 0; c < cells.count; c++) {
          expect(cells.area2[c]).toBeGreaterThan(0)
          sums[cells.leaf[c]!]! += cells.area2[c]!
        }
        expect(sums).toEqual(leafAreas2(cells))
        for (const [leaf, { polygons }] of cells.ground.leaves.entries()) {
          const before = polygons.flat().reduce((sum, ring) => sum + area2(ring), 0)
          const length = polygons.flat().reduce((sum, ring) => sum + ring.length, 0) * 40_000
          expect(Math.abs(sums[leaf]! - before)).toBeLessThan(2 * length)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('hold every building once, in the leaf that it stands in, and one each where there is room', () => {
    fc.assert(
      fc.property(randomInput, (input) => {
        const cells = buildCells(input)
        const { sites, leaves } = cells.ground
        expect(new Set(cells.sites).size).toBe(cells.sites.length)
        const inside = Array.from(sites.x.keys()).filter((s) =>
          leaves.some(({ polygons }) => polygons.some((rings) => sideOfPolygon(sites.x[s]!, sites.y[s]!, rings) > 0)),
        )
        const held = new Set(cells.sites)
        expect(inside.filter((s) => !held.has(s))).toEqual([])
        for (let c = 0; c < cells.count; c++) {
          const leaf = leaves[cells.leaf[c]!]!
          for (const s of cells.sites.subarray(cells.offsets[c], cells.offsets[c + 1])) {
            const isIn = leaf.polygons.some((rings) => sideOfPolygon(sites.x[s]!, sites.y[s]!, rings) >= 0)
            expect(isIn || isAtBorder(cells, s)).toBe(true)
          }
          const shared = cells.sites.subarray(cells.offsets[c], cells.offsets[c + 1])
          if (leaf.unitKind === 'general' && shared.length > 1) expect(Array.from(shared).some((s) => isAtBorder(cells, s))).toBe(true)
        }
        const sum = Array.from(cells.sites, (s) => sites.households[s]!).reduce((a, b) => a + b, 0)
        expect(cells.households.reduce((a, b) => a + b, 0)).toBe(sum)
      }),
      { numRuns: 60 },
    )
  })

  it('make graphs whose borders add up to the cells’ perimeters, the same from both sides', () => {
    fc.assert(
      fc.property(randomInput, (input) => {
        for (const graph of buildGraphs(buildCells(input), input.villages, input.targets.min)) {
          for (let c = 0; c < graph.cells.length; c++) {
            let sum = graph.outer[c]!
            for (let i = graph.start[c]!; i < graph.start[c + 1]!; i++) {
              sum += graph.length[i]!
              const other = graph.neighbour[i]!
              const back = graph.neighbour.subarray(graph.start[other], graph.start[other + 1]).indexOf(c) + graph.start[other]!
              expect([graph.length[back], graph.joins[back], graph.close[back]]).toEqual([graph.length[i], graph.joins[i], graph.close[i]])
            }
            expect(sum).toBe(graph.perimeter[c])
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})
