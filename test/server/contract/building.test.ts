import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBuildings, writeBuildings } from '../../../server/contract/building.ts'
import { type BuildingRow, buildingsOf } from '../../../server/model/buildings.ts'

const count = fc.integer({ min: 0, max: 65_535 })
const place = fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true }))
const footprint = fc.option(fc.array(place, { minLength: 3, maxLength: 6 }))
const row: fc.Arbitrary<BuildingRow> = fc.record({ location: place, households: count, residents: count, footprint })

describe('buildings as bytes', () => {
  it('come back as they were, with and without outlines', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const { columns } = buildingsOf(rows)
        expect(readBuildings(writeBuildings(columns).buffer)).toEqual(columns)
      }),
    )
  })

  it('stand where the description says', () => {
    const { columns } = buildingsOf([
      { location: [121.5, 28.5], households: 12, residents: 30 },
      {
        location: [-0.0000001, 0],
        households: 65_535,
        residents: 1,
        footprint: [
          [0, 0],
          [0.0000002, 0],
          [0, 0.0000003],
        ],
      },
    ])
    const view = new DataView(writeBuildings(columns).buffer)
    expect(String.fromCharCode(...new Uint8Array(view.buffer, 0, 4))).toBe('GWBD')
    expect([4, 6].map((at) => view.getUint16(at, true))).toEqual([1, 1])
    expect([8, 12].map((at) => view.getUint32(at, true))).toEqual([2, 6])
    expect([16, 20, 24, 28].map((at) => view.getInt32(at, true))).toEqual([1_215_000_000, -1, 285_000_000, 0])
    expect([32, 34, 36, 38].map((at) => view.getUint16(at, true))).toEqual([12, 65_535, 30, 1])
    expect([40, 44, 48].map((at) => view.getInt32(at, true))).toEqual([0, 0, 6])
    expect([52, 56, 60, 64, 68, 72].map((at) => view.getInt32(at, true))).toEqual([0, 0, 2, 0, 0, 3])
    expect(view.byteLength).toBe(76)
  })

  it('are refused when they are none, cut off or of another layout', () => {
    const bytes = writeBuildings(buildingsOf([{ location: [1, 2], households: 3, residents: 4 }]).columns)
    expect(() => readBuildings(new ArrayBuffer(0))).toThrow(RangeError)
    expect(() => readBuildings(new TextEncoder().encode('{"type":"FeatureCollection"}').buffer)).toThrow(/no columns/)
    expect(() => readBuildings(bytes.slice(0, -1).buffer)).toThrow(/cut off/)
    const other = bytes.slice()
    other[4] = 2
    expect(() => readBuildings(other.buffer)).toThrow(/layout 2/)
  })
})
