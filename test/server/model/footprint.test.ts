import { describe, expect, it } from 'vitest'
import { cuts, type Edge } from '#model/footprint.ts'

/*
 *   8 +-----+     +-----+
 *     |     |     |     |
 *   4 |     +-----+     |      a house of two wings
 *     |                 |
 *   0 +-----------------+
 *     0     4     8    12
 */
const HOUSE = Int32Array.from([0, 0, 12, 0, 12, 8, 8, 8, 8, 4, 4, 4, 4, 8, 0, 8])

describe('a line and a house', () => {
  it.each<[string, Edge]>([
    ['through it', [-2, 2, 14, 2]],
    ['into it', [-2, 2, 1, 2]],
    ['inside of it', [1, 1, 3, 3]],
    ['from corner to corner through the middle', [0, 0, 4, 4]],
    ['through corners only, on its way through the inside', [0, 8, 12, 0]],
  ])('cuts it: %s', (_, edge) => {
    expect(cuts(edge, HOUSE)).toBe(true)
  })
  it.each<[string, Edge]>([
    ['past it', [-2, -1, 14, -1]],
    ['along a wall', [-2, 0, 14, 0]],
    ['across the yard, from wing to wing', [4, 6, 8, 6]],
    ['over both wings’ ends and the yard between', [0, 8, 12, 8]],
    ['to a wall', [-3, 2, 0, 2]],
  ])('does not: %s', (_, edge) => {
    expect(cuts(edge, HOUSE)).toBe(false)
  })
})
