import { area, feature } from '@turf/turf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciiMap } from '../../fixtures/ascii-map.ts'
import { randomCoverage } from '../../fixtures/random-coverage.ts'
import { checkPolygons } from '#model/coverage-check.ts'
import { sideOfPolygon } from '#model/exact.ts'
import { locator } from '#model/locate.ts'
import { areaM2, labelPoint, metresPerUnit } from '#model/measure.ts'
import { fromGrid } from '#model/crs.ts'
import { canonical, readPolygons, reversed, toMultiPolygon } from '#model/rings.ts'
import { leafPolygons, toGridPolygons } from '#model/topology.ts'

const grid = (drawing: string) => readPolygons(asciiMap(drawing)[0]!.geometry).polygons
const leavesOf = (features: Parameters<typeof checkPolygons>[0]) => {
  const topology = checkPolygons(features).topology!
  return [...leafPolygons(topology)].map(([code, polygons]) => ({ code, polygons: toGridPolygons(topology, polygons) }))
}

describe('area', () => {
  it('of a degree square is that of the ellipsoid between its parallels', () => {
    const cell = Int32Array.from([1210000000, 300000000, 1220000000, 300000000, 1220000000, 310000000, 1210000000, 310000000])
    expect(areaM2([[cell]]) / 1e6).toBeCloseTo(10_639, -1)
  })
  it('agrees with turf up to the sphere', () => {
    for (const drawing of ['A', 'AA', 'AAA\nA.A\nAAA']) {
      const polygons = grid(drawing)
      expect(areaM2(polygons) / area(feature(toMultiPolygon(polygons)))).toBeCloseTo(1, 2)
    }
  })
})

describe('metres in a grid unit', () => {
  it('are those of the ellipsoid: at the equator, at 30° and near the pole', () => {
    // Lengths of a degree of longitude and latitude, from the tables of the WGS 84 ellipsoid.
    for (const [latitude, east, north] of [
      [0, 111_319.5, 110_574.3],
      [30, 96_486.3, 110_852.5],
      [75, 28_902, 111_618.4],
    ] as const) {
      // prettier-ignore
      const { x, y } = metresPerUnit(latitude * 1e7)
      expect(Math.abs(x * 1e7 - east)).toBeLessThan(2)
      expect(Math.abs(y * 1e7 - north)).toBeLessThan(2)
    }
  })
})

describe('label points', () => {
  it('lie well inside, whatever the shape', () => {
    fc.assert(
      fc.property(randomCoverage, ({ features }) => {
        for (const { polygons } of leavesOf(features)) {
          const [x, y] = labelPoint(polygons)
          expect(polygons.some((rings) => sideOfPolygon(x, y, rings) > 0)).toBe(true)
        }
      }),
    )
  })
  it('avoid the hole and take the larger part', () => {
    const [x, y] = labelPoint(grid('AAAAA.A\nA...A..\nA...A..\nAAAAA..'))
    expect(grid('AAAAA.A\nA...A..\nA...A..\nAAAAA..').some((rings) => rings.length === 2 && sideOfPolygon(x, y, rings) > 0)).toBe(true)
  })
})

describe('locating', () => {
  it('finds each unit at its own label point', () => {
    fc.assert(
      fc.property(randomCoverage, ({ features }) => {
        const leaves = leavesOf(features)
        const locate = locator(leaves)
        for (const { code, polygons } of leaves) expect(locate(fromGrid(labelPoint(polygons)))).toBe(code)
      }),
    )
  })
  it('gives a point on a shared border to the lower code, and everything outside to nobody', () => {
    fc.assert(
      fc.property(randomCoverage, ({ columns, rows, corner, owner, features }) => {
        const locate = locator(leavesOf(features))
        for (let j = 0; j <= rows; j++) {
          for (let i = 0; i <= columns; i++) {
            const round = [
              [i, j],
              [i - 1, j],
              [i, j - 1],
              [i - 1, j - 1],
            ].filter(([a, b]) => a! >= 0 && b! >= 0 && a! < columns && b! < rows)
            const lowest = round.map(([a, b]) => `F${owner(a!, b!)}`).sort()[0]
            expect(locate(fromGrid(corner(i, j)))).toBe(lowest)
          }
        }
        expect(locate([10, 10])).toBeNull()
      }),
    )
    expect(locator([])([0, 0])).toBeNull()
  })
})

describe('rings', () => {
  it('have one writing, whichever way round and wherever they start', () => {
    fc.assert(
      fc.property(randomCoverage, fc.nat(), ({ features }, turn) => {
        for (const { polygons } of leavesOf(features)) {
          const shuffled = polygons
            .map((rings) => rings.map((ring) => Int32Array.from(ring, (_, i) => ring[(i + 2 * turn) % ring.length]!)))
            .reverse()
          expect(canonical(shuffled)).toEqual(polygons)
          const backwards = polygons.map((rings) => rings.map(reversed))
          expect(canonical(readPolygons(toMultiPolygon(backwards)).polygons)).toEqual(polygons)
        }
      }),
    )
  })
})
