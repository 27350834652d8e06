import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDrawnPolygon } from '../../../../server/model/heat/drawn-polygon.ts'

describe('a drawn polygon', () => {
  it('is read onto the grid, closed or not, without repeated points', () => {
    const ring = Int32Array.of(10_000_000, 0, 20_000_000, 0, 20_000_000, 10_000_000)
    expect(readDrawnPolygon([1, 0, 2, 0, 2, 1])).toEqual(ring)
    expect(readDrawnPolygon([1, 0, 2, 0, 2, 0, 2, 1, 1, 0])).toEqual(ring)
  })

  it.each([
    ['a bow tie', [0, 0, 1, 1, 1, 0, 0, 1], 'near 0.5, 0.5'],
    ['a corner that lies on another side', [0, 0, 4, 0, 4, 4, 2, 0, 0, 4], 'near 2, 0'],
    ['a spike', [0, 0, 4, 0, 2, 0, 2, 2], 'crosses or touches itself'],
    ['a line there and back', [0, 0, 1, 0, 2, 0], 'crosses or touches itself'],
    ['two points', [0, 0, 1, 1, 0, 0, 1, 1], 'crosses or touches itself'],
    ['one point', [0, 0, 0, 0, 0, 0], 'three different points'],
    ['a place off the globe', [0, 0, 181, 0, 0, 1], '181, 0 is not on the globe'],
  ])('is refused for %s', (_, numbers, reason) => {
    expect(readDrawnPolygon(numbers)).toMatchObject({ reason: expect.stringContaining(reason) as string })
  })

  it('never crosses itself as a star around a point, and always where two of its corners are exchanged', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), (radii) => {
        const [a, b, c, d] = radii.map((radius, n) => [
          radius * Math.cos((n * Math.PI) / 2),
          radius * Math.sin((n * Math.PI) / 2),
        ]) as number[][]
        expect(readDrawnPolygon([...a!, ...b!, ...c!, ...d!])).toBeInstanceOf(Int32Array)
        expect(readDrawnPolygon([...a!, ...c!, ...b!, ...d!])).toHaveProperty('reason')
      }),
    )
  })
})
