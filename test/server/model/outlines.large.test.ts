import type { Polygon, Position } from 'geojson'
import { describe, expect, it } from 'vitest'
import { clean } from '#model/cleaning/clean.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { plan } from '#model/replay.ts'
import { coverageFrom } from '../../fixtures/leaves.ts'

const polygon = (...rings: Position[][]): Polygon => ({ type: 'Polygon', coordinates: rings })

describe('outlines of hundreds of thousands of points', () => {
  it('are split by a line', () => {
    const count = 200_000
    const ring = new Int32Array(2 * count)
    for (let i = 0; i < count; i++) {
      const angle = (2 * Math.PI * i) / count
      ring.set([1_214_000_000 + Math.round(5e6 * Math.cos(angle)), 285_000_000 + Math.round(5e6 * Math.sin(angle))], 2 * i)
    }
    const coverage = coverageFrom([{ id: 'A', polygons: [[ring]] }])
    const line: [number, number][] = [
      [120, 28.5],
      [123, 28.6],
    ]
    const answer = plan(coverage, { type: 'split', unit: 'A', line, newIds: ['n1'] })
    if ('reason' in answer) throw new Error(answer.reason)
    coverage.apply(answer)
    expect(coverage.polygonsOf('A')[0]![0]!.length + coverage.polygonsOf('n1')[0]![0]!.length).toBeGreaterThan(390_000)
  })

  it('become one line where two neighbours have the same one but for noise', () => {
    const count = 100_000
    const point = (i: number, radius: number): Position => {
      const angle = (2 * Math.PI * i) / count
      const wave = 1 + 0.01 * Math.sin(400 * angle)
      return [121 + radius * wave * Math.cos(angle), 28 + radius * wave * Math.sin(angle)]
    }
    const ring = (radius: number) => Array.from({ length: count + 1 }, (_, i) => point(i % count, radius))
    const frame: Position[] = [
      [120, 27],
      [122, 27],
      [122, 29],
      [120, 29],
      [120, 27],
    ]
    const units = [
      { id: 'A', geometry: polygon(ring(0.2)) },
      // Its hole is 30 cm too wide.
      { id: 'B', geometry: polygon(frame, ring(0.200003).reverse()) },
    ]
    const result = clean(units, { tolerance: 1 })
    expect(result.faults).toEqual([])
    expect(checkPolygons(result.units!).faults).toEqual([])
    expect(result.movedVertices).toBe(count)
  })
})
