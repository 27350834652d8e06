import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coordinateFault, DATUMS, fromGrid, fromWgs84, toGrid, toWgs84 } from '#model/crs.ts'

const metres = ([lng, lat]: readonly number[], [lng2, lat2]: readonly number[]) =>
  Math.hypot((lng2! - lng!) * 111320 * Math.cos((lat! * Math.PI) / 180), (lat2! - lat!) * 110950)

describe('datums', () => {
  it('knows how far GCJ-02 and BD-09 lie from WGS 84 in Luqiao', () => {
    const there = fromWgs84([121.38, 28.55], 'gcj02')
    expect((there[0] - 121.38) * 111320 * Math.cos((28.55 * Math.PI) / 180)).toBeCloseTo(427, -1)
    expect((there[1] - 28.55) * 110950).toBeCloseTo(-338, -1)
    expect(metres([121.38, 28.55], fromWgs84([121.38, 28.55], 'bd09'))).toBeGreaterThan(700)
  })
  it('comes back within a millimetre in China', () => {
    fc.assert(
      fc.property(fc.double({ min: 80, max: 130, noNaN: true }), fc.double({ min: 18, max: 50, noNaN: true }), (lng, lat) => {
        expect(metres(toWgs84(fromWgs84([lng, lat], 'gcj02'), 'gcj02'), [lng, lat])).toBeLessThan(0.001)
        // BD-09's own formula is only inverted to about a metre by its makers.
        expect(metres(toWgs84(fromWgs84([lng, lat], 'bd09'), 'bd09'), [lng, lat])).toBeLessThan(2)
      }),
    )
  })
  it('answers for every coordinate on the globe, also at the rim of China', () => {
    const rim = fc.record({
      lng: fc.constantFrom(72.004, 72.0041, 137.8346, 137.8347),
      lat: fc.constantFrom(0.8293, 0.83, 55.827, 55.8271),
    })
    const globe = fc.record({ lng: fc.double({ min: -180, max: 180, noNaN: true }), lat: fc.double({ min: -90, max: 90, noNaN: true }) })
    fc.assert(
      fc.property(fc.oneof(rim, globe), fc.constantFrom(...DATUMS), ({ lng, lat }, datum) => {
        expect(toWgs84([lng, lat], datum).every(Number.isFinite)).toBe(true)
      }),
    )
  })
  it('leaves St. Louis alone', () => {
    expect(toWgs84([-90.25, 38.6], 'gcj02')).toEqual([-90.25, 38.6])
    expect(toWgs84([121.38, 28.55], 'cgcs2000')).toEqual([121.38, 28.55])
  })
  it('round trips the integer grid through degrees and text', () => {
    const x = fc.integer({ min: -1800000000, max: 1800000000 })
    const y = fc.integer({ min: -900000000, max: 900000000 })
    fc.assert(
      fc.property(x, y, (x, y) => {
        const point = fromGrid([x, y])
        expect(toGrid(point)).toEqual([x, y])
        expect(toGrid([Number(point[0].toFixed(7)), Number(point[1].toFixed(7))])).toEqual([x, y])
      }),
    )
  })
  it('finds coordinates that cannot be', () => {
    expect(coordinateFault(121.38, 28.55)).toBeNull()
    for (const [lng, lat] of [
      [NaN, 1],
      [1, Infinity],
      ['1', 2],
      [181, 0],
      [0, 91],
      [undefined, null],
    ])
      expect(coordinateFault(lng, lat)).not.toBeNull()
    expect(coordinateFault(28.55, 121.38)).toContain('exchanged')
  })
})
