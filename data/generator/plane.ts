/**
 * The generator works in metres on a plane that touches the county; x east, y north. Only the four operations and the
 * square root are used there, so results do not depend on the machine. Results are integers of 1e-7 degree.
 */
export type Point = readonly [x: number, y: number]

const ORIGIN_LNG = 1212800000
const ORIGIN_LAT = 284400000
/** Metres in 1e-7 degree at 28.54° N on the WGS 84 ellipsoid. */
const X_METRES = 0.0097868
const Y_METRES = 0.0110828

export const toPlane = (lng: number, lat: number): [number, number] => [(lng - ORIGIN_LNG) * X_METRES, (lat - ORIGIN_LAT) * Y_METRES]
export const lngOf = (x: number): number => Math.round(x / X_METRES) + ORIGIN_LNG
export const latOf = (y: number): number => Math.round(y / Y_METRES) + ORIGIN_LAT

/** Squared distance from (px, py) to the segment a–b. */
export function segmentDistance2(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax
  const dy = by - ay
  const length2 = dx * dx + dy * dy
  const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length2))
  const ex = ax + t * dx - px
  const ey = ay + t * dy - py
  return ex * ex + ey * ey
}

/** Answers whether points lie within rings (even–odd): edges are sorted into horizontal bands once. */
export class RingIndex {
  readonly #bands: number[][]
  readonly #south: number
  readonly #height: number
  readonly #edges: Float64Array

  /** Rings of x, y pairs, first point not repeated. */
  constructor(rings: readonly (readonly Point[])[], bandCount = 256) {
    const edges: number[] = []
    let south = Infinity
    let north = -Infinity
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const a = ring[j] as Point
        const b = ring[i] as Point
        edges.push(a[0], a[1], b[0], b[1])
        south = Math.min(south, a[1])
        north = Math.max(north, a[1])
      }
    }
    this.#edges = Float64Array.from(edges)
    this.#south = south
    this.#height = (north - south) / bandCount || 1
    this.#bands = Array.from({ length: bandCount + 1 }, () => [])
    for (let e = 0; e < edges.length; e += 4) {
      const low = this.#bandOf(Math.min(edges[e + 1] as number, edges[e + 3] as number))
      const high = this.#bandOf(Math.max(edges[e + 1] as number, edges[e + 3] as number))
      for (let band = low; band <= high; band++) this.#bands[band]?.push(e)
    }
  }

  #bandOf(y: number): number {
    return Math.floor((y - this.#south) / this.#height)
  }

  has(x: number, y: number): boolean {
    let inside = false
    const edges = this.#edges
    for (const e of this.#bands[this.#bandOf(y)] ?? []) {
      const ay = edges[e + 1] as number
      const by = edges[e + 3] as number
      if (ay > y === by > y) continue
      const ax = edges[e] as number
      if (x < ax + (((edges[e + 2] as number) - ax) * (y - ay)) / (by - ay)) inside = !inside
    }
    return inside
  }

  /** Squared distance to the nearest edge within `reach` metres; `reach`² when none is so near. */
  distance2(x: number, y: number, reach: number): number {
    let best = reach * reach
    const edges = this.#edges
    for (let band = this.#bandOf(y - reach); band <= this.#bandOf(y + reach); band++) {
      for (const e of this.#bands[band] ?? []) {
        const ax = edges[e] as number
        const bx = edges[e + 2] as number
        if ((ax < x - reach && bx < x - reach) || (ax > x + reach && bx > x + reach)) continue
        best = Math.min(best, segmentDistance2(x, y, ax, edges[e + 1] as number, bx, edges[e + 3] as number))
      }
    }
    return best
  }
}
