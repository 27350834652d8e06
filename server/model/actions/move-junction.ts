/**
 * Moves a junction, with every border that ends there. One that stands on the county's own line slides along it:
 *
 *      outside               outside          the county's line keeps all its points, and gains the new one;
 *   ───┬────────     →    ───┴·─┬─────        the junction's old place stays behind as a plain corner.
 *      │ A    B             A  │  B
 */
import type { Coverage } from '../coverage.ts'
import type { Arc, Difference } from '../difference.ts'
import type { FlatRing } from '../exact.ts'
import { isNear } from '../noding.ts'
import { reversed } from '../rings.ts'
import { soundness } from '../soundness.ts'
import type { MoveJunction, Refusal } from './action.ts'
import { type GridPoint, gridPoint, isOutline, isRefused, reshape, withPoint } from './place.ts'

/** Refuses points where no three borders meet, and places off the county's line for a junction on it. */
export function moveJunction(coverage: Coverage, { from, to }: MoveJunction): Difference | Refusal {
  const [old, next] = [gridPoint(from), gridPoint(to)]
  if (isRefused(old)) return old
  if (isRefused(next)) return next
  const arcs = coverage.arcsAtNode(...old)
  if (arcs.length === 0) return { reason: coverage.vertexAt(...old).length > 0 ? 'is-no-junction' : 'no-vertex-here', where: from }
  if (arcs.length === 1) return { reason: 'is-no-junction', where: from }
  if (old[0] === next[0] && old[1] === next[1]) return { reason: 'same-place', where: from }
  const difference = arcs.some(isOutline)
    ? slide(coverage, arcs, old, next)
    : reshape(coverage, new Map(arcs.map((arc) => [arc, moveEnds(arc, old, next)])))
  return isRefused(difference) ? difference : (soundness(coverage, difference) ?? difference)
}

function moveEnds(arc: Arc, old: GridPoint, next: GridPoint): FlatRing {
  const { points } = arc
  const last = points.length - 2
  let moved = points
  if (points[0] === old[0] && points[1] === old[1]) moved = withPoint({ ...arc, points: moved }, 0, next)
  if (points[last] === old[0] && points[last + 1] === old[1]) moved = withPoint({ ...arc, points: moved }, last / 2, next)
  return moved
}

/** One stretch of the outline grows by what the other loses. */
function slide(coverage: Coverage, arcs: Arc[], old: GridPoint, next: GridPoint): Difference | Refusal {
  const where = [next[0] / 1e7, next[1] / 1e7] as [number, number]
  const outer = arcs.filter(isOutline)
  if (outer.length !== 2 || outer[0] === outer[1]) return { reason: 'leaves-outline', where }
  // Both run away from the junction.
  const away = outer.map((arc) => (startsAt(arc.points, old) ? arc.points : reversed(arc.points)))
  const index = away.findIndex((points) => edgeHolding(points, next) >= 0)
  if (index < 0) return { reason: 'leaves-outline', where }
  const [shorter, longer] = [outer[index]!, outer[1 - index]!]
  const points = away[index]!
  const edge = edgeHolding(points, next)
  const atVertex = points[2 * edge + 2] === next[0] && points[2 * edge + 3] === next[1]
  const passed = points.subarray(0, 2 * edge + 2)
  const left = Int32Array.from([...next, ...points.subarray(2 * edge + (atVertex ? 4 : 2))])
  if (left.length < 4) return { reason: 'touches-border', where }
  const grown = Int32Array.from([...next, ...reversed(passed), ...away[1 - index]!.subarray(2)])
  const changes = new Map<Arc, FlatRing>()
  changes.set(shorter, startsAt(shorter.points, old) ? left : reversed(left))
  changes.set(longer, startsAt(longer.points, old) ? grown : reversed(grown))
  for (const arc of arcs) if (!outer.includes(arc)) changes.set(arc, moveEnds(arc, old, next))
  return reshape(coverage, changes)
}

const startsAt = (points: FlatRing, [x, y]: GridPoint): boolean => points[0] === x && points[1] === y

/** Index of the edge that the point lies on but for rounding noise, its end included; -1 when there is none. */
function edgeHolding(points: FlatRing, [x, y]: GridPoint): number {
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [ax, ay, bx, by] = [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!]
    if ((x === bx && y === by) || isNear(x, y, ax, ay, bx, by)) return i / 2
  }
  return -1
}
