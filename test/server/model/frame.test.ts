import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EXTENT, frameOf, isTile, MAX_ZOOM } from '../../../server/model/frame.ts'

const HALF = 20_037_508.342789244
const north = (lat: number) => (HALF / Math.PI) * Math.asinh(Math.tan((lat * Math.PI) / 180))

it('puts a tile’s corners at 0 and EXTENT, whatever the zoom', () => {
  const tile = fc
    .integer({ min: 0, max: MAX_ZOOM })
    .chain((z) => fc.record({ z: fc.constant(z), x: fc.nat(2 ** z - 1), y: fc.nat(2 ** z - 1) }))
  fc.assert(
    fc.property(tile, (id) => {
      const { box, scale, xOffset, yOffset } = frameOf(id, 0)
      const u = (lng: number) => (lng / 180) * HALF * scale + xOffset
      const v = (lat: number) => yOffset - north(lat) * scale
      expect(u(box[0])).toBeCloseTo(0, 3)
      expect(u(box[2])).toBeCloseTo(EXTENT, 3)
      expect(v(box[3])).toBeCloseTo(0, 3)
      expect(v(box[1])).toBeCloseTo(EXTENT, 3)
      expect(isTile(id)).toBe(true)
    }),
  )
})

it('widens the box by the buffer', () => {
  const [west, south, east, top] = frameOf({ z: 0, x: 0, y: 0 }, EXTENT / 2).box
  expect([west, east]).toEqual([-360, 360])
  expect(south).toBeLessThan(-85.06)
  expect(top).toBeGreaterThan(85.06)
})

it('knows what lies outside the pyramid', () => {
  for (const id of [
    { z: MAX_ZOOM + 1, x: 0, y: 0 },
    { z: -1, x: 0, y: 0 },
    { z: 1, x: 2, y: 0 },
    { z: 1, x: 0, y: -1 },
    { z: 1, x: 0.5, y: 0 },
    { z: NaN, x: 0, y: 0 },
    { z: 1, x: Infinity, y: 0 },
  ]) {
    expect(isTile(id), JSON.stringify(id)).toBe(false)
  }
})
