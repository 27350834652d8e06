import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf, type Ring, ringsOf } from '../../../server/tiles/wkb.ts'

const uint = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const head = (type: number) => Buffer.concat([Buffer.from([1]), uint(type)])
const positions = (ring: Ring) =>
  Buffer.concat([
    uint(ring.length),
    ...ring.flat().map((value) => {
      const bytes = Buffer.alloc(8)
      bytes.writeDoubleLE(value)
      return bytes
    }),
  ])
const line = (ring: Ring) => Buffer.concat([head(2), positions(ring)])
const polygon = (...rings: Ring[]) => Buffer.concat([head(3), uint(rings.length), ...rings.map(positions)])
const collection = (type: number, ...parts: Buffer[]) => Buffer.concat([head(type), uint(parts.length), ...parts])
const point = Buffer.concat([head(1), positions([[5, 5]]).subarray(4)])

const SQUARE: Ring = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
  [0, 0],
]
const HOLE: Ring = [
  [1, 1],
  [2, 1],
  [2, 2],
  [1, 2],
  [1, 1],
]
const area = (ring: Ring) => ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0) / 2

describe('rings', () => {
  it('are wound outer with positive area, holes against it, however they came', () => {
    for (const outer of [SQUARE, [...SQUARE].reverse()]) {
      for (const hole of [HOLE, [...HOLE].reverse()]) expect(ringsOf(polygon(outer, hole)).map(area)).toEqual([16, -1])
    }
  })

  it('are found in collections, where points and lines are left out', () => {
    const both = collection(7, point, polygon(SQUARE), collection(6, polygon(SQUARE, HOLE)), line(HOLE))
    expect(ringsOf(both).map(area)).toEqual([16, 16, -1])
    expect(linesOf(both)).toHaveLength(1)
  })

  it('lose points on straight lines, spikes, and rings that have no area', () => {
    const knotty: Ring = [
      [2, 0],
      [4, 0],
      [4, 0],
      [4, 2],
      [9, 2],
      [4, 2],
      [4, 4],
      [0, 4],
      [0, 0],
      [2, 0],
    ]
    expect(ringsOf(polygon(knotty))).toEqual([
      [
        [4, 0],
        [4, 4],
        [0, 4],
        [0, 0],
        [4, 0],
      ],
    ])
    const flat: Ring = [
      [0, 0],
      [3, 0],
      [1, 0],
      [0, 0],
    ]
    expect(ringsOf(polygon(SQUARE, flat)).map(area)).toEqual([16])
    expect(ringsOf(polygon(flat, HOLE))).toEqual([])
    expect(ringsOf(collection(7))).toEqual([])
  })

  it('keep their area, whatever is left out', () => {
    const coordinate = fc.tuple(fc.integer({ min: -64, max: 4160 }), fc.integer({ min: -64, max: 4160 }))
    fc.assert(
      fc.property(fc.array(coordinate, { minLength: 3, maxLength: 30 }), (ring) => {
        const closed = [...ring, ring[0]!] as Ring
        const kept = ringsOf(polygon(closed))
        expect(kept.reduce((sum, each) => sum + area(each), 0)).toBe(Math.abs(area(closed)))
        for (const each of kept) expect(each.at(-1)).toEqual(each[0])
      }),
    )
  })
})

describe('lines', () => {
  it('lose points on the way, but may turn back', () => {
    const there: Ring = [
      [0, 0],
      [1, 1],
      [2, 2],
      [1, 1],
    ]
    expect(linesOf(line(there))).toEqual([
      [
        [0, 0],
        [2, 2],
        [1, 1],
      ],
    ])
  })

  it('that have shrunk to a point are none', () => {
    expect(
      linesOf(
        line([
          [3, 3],
          [3, 3],
        ]),
      ),
    ).toEqual([])
  })
})
