/** On which side of one polygon many points lie. Of a ring of very many vertices only the edges at the point's height are asked. */
import { type FlatRing, onSegment, orient, sideOfPolygon } from './exact.ts'

/** Shorter rings are asked as they are. */
const MANY_VERTICES = 500
/** Edges in a band, as a rule. */
const IN_BAND = 16

export type SideOf = (x: number, y: number) => -1 | 0 | 1

/** As `sideOfPolygon` says it: 1 inside, 0 on a ring, -1 outside. `rings[0]` is the outer one. */
export function sideIndex(rings: readonly FlatRing[]): SideOf {
  if (rings.every(({ length }) => length < 2 * MANY_VERTICES)) return (x, y) => sideOfPolygon(x, y, rings)
  const [outer, ...holes] = rings.map(bandsOf)
  return (x, y) => {
    const side = outer!(x, y)
    if (side <= 0) return side
    for (const hole of holes) {
      const inHole = hole(x, y)
      if (inHole >= 0) return inHole === 0 ? 0 : -1
    }
    return 1
  }
}

/** Edges by bands of y: every edge stands in each band that it reaches, so a point's band has all that a ray due east could meet. */
function bandsOf(ring: FlatRing): SideOf {
  const n = ring.length / 2
  let [low, high] = [Infinity, -Infinity]
  for (let i = 1; i < ring.length; i += 2) [low, high] = [Math.min(low, ring[i]!), Math.max(high, ring[i]!)]
  const count = Math.max(1, Math.ceil(n / IN_BAND))
  const bandOf = (y: number): number => Math.min(count - 1, Math.floor(((y - low) / (high - low + 1)) * count))
  const endOf = (edge: number): number => (edge + 1) % n
  const reach = (edge: number): [number, number] => {
    const [a, b] = [bandOf(ring[2 * edge + 1]!), bandOf(ring[2 * endOf(edge) + 1]!)]
    return a < b ? [a, b] : [b, a]
  }
  // Where each band begins, then the edges themselves.
  const starts = new Uint32Array(count + 1)
  for (let edge = 0; edge < n; edge++) {
    const [from, to] = reach(edge)
    for (let band = from; band <= to; band++) starts[band + 1]!++
  }
  for (let band = 0; band < count; band++) starts[band + 1]! += starts[band]!
  const edges = new Uint32Array(starts[count]!)
  const filled = starts.slice(0, count)
  for (let edge = 0; edge < n; edge++) {
    const [from, to] = reach(edge)
    for (let band = from; band <= to; band++) edges[filled[band]!++] = edge
  }
  return (px, py) => {
    if (py < low || py > high) return -1
    let inside = false
    const band = bandOf(py)
    for (let at = starts[band]!; at < starts[band + 1]!; at++) {
      const edge = edges[at]!
      const end = endOf(edge)
      const [ax, ay, bx, by] = [ring[2 * edge]!, ring[2 * edge + 1]!, ring[2 * end]!, ring[2 * end + 1]!]
      if (ay > py !== by > py) {
        const turn = ay < by ? orient(ax, ay, bx, by, px, py) : orient(bx, by, ax, ay, px, py)
        if (turn === 0) return 0
        if (turn > 0) inside = !inside
      } else if ((ay === py || by === py) && onSegment(px, py, ax, ay, bx, by)) return 0
    }
    return inside ? 1 : -1
  }
}
