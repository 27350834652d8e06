/**
 * Is a coverage still one after a difference? Arcs are shared, so directed edges cancel by construction; what is left to show is
 * that each touched polygon is valid: no line crosses or touches another one but in a node, and the rings bound land. Then every
 * place is covered as often as before, which is once (the edge rule).
 */
import Flatbush from 'flatbush'
import type { Refusal } from './actions/action.ts'
import { boundsLand } from './arc-rings.ts'
import type { Coverage } from './coverage.ts'
import { fromGrid } from './crs.ts'
import type { Arc, Difference } from './difference.ts'
import { touched } from './difference.ts'
import { onSegment, orient } from './exact.ts'
import { crossingPoint } from './noding.ts'
import { sweptBy } from './swept.ts'

/** Why the coverage would not be sound with the difference in effect, or null. `coverage` is the state before. */
export function soundness(coverage: Coverage, difference: Difference): Refusal | null {
  return crossings(coverage, difference) ?? ringFault(coverage, difference)
}

/** The first place where a changed line meets another one that it should not; `among` says which unchanged arcs are looked at. */
export function crossings(
  coverage: Coverage,
  { arcs: { removed, added } }: Pick<Difference, 'arcs'>,
  { among = () => true, eachOther = true }: { among?: (arc: Arc) => boolean; eachOther?: boolean } = {},
): Refusal | null {
  const gone = new Set(removed)
  // Of a long line that moves in one place only what has really changed is looked at.
  const swept = sweptBy({ arcs: { removed, added }, leaves: { removed: [], added: [] } })
  const known = new Set(swept.removed.flatMap(segmentsOf).map(keyOf))
  for (const run of swept.added) {
    const { arc } = run
    for (const segment of segmentsOf(run)) {
      if (known.has(keyOf(segment))) continue
      const [ax, ay, bx, by] = segment
      if (ax === bx && ay === by) return { reason: 'would-collapse', where: fromGrid([ax, ay]) }
      const box = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)] as const
      const others = coverage.search([...box]).filter((other) => !gone.has(other) && among(other))
      for (const other of eachOther ? [...others, ...added] : others) {
        const where = meeting(segment, arc, other)
        if (where)
          return {
            reason: other === arc ? 'crosses-itself' : where.touches ? 'touches-border' : 'crosses-border',
            where: fromGrid(where.at),
          }
      }
    }
  }
  return null
}

/** The leaves whose rings would not bound land any more. */
function ringFault(coverage: Coverage, difference: Difference): Refusal | null {
  const gone = new Set(difference.arcs.removed)
  const ends = new Set(difference.leaves.removed.map(({ id }) => id))
  for (const { id } of difference.leaves.added) ends.delete(id)
  for (const id of touched(difference)) {
    if (ends.has(id)) continue
    const arcs = [...coverage.arcsOf(id)].filter((arc) => !gone.has(arc))
    for (const arc of difference.arcs.added) if (arc.left === id || arc.right === id) arcs.push(arc)
    if (boundsLand(arcs, (leaf) => leaf === id)) continue
    const changed = difference.arcs.added.find(({ left, right }) => left === id || right === id) ?? arcs[0]
    return {
      reason: 'would-collapse',
      units: [id],
      ...(changed && { where: fromGrid(changed.points.subarray(0, 2) as unknown as number[]) }),
    }
  }
  return null
}

type Segment = readonly [ax: number, ay: number, bx: number, by: number]

function segmentsOf({ points: p }: Pick<Arc, 'points'>): Segment[] {
  const segments: Segment[] = []
  for (let i = 0; i + 3 < p.length; i += 2) segments.push([p[i]!, p[i + 1]!, p[i + 2]!, p[i + 3]!])
  return segments
}

const keyOf = ([ax, ay, bx, by]: Segment): string =>
  ax < bx || (ax === bx && ay < by) ? `${ax} ${ay} ${bx} ${by}` : `${bx} ${by} ${ax} ${ay}`

/** The segments of a long arc by place, so that a check of each against each does not look at all of them. */
export class SegmentIndex {
  private readonly tree: Flatbush

