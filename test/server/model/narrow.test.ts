import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FlatRing } from '#model/exact.ts'
import { narrowest, widest } from '#model/narrow.ts'
import { readPolygons, reversed } from '#model/rings.ts'
import { asciiMap, ORIGIN } from '../../fixtures/ascii-map.ts'

const drawn = (drawing: string) => readPolygons(asciiMap(drawing)[0]!.geometry).polygons[0]!
/** A ring from metres east and north of the maps' origin. */
const metres = (...points: [number, number][]): FlatRing =>
  Int32Array.from(points.flatMap(([x, y]) => [Math.round(ORIGIN[0] * 1e7 + x * EAST), Math.round(ORIGIN[1] * 1e7 + y * NORTH)]))
const [EAST, NORTH] = [1e7 / (111_320 * Math.cos((28.5 * Math.PI) / 180)), 1e7 / 111_320]

describe('the widest circle', () => {
  it('has the width of a strip, wherever the strip turns', () => {
    expect(widest([metres([0, 0], [300, 0], [300, 6], [0, 6])]).width).toBeCloseTo(6, 0)
    expect(widest(drawn('AAA\nA..\nA..')).width).toBeLessThan(125)
  })

  it('keeps clear of holes', () => {
    expect(widest([metres([0, 0], [60, 0], [60, 60], [0, 60])]).width).toBeCloseTo(60, 0)
    expect(widest([metres([0, 0], [60, 0], [60, 60], [0, 60]), metres([20, 20], [20, 40], [40, 40], [40, 20])]).width).toBeLessThan(25)
  })

  it('is never less than twice the area by the border', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 400 }), fc.integer({ min: 2, max: 400 }), (width, height) => {
        const bound = (2 * width * height) / (2 * (width + height))
        expect(widest([metres([0, 0], [width, 0], [width, height], [0, height])]).width).toBeGreaterThan(bound * 0.97)
      }),
    )
  })
})

describe('the narrowest chord', () => {
  it('finds a tongue', () => {
    const tongue = metres([0, 0], [100, 0], [100, 48], [160, 48], [160, 53], [100, 53], [100, 100], [0, 100])
    const { width, at } = narrowest([tongue], 8)!
    expect(width).toBeCloseTo(5, 1)
    expect(at[0]).toBeGreaterThan(ORIGIN[0] * 1e7 + 100 * EAST)
    expect(narrowest([tongue], 4.5)).toBeNull()
    expect(narrowest([reversed(tongue)], 8)!.width).toBeCloseTo(width, 3)
  })

  it('finds a neck between two wide halves, and the strip beside a hole', () => {
    const neck = metres([0, 0], [50, 45], [100, 0], [100, 100], [50, 50], [0, 100])
    expect(narrowest([neck], 8)!.width).toBeCloseTo(5, 1)
    const beside = [metres([0, 0], [100, 0], [100, 100], [0, 100]), metres([4, 40], [4, 60], [24, 60], [24, 40])]
    expect(narrowest(beside, 8)!.width).toBeCloseTo(4, 1)
    expect(narrowest(beside, 3.5)).toBeNull()
  })

  it('finds a thorn, but no plain corner, step or dent', () => {
    expect(narrowest([metres([0, 0], [100, 0], [100, 20])], 8)).not.toBeNull()
    expect(narrowest([metres([0, 0], [100, 0], [100, 60])], 8)).toBeNull()
    expect(narrowest([metres([0, 0], [100, 0], [100, 50], [97, 50], [97, 53], [100, 53], [100, 100], [0, 100])], 8)).toBeNull()
  })

  it('does not take a bay of somebody else for narrow land', () => {
    const bay = metres([0, 0], [100, 0], [100, 48], [40, 48], [40, 53], [100, 53], [100, 100], [0, 100])
    expect(narrowest([bay], 8)).toBeNull()
  })

  it('asks only about the edges named', () => {
    const tongue = metres([0, 0], [100, 0], [100, 48], [160, 48], [160, 53], [100, 53], [100, 100], [0, 100])
    const isWest = (ax: number, _: number, bx: number) => ax === bx && ax === tongue[0]
    expect(narrowest([tongue], 8, isWest)).toBeNull()
  })
})
