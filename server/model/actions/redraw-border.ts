/**
 * Draws the border of two units anew between two points of it: the stretch between them goes, the line takes its place.
 *
 *        A                A
 *    ──●───●──    →    ──●╲ ╱●──      Everything that lay beyond the old stretch and lies before the new one changes sides.
 *        B                B  ‾
 */
import type { Coverage } from '../coverage.ts'
import type { Arc, Difference } from '../difference.ts'
import type { FlatRing } from '../exact.ts'
import { isNear } from '../noding.ts'
import { reversed } from '../rings.ts'
import { soundness } from '../soundness.ts'
import type { RedrawBorder, Refusal } from './action.ts'
import { type GridPoint, findLeaves, gridLine, isRefused, reshape } from './place.ts'

/** Both ends of the line must lie on one and the same border of the two; the line must not meet any other. */
export function redrawBorder(coverage: Coverage, { units, line }: RedrawBorder): Difference | Refusal {
  const leaves = findLeaves(coverage, units)
  if (isRefused(leaves)) return leaves
  const flat = gridLine(line)
  if (isRefused(flat)) return flat
  const last = flat.length - 2
  const [first, end]: GridPoint[] = [
    [flat[0]!, flat[1]!],
    [flat[last]!, flat[last + 1]!],
  ] as [GridPoint, GridPoint]
  const [one, other] = units
  const shared = [...coverage.arcsOf(one)].filter(({ left, right }) => left === other || right === other)
  if (one === other || shared.length === 0) return { reason: 'not-neighbours', units }
  const arc = shared.find(({ points }) => placeOn(points, first!) !== null && placeOn(points, end!) !== null)
  if (!arc)
    return { reason: 'not-on-border', where: line[shared.some(({ points }) => placeOn(points, first!)) ? line.length - 1 : 0], units }
  const [from, to] = [placeOn(arc.points, first!)!, placeOn(arc.points, end!)!]
  if (from === to || flat.length < 4) return { reason: 'same-place', where: line[0] }
  const points = from < to ? spliced(arc, flat, from, to) : spliced(arc, reversed(flat), to, from)
  const difference = reshape(coverage, new Map([[arc, points]]))
  return soundness(coverage, difference) ?? difference
}

function spliced({ points }: Arc, line: FlatRing, from: number, to: number): FlatRing {
  const before = points.subarray(0, 2 * Math.ceil(from))
  const after = points.subarray(2 * (Math.floor(to) + 1))
  return Int32Array.from([...before, ...line, ...after])
}

/** How far along a line, in vertices: 3 is the vertex 3, 3.5 anywhere between 3 and 4. Null: not on it. */
function placeOn(points: FlatRing, [x, y]: GridPoint): number | null {
  for (let i = 0; i < points.length; i += 2) if (points[i] === x && points[i + 1] === y) return i / 2
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [ax, ay, bx, by] = [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!]
    if (isNear(x, y, ax, ay, bx, by)) return i / 2 + Math.hypot(x - ax, y - ay) / (Math.hypot(x - ax, y - ay) + Math.hypot(x - bx, y - by))
  }
  return null
}
