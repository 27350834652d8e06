/**
 * The exact edge rule: the directed edges of the changed polygons, summed before and after, must cancel. If they do, and
 * each polygon is valid, the change opened no gap and made no overlap: no tolerance. What does not cancel is where.
 */
import { fromGrid } from './crs.ts'
import type { GridPolygons } from './rings.ts'
import { Vertices } from './vertices.ts'

export interface OffendingEdge {
  from: [lng: number, lat: number]
  to: [lng: number, lat: number]
  /** By how many the net of from → to has grown; always positive, since the direction is chosen so. */
  net: number
}

/**
 * Edges whose sums differ before and after; empty when the rule holds. Both sides must hold the same vertices along
 * shared lines. An edge and its reverse cancel, so merging and splitting inside the changed land is free.
 */
export function edgeRule(before: readonly GridPolygons[], after: readonly GridPolygons[]): OffendingEdge[] {
  const vertices = new Vertices()
  const net = new Map<number, number>()
  add(before, -1, vertices, net)
  add(after, 1, vertices, net)
  const offending: OffendingEdge[] = []
  for (const [key, count] of net) {
    if (count === 0) continue
    const [low, high] = [Math.floor(key / SPAN), key % SPAN]
    const [from, to] = count > 0 ? [low, high] : [high, low]
    offending.push({ from: point(vertices, from), to: point(vertices, to), net: Math.abs(count) })
  }
  return offending
}

// Ids stay far below 2^26, so that two of them fit the 53 bits of one key.
const SPAN = 2 ** 26

function add(coverage: readonly GridPolygons[], weight: number, vertices: Vertices, net: Map<number, number>): void {
  for (const polygons of coverage) {
    for (const rings of polygons) {
      for (const ring of rings) {
        let from = vertices.add(ring[ring.length - 2]!, ring[ring.length - 1]!)
        for (let i = 0; i < ring.length; i += 2) {
          const to = vertices.add(ring[i]!, ring[i + 1]!)
          const key = from < to ? from * SPAN + to : to * SPAN + from
          net.set(key, (net.get(key) ?? 0) + (from < to ? weight : -weight))
          from = to
        }
      }
    }
  }
}

const point = (vertices: Vertices, id: number): [number, number] => fromGrid([vertices.x[id]!, vertices.y[id]!])
