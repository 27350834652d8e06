import { feature, length, polygonToLine } from '@turf/turf'
import type { Feature, MultiPolygon } from 'geojson'
import { describe, expect, it } from 'vitest'
import { readPolygons, toMultiPolygon } from '#model/rings.ts'
import { distanceM, shapeOf } from '#model/shape.ts'
import { asciiMap } from '../../fixtures/ascii-map.ts'

const drawn = (drawing: string) => readPolygons(asciiMap(drawing)[0]!.geometry).polygons

describe('the shape of a leaf', () => {
  it('has the border length that turf has on its sphere, holes with it', () => {
    for (const drawing of ['A', 'AAA\nA..', 'AAA\nA.A\nAAA', 'A.A']) {
      const polygons = drawn(drawing)
      const lines = polygonToLine(feature(toMultiPolygon(polygons)) as Feature<MultiPolygon>)
      const metres =
        lines.type === 'FeatureCollection' ? lines.features.reduce((sum, line) => sum + length(line, { units: 'meters' }), 0) : NaN
      expect(shapeOf(polygons).perimeterM / metres).toBeCloseTo(1, 2)
    }
  })

  it('is rounder as a square than as a thread', () => {
    const [square, thread] = [shapeOf(drawn('AAAAAAA\nAAAAAAA\nAAAAAAA\nAAAAAAA\nAAAAAAA\nAAAAAAA')), shapeOf(drawn('AAAAAAAAA'))]
    expect(square.compactness).toBeCloseTo(Math.PI / 4, 1)
    expect(thread.compactness).toBeLessThan(0.35)
    expect(thread.areaM2).toBeGreaterThan(90_000)
  })

  it('is nothing without land', () => {
    expect(shapeOf([])).toEqual({ areaM2: 0, perimeterM: 0, compactness: 0 })
  })

  it('measures a grid unit of latitude as some 11 millimetres', () => {
    expect(distanceM(1214000000, 285000000, 1214000000, 285001000)).toBeCloseTo(11.1, 0)
  })
})
