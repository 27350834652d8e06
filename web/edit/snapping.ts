/** Where a point goes when it comes near something: a corner first, then a line; borders of units and lines of other layers alike. */
import type { Coverage } from '#model/coverage.ts'
import { type GridBox } from '#model/coverage.ts'
import { distance, type GridPoint, isSame, nearestOnSegment, type Scale } from './plane.ts'
import { around } from './under.ts'

export interface Snap {
  at: GridPoint
  to: 'vertex' | 'edge' | 'line'
}

/** Lines of other layers (roads, rivers) to snap to: flat [x0, y0, …] on the grid, those that meet a box. */
export type LinesIn = (box: GridBox) => Iterable<Int32Array>

export interface Snapping {
  coverage: Coverage
  scale: Scale
  /** How near on the screen, px. */
  reach: number
  /** Points that are no goal: the one in the hand, so that it does not stick to where it was. */
  except?: readonly GridPoint[]
  lines?: LinesIn
}

/** The snap of a point, or null when nothing is near enough. A vertex wins over an edge at up to the whole reach. */
export function snap(point: GridPoint, { coverage, scale, reach, except = [], lines }: Snapping): Snap | null {
  const box = around(point, scale, reach)
  const [west, south, east, north] = box
  let vertex: { at: GridPoint; away: number } | null = null
  let edge: { at: GridPoint; away: number; to: 'edge' | 'line' } | null = null
  const look = (points: Int32Array, to: 'edge' | 'line') => {
    for (let i = 0; i + 1 < points.length; i += 2) {
      // Before anything is measured: lines have up to hundreds of thousands of points.
      const j = Math.min(i + 2, points.length - 2)
      if ((points[i]! < west && points[j]! < west) || (points[i]! > east && points[j]! > east)) continue
      if ((points[i + 1]! < south && points[j + 1]! < south) || (points[i + 1]! > north && points[j + 1]! > north)) continue
      const at: GridPoint = [points[i]!, points[i + 1]!]
      const away = distance(at, point, scale)
      const isFree = !except.some((each) => isSame(each, at))
      if (isFree && away <= reach && (!vertex || away < vertex.away)) vertex = { at, away }
      if (i + 3 >= points.length) continue
      const next: GridPoint = [points[i + 2]!, points[i + 3]!]
      // An edge that hangs on the point in the hand moves with it.
      if (!isFree || except.some((each) => isSame(each, next))) continue
      const near = nearestOnSegment(point, at, next, scale)
      const off = distance(near.at, point, scale)
      if (off <= reach && (!edge || off < edge.away)) edge = { at: near.at, away: off, to }
    }
  }
  for (const { points } of coverage.search(box)) look(points, 'edge')
  for (const points of lines?.(box) ?? []) look(points, 'line')
  return pick(vertex, edge)
}

function pick(vertex: { at: GridPoint } | null, edge: { at: GridPoint; to: 'edge' | 'line' } | null): Snap | null {
  if (vertex) return { at: vertex.at, to: 'vertex' }
  return edge && { at: edge.at, to: edge.to }
}