  constructor({ points: p }: Arc) {
    this.tree = new Flatbush(p.length / 2 - 1)
    for (let i = 0; i + 3 < p.length; i += 2)
      this.tree.add(Math.min(p[i]!, p[i + 2]!), Math.min(p[i + 1]!, p[i + 3]!), Math.max(p[i]!, p[i + 2]!), Math.max(p[i + 1]!, p[i + 3]!))
    this.tree.finish()
  }

  /** Places in `points` of the first ends of the segments whose box meets the given one, in order. */
  near(minX: number, minY: number, maxX: number, maxY: number): number[] {
    return this.tree.search(minX, minY, maxX, maxY).sort((a, b) => a - b).map((segment) => 2 * segment) // prettier-ignore
  }
}

/**
 * Where a segment of `arc` meets another arc (or the same one further on) outside of what may be shared: its nodes. `index` is of the
 * other arc.
 */
export function meeting(
  [ax, ay, bx, by]: Segment,
  arc: Arc,
  other: Arc,
  index?: SegmentIndex,
): { at: [number, number]; touches: boolean } | null {
  const { points: p } = other
  const [minX, maxX, minY, maxY] = [Math.min(ax, bx), Math.max(ax, bx), Math.min(ay, by), Math.max(ay, by)]
  const near = index?.near(minX, minY, maxX, maxY)
  const last = near ? near.length : p.length / 2 - 1
  for (let n = 0; n < last; n++) {
    const i = near ? near[n]! : 2 * n
    const cx = p[i]!
    const dx = p[i + 2]!
    if ((cx < minX && dx < minX) || (cx > maxX && dx > maxX)) continue
    const [cy, dy] = [p[i + 1]!, p[i + 3]!]
    if ((cy < minY && dy < minY) || (cy > maxY && dy > maxY)) continue
    if (other === arc && ax === cx && ay === cy && bx === dx && by === dy) continue
    for (const [x, y] of [
      [cx, cy],
      [dx, dy],
      [ax, ay],
      [bx, by],
    ] as const) {
      const isEnd = (x === ax && y === ay) || (x === bx && y === by)
      const isOthersEnd = (x === cx && y === cy) || (x === dx && y === dy)
      const touches = (isEnd || onSegment(x, y, ax, ay, bx, by)) && (isOthersEnd || onSegment(x, y, cx, cy, dx, dy))
      if (touches && !(isEnd && isOthersEnd && mayMeet(x, y, arc, other, index))) return { at: [x, y], touches: true }
    }
    const [c, d] = [orient(ax, ay, bx, by, cx, cy), orient(ax, ay, bx, by, dx, dy)]
    const [a, b] = [orient(cx, cy, dx, dy, ax, ay), orient(cx, cy, dx, dy, bx, by)]
    if (c * d < 0 && a * b < 0) return { at: crossingPoint(ax, ay, bx, by, cx, cy, dx, dy), touches: false }
    if (a === 0 && b === 0 && runsAlong([ax, ay, bx, by], [cx, cy, dx, dy])) return { at: [ax, ay], touches: true }
  }
  return null
}

/** A vertex that both lines may have: a node of both, or a point of one arc that it passes but once (a closed one ends where it starts). */
function mayMeet(x: number, y: number, arc: Arc, other: Arc, index?: SegmentIndex): boolean {
  if (arc !== other) return endsAt(arc, x, y) && endsAt(other, x, y)
  const { points: p } = arc
  let times = 0
  if (index) for (const i of index.near(x, y, x, y)) if (p[i] === x && p[i + 1] === y) times++
  if (!index) for (let i = 0; i + 3 < p.length; i += 2) if (p[i] === x && p[i + 1] === y) times++
  if (p.at(-2) === x && p.at(-1) === y) times++
  return times === 1 || (times === 2 && p[0] === x && p[1] === y && p.at(-2) === x && p.at(-1) === y)
}

const endsAt = ({ points: p }: Arc, x: number, y: number): boolean => (p[0] === x && p[1] === y) || (p.at(-2) === x && p.at(-1) === y)

/** Two segments on one line that share more than a point. */
function runsAlong([ax, ay, bx, by]: Segment, [cx, cy, dx, dy]: Segment): boolean {
  const along = (x: number, y: number) => (x - ax) * (bx - ax) + (y - ay) * (by - ay)
  const [c, d, end] = [along(cx, cy), along(dx, dy), along(bx, by)]
  return Math.max(c, d) > 0 && Math.min(c, d) < end
}
