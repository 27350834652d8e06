/**
 * Where land is narrower than a width. Two measures, both in metres on a plane tangent to the place:
 *
 * - the widest circle that fits into a part: when its diameter is below the width, the whole part is a sliver;
 * - the shortest chord: two places of a part's border less than the width apart, land between them, while the way along the
 *   border from one to the other is more than six widths (or there is none: a hole). That is a tongue or a neck longer than
 *   two and a half widths, or a corner sharper than 19°; blunter corners and small steps are none.
 *
 *       ┌──────────┐
 *       │          ╞══════════╕   the tongue's two sides are near each other, but far along the border
 *       │          ╞══════════╛
 *       └──────────┘
 */
import Flatbush from 'flatbush'
import { type FlatRing, sideOfPolygon } from './exact.ts'
import { labelPoint, metresPerUnit } from './measure.ts'

export interface Narrow {
  /** Metres. */
  width: number
  /** Grid point between the two places. */
  at: [x: number, y: number]
}

const FAR = 6

/** The diameter of the widest circle that fits into a polygon, to 2 %, and its centre. */
export function widest(rings: readonly FlatRing[]): Narrow {
  const at = labelPoint([[...rings]])
  const { x: kx, y: ky } = metresPerUnit(at[1])
  let nearest = Infinity
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const next = (i + 2) % ring.length
      const [ax, ay] = [(ring[i]! - at[0]) * kx, (ring[i + 1]! - at[1]) * ky]
      const [dx, dy] = [(ring[next]! - ring[i]!) * kx, (ring[next + 1]! - ring[i + 1]!) * ky]
      const t = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
      nearest = Math.min(nearest, Math.hypot(ax + t * dx, ay + t * dy))
    }
  }
  return { width: 2 * nearest, at }
}

/** A piece of a ring's edge no longer than two widths, in metres. */
interface Piece {
  ring: number
  ax: number
  ay: number
  bx: number
  by: number
  /** Where its middle lies along the ring. */
  along: number
}

/**
 * The narrowest chord below `width` in a polygon, or null. `isAsked` says which edges one of its ends must lie on, by their
 * ends in grid coordinates: those that changed.
 */
export function narrowest(
  rings: readonly FlatRing[],
  width: number,
  isAsked: (ax: number, ay: number, bx: number, by: number) => boolean = () => true,
): Narrow | null {
  const [ox, oy] = [rings[0]![0]!, rings[0]![1]!]
  const { x: kx, y: ky } = metresPerUnit(oy)
  const pieces: Piece[] = []
  const asked: number[] = []
  const lengths: number[] = []
  for (const [index, ring] of rings.entries()) {
    let along = 0
    for (let i = 0; i < ring.length; i += 2) {
      const next = (i + 2) % ring.length
      const [ax, ay] = [(ring[i]! - ox) * kx, (ring[i + 1]! - oy) * ky]
      const [bx, by] = [(ring[next]! - ox) * kx, (ring[next + 1]! - oy) * ky]
      const length = Math.hypot(bx - ax, by - ay)
      const count = Math.max(1, Math.ceil(length / (2 * width)))
      const isOne = isAsked(ring[i]!, ring[i + 1]!, ring[next]!, ring[next + 1]!)
      for (let n = 0; n < count; n++) {
        const [from, to] = [n / count, (n + 1) / count]
        if (isOne) asked.push(pieces.length)
        pieces.push({
          ring: index,
          ax: ax + (bx - ax) * from,
          ay: ay + (by - ay) * from,
          bx: ax + (bx - ax) * to,
          by: ay + (by - ay) * to,
          along: along + (length * (from + to)) / 2,
        })
      }
      along += length
    }
    lengths.push(along)
  }
  if (asked.length === 0) return null
  const tree = new Flatbush(pieces.length)
  for (const { ax, ay, bx, by } of pieces) tree.add(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by))
  tree.finish()
  let found: Narrow | null = null
  for (const index of asked) {
    const one = pieces[index]!
    const [minX, maxX, minY, maxY] = [
      Math.min(one.ax, one.bx),
      Math.max(one.ax, one.bx),
      Math.min(one.ay, one.by),
      Math.max(one.ay, one.by),
    ]
    for (const near of tree.search(minX - width, minY - width, maxX + width, maxY + width)) {
      const other = pieces[near]!
      if (one.ring === other.ring) {
        const way = Math.abs(one.along - other.along)
        if (Math.min(way, lengths[one.ring]! - way) < FAR * width) continue
      }
      const chord = shortest(one, other)
      if (chord.width >= (found?.width ?? width)) continue
      const at: [number, number] = [Math.round(ox + chord.at[0] / kx), Math.round(oy + chord.at[1] / ky)]
      // Near across water that belongs to somebody else is not narrow. Chords of a grid unit or two have no grid point inside.
      if (chord.width > 0.05 && sideOfPolygon(...at, rings) <= 0) continue
      found = { width: chord.width, at }
    }
  }
  return found
}

/** The shortest line between two pieces that do not cross: it ends in an end of one of them. */
function shortest(one: Piece, other: Piece): Narrow {
  let best: Narrow = { width: Infinity, at: [0, 0] }
  const ask = (px: number, py: number, { ax, ay, bx, by }: Piece) => {
    const [dx, dy] = [bx - ax, by - ay]
    const t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)))
    const [qx, qy] = [ax + t * dx, ay + t * dy]
    const width = Math.hypot(px - qx, py - qy)
    if (width < best.width) best = { width, at: [(px + qx) / 2, (py + qy) / 2] }
  }
  ask(one.ax, one.ay, other)
  ask(one.bx, one.by, other)
  ask(other.ax, other.ay, one)
  ask(other.bx, other.by, one)
  return best
}
