/** What most actions begin with: points onto the grid, and what the coverage has there. */
import { coordinateFault, toGrid } from '../crs.ts'
import type { Coverage, OnArc } from '../coverage.ts'
import type { Arc, Difference } from '../difference.ts'
import type { FlatRing } from '../exact.ts'
import type { Refusal } from './action.ts'

export type GridPoint = readonly [x: number, y: number]

/** A point on the grid, or the refusal of one that is off the globe. */
export function gridPoint(at: readonly number[]): GridPoint | Refusal {
  return coordinateFault(at[0], at[1]) ? { reason: 'off-the-globe' } : toGrid(at)
}

/** A flat line on the grid without repeated points, or the refusal of one that leaves the globe. */
export function gridLine(line: readonly (readonly number[])[]): FlatRing | Refusal {
  const flat: number[] = []
  for (const at of line) {
    if (coordinateFault(at[0], at[1])) return { reason: 'off-the-globe' }
    const [x, y] = toGrid(at)
    if (x !== flat.at(-2) || y !== flat.at(-1)) flat.push(x, y)
  }
  return Int32Array.from(flat)
}

/** Narrows what may be a point or line to a refusal. */
export const isRefused = <T>(answer: T | Refusal): answer is Refusal => typeof answer === 'object' && answer !== null && 'reason' in answer

export const isOutline = ({ left, right }: Arc): boolean => left === null || right === null
export const isEnd = ({ arc, index }: OnArc): boolean => index === 0 || 2 * index === arc.points.length - 2

/** The vertex at a point where no border branches off: inside one arc, or the start of a closed one. */
export function findVertex(coverage: Coverage, [x, y]: GridPoint): OnArc | Refusal {
  const found = coverage.vertexAt(x, y)
  const where = [x / 1e7, y / 1e7] as [number, number]
  if (found.length === 0) return { reason: 'no-vertex-here', where }
  const arcs = new Set(found.map(({ arc }) => arc))
  // A closed arc has its first point twice, but nothing branches off there.
  if (arcs.size > 1 || (isEnd(found[0]!) && found.length === 1)) return { reason: 'is-junction', where }
  return found[0]!
}

/** The difference that gives these arcs other points; nothing else about them changes. */
export function reshape(coverage: Coverage, changes: ReadonlyMap<Arc, FlatRing>): Difference {
  const removed = [...changes.keys()]
  const added = removed.map((arc, index): Arc => ({ ...arc, id: coverage.lastArcId + index + 1, points: changes.get(arc)! }))
  return { arcs: { removed, added }, leaves: { removed: [], added: [] } }
}

/** The arc's points with one of them elsewhere; both ends of a closed arc move together. */
export function withPoint({ points }: Arc, index: number, [x, y]: GridPoint): FlatRing {
  const moved = points.slice()
  moved.set([x, y], 2 * index)
  const last = points.length - 2
  const isClosed = points[0] === points[last] && points[1] === points[last + 1]
  if (isClosed && index === 0) moved.set([x, y], last)
  if (isClosed && 2 * index === last) moved.set([x, y], 0)
  return moved
}
