import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareAngle, onSegment, orient, sideOfRing } from '#model/exact.ts'
import { Vertices } from '#model/vertices.ts'

const x = fc.integer({ min: -1_800_000_000, max: 1_800_000_000 })
const y = fc.integer({ min: -900_000_000, max: 900_000_000 })

describe('exact signs', () => {
  it('are those of unbounded integers, all over the globe', () => {
    fc.assert(
      fc.property(x, y, x, y, x, y, (ax, ay, bx, by, cx, cy) => {
        const exact = BigInt(bx - ax) * BigInt(cy - ay) - BigInt(by - ay) * BigInt(cx - ax)
        expect(orient(ax, ay, bx, by, cx, cy)).toBe(exact > 0n ? 1 : exact < 0n ? -1 : 0)
      }),
    )
  })
  it('see one unit beside a line across the globe', () => {
    const a = [-1_800_000_000, -900_000_000] as const
    const b = [1_800_000_000, 900_000_000] as const
    expect(orient(...a, ...b, 2, 1)).toBe(0)
    expect(orient(...a, ...b, 1, 1)).toBe(1)
    expect(orient(...a, ...b, 3, 1)).toBe(-1)
    expect(onSegment(2, 1, ...a, ...b)).toBe(true)
    expect(onSegment(1, 1, ...a, ...b)).toBe(false)
  })
  it('order directions counter-clockwise from the east', () => {
    const round = [
      [1, 0],
      [2, 1],
      [0, 1],
      [-1, 1],
      [-1, 0],
      [-1, -1],
      [0, -1],
      [1, -1],
    ] as const
    fc.assert(
      fc.property(fc.shuffledSubarray([...round], { minLength: 2 }), (some) => {
        const sorted = [...some].sort((a, b) => compareAngle(0, 0, a[0], a[1], b[0], b[1]))
        expect(sorted).toEqual(round.filter((direction) => some.includes(direction)))
      }),
    )
  })
  it('tell inside, border and outside of a ring, also level with its corners', () => {
    const diamond = Int32Array.from([0, -10, 10, 0, 0, 10, -10, 0])
    expect([
      sideOfRing(0, 0, diamond),
      sideOfRing(10, 0, diamond),
      sideOfRing(5, 5, diamond),
      sideOfRing(11, 0, diamond),
      sideOfRing(-11, 0, diamond),
      sideOfRing(-10, 10, diamond),
    ]).toEqual([1, 0, 0, -1, -1, -1])
  })
})

describe('vertices', () => {
  it('are given one id each, and found again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(x, y), { maxLength: 3000 }), (points) => {
        const vertices = new Vertices()
        const ids = points.map(([px, py]) => vertices.add(px, py))
        expect(vertices.size).toBe(new Set(points.map(String)).size)
        points.forEach(([px, py], i) => expect(vertices.find(px, py)).toBe(ids[i]))
        expect(vertices.find(7, 7) === -1 || points.some(([px, py]) => px === 7 && py === 7)).toBe(true)
      }),
    )
  })
})
