import { describe, expect, it } from 'vitest'
import { multiPolygonEwkb, pointEwkb, polygonEwkb, readMultiPolygon } from '../../../server/store/ewkb.ts'
import { readPolygons } from '../../../server/model/rings.ts'
import { asciiMap } from '../../fixtures/ascii-map.ts'

const polygonsOf = (drawing: string) => asciiMap(drawing).map(({ geometry }) => readPolygons(geometry).polygons)

describe('geometries as the database writes them', () => {
  it.each(['A', 'AB\nBA', 'AAAA\nABBA\nAAAA', 'A.A\n...\nAAA'])('come back number for number: %j', (drawing) => {
    for (const polygons of polygonsOf(drawing)) expect(readMultiPolygon(multiPolygonEwkb(polygons))).toEqual(polygons)
  })

  it('are turned as the model has them: land on the left', () => {
    const [polygons] = polygonsOf('AAA\nABA\nAAA')
    const turned = polygons!.map((rings) => rings.map((ring) => backwards(ring)))
    const read = readMultiPolygon(multiPolygonEwkb(turned))
    expect(read.map((rings) => rings.map((ring) => [...ring].length))).toEqual(polygons!.map((rings) => rings.map((ring) => ring.length)))
    expect(read.map((rings) => rings.map(doubled))).toEqual(polygons!.map((rings) => rings.map(doubled)))
  })

  it('are refused when they are no multi-polygon', () => {
    const [[rings]] = polygonsOf('A') as [[Int32Array[]]]
    expect(() => readMultiPolygon(pointEwkb([1, 2]))).toThrow(RangeError)
    expect(() => readMultiPolygon(polygonEwkb(rings))).toThrow(RangeError)
  })
})

function backwards(ring: Int32Array): Int32Array {
  const points = Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i]!, ring[2 * i + 1]!])
  return Int32Array.from(points.reverse().flat())
}

/** Twice the signed area, positive where the ring turns left. */
function doubled(ring: Int32Array): number {
  let sum = 0
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length
    sum += (ring[i]! - ring[0]!) * (ring[next + 1]! - ring[1]!) - (ring[next]! - ring[0]!) * (ring[i + 1]! - ring[1]!)
  }
  return sum
}
