import { describe, expect, it } from 'vitest'
import type { HotSpot, Repeat } from '#contract/analysis.ts'
import { PATTERNS } from '#model/hot-spots/emerging.ts'
import { familyOf, groupShapes, hotShapes, type Inks, strengthOf } from '../../../../web/panels/analysis/shapes.ts'

const inks: Inks = { hot: ['h1', 'h2', 'h3'], cold: ['c1', 'c2', 'c3'], ring: 'r' }
const place = (key: string, q: number) => ({
  ...{ key, bbox: [121, 28, 121.01, 28.01] as [number, number, number, number], unitCode: '331004001' },
  ...{ count: 9, before: 3, around: 20, expected: 4, z: 5, p: q, q },
})
const spot = (rank: number, heat: 'hot' | 'cold'): HotSpot => ({
  ...{ rank, heat, unitCode: '331004001', bbox: [121, 28, 121.02, 28.01], center: [121.005, 28.005], count: 20, expected: 8 },
  ...{ before: 6, z: 5, p: 1e-6, q: 1e-5, members: [place('1.1', 1e-5), place('2.1', 0.03)], ring: [place('3.1', 1)] },
})

describe('what the map draws', () => {
  it('colours squares by how sure they are, and shows neighbours of the chosen one only', () => {
    const { shapes, marks, extent } = hotShapes([spot(1, 'hot'), spot(2, 'cold')], 'cell', 1, inks)
    expect(shapes.map(({ properties }) => [properties!['n'], properties!['fill'], properties!['chosen']])).toEqual([
      [0, 'h3', false],
      [0, 'h1', false],
      [1, 'c3', true],
      [1, 'c1', true],
      [1, 'r', false],
    ])
    expect(marks.map(({ properties }) => properties!['text'])).toEqual(['1', '2'])
    expect(extent![0]).toBeLessThan(121)
    expect(hotShapes([spot(1, 'hot')], 'cell', null, inks).extent).toBeNull()
  })

  it('leaves units to their tiles', () => {
    const { shapes, units } = hotShapes([spot(1, 'hot')], 'unit', 0, inks)
    expect(shapes).toEqual([])
    expect([...units]).toEqual([
      ['1.1', 'h3'],
      ['2.1', 'h1'],
    ])
  })

  it('draws a repeat as a circle around its middle', () => {
    const repeat = { center: [121, 28], radius: 500, bbox: [121, 28, 121, 28] } as unknown as Repeat
    const [circle] = groupShapes([repeat], 0, inks).shapes
    const ring = (circle!.geometry as GeoJSON.Polygon).coordinates[0]!
    for (const [lng, lat] of ring) {
      const metres = Math.hypot((lng! - 121) * Math.cos((28 * Math.PI) / 180), lat! - 28) * 111_195
      expect(Math.abs(metres - 500)).toBeLessThan(1)
    }
  })

  it('knows the strength of every q and the family of every pattern', () => {
    expect([null, 0.05, 0.01, 0.001, 0].map(strengthOf)).toEqual([0, 0, 1, 2, 2])
    expect(PATTERNS.map(familyOf)).toEqual(['rising', 'rising', 'rising', 'steady', 'fading', 'steady', 'steady', 'fading'])
  })
})
