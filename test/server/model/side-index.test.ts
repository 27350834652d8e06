import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sideOfPolygon } from '#model/exact.ts'
import { sideIndex } from '#model/side-index.ts'

/** A wavy ring round (0, 0): simple, with edges of every slope, some of them level. */
const wavy = (vertices: number, radius: number, waves: number): Int32Array =>
  Int32Array.from({ length: 2 * vertices }, (_, i) => {
    const angle = (2 * Math.PI * Math.floor(i / 2)) / vertices
    const r = radius * (1 + 0.1 * Math.sin(waves * angle))
    return Math.round(i % 2 === 0 ? r * Math.cos(angle) : r * Math.sin(angle))
  })

describe('the side of a polygon of very many vertices', () => {
  const rings = [wavy(4000, 10_000, 7), wavy(900, 3000, 5), Int32Array.of(5000, 5000, 5200, 5000, 5200, 5200, 5000, 5200)]
  const sideOf = sideIndex(rings)

  it('is what every edge says', () => {
    const place = fc.integer({ min: -12_000, max: 12_000 })
    fc.assert(fc.property(place, place, (x, y) => void expect(sideOf(x, y)).toBe(sideOfPolygon(x, y, rings))))
  })

  it('is 0 on each of its vertices, and at their height beside them what every edge says', () => {
    for (const ring of rings) {
      for (let i = 0; i < ring.length; i += 2) {
        const [x, y] = [ring[i]!, ring[i + 1]!]
        expect(sideOf(x, y)).toBe(0)
        expect(sideOf(x + 1, y)).toBe(sideOfPolygon(x + 1, y, rings))
      }
    }
  })
})
