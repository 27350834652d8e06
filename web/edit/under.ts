/** What of a coverage lies under the pointer: the nearest vertex, the nearest border, the unit. */
import type { LeafId } from '#model/actions/action.ts'
import { type Coverage, type GridBox, isClosed } from '#model/coverage.ts'
import type { Arc } from '#model/difference.ts'
import { distance, type GridPoint, isSame, nearestOnSegment, type Scale } from './plane.ts'
import { type UnitLevel, unitOver } from './unit-level.ts'

/**
 * corner: between two neighbours; junction: where borders meet; outline: of the county's own line;
 * gate: a junction on that line, which slides along it.
 */
export type VertexKind = 'corner' | 'junction' | 'outline' | 'gate'

export interface Vertex {
  what: 'vertex'
  at: GridPoint
  kind: VertexKind
  arc: Arc
}
export interface Midpoint {
  what: 'midpoint'
  at: GridPoint
  arc: Arc
  edge: readonly [GridPoint, GridPoint]
}
/** Something that can be taken hold of. */
export type Handle = Vertex | Midpoint

export interface Edge {
  at: GridPoint
  arc: Arc
  edge: readonly [GridPoint, GridPoint]
  /** Distance from the pointer, px. */
  away: number
}

const pointOf = ({ points }: Arc, index: number): GridPoint => [points[2 * index]!, points[2 * index + 1]!]
const sizeOf = ({ points }: Arc): number => points.length / 2
export const isOutline = ({ left, right }: Arc): boolean => left === null || right === null

/** What a vertex of an arc is. `index` counts points. */
export function kindOf(coverage: Coverage, arc: Arc, index: number): VertexKind {
  const isEnd = (index === 0 || index === sizeOf(arc) - 1) && !isClosed(arc)
  if (!isEnd) return isOutline(arc) ? 'outline' : 'corner'
  return coverage.arcsAtNode(...pointOf(arc, index)).some(isOutline) ? 'gate' : 'junction'
}

/** The vertices of an arc in a box, each once, in the arc's order; at most so many. */
export function verticesOf(coverage: Coverage, arc: Arc, box: GridBox = EVERYWHERE, most = Infinity): Vertex[] {
  const size = isClosed(arc) ? sizeOf(arc) - 1 : sizeOf(arc)
  const found: Vertex[] = []
  for (let index = 0; index < size && found.length < most; index++)
    if (isNear(arc, index, box)) found.push({ what: 'vertex', at: pointOf(arc, index), kind: kindOf(coverage, arc, index), arc })
  return found
}

const EVERYWHERE: GridBox = [-Infinity, -Infinity, Infinity, Infinity]

/** Of a border of hundreds of thousands of vertices only what is near is measured. */
const isNear = ({ points: p }: Arc, index: number, [west, south, east, north]: GridBox): boolean =>
  p[2 * index]! >= west && p[2 * index]! <= east && p[2 * index + 1]! >= south && p[2 * index + 1]! <= north
const isEdgeNear = ({ points: p }: Arc, index: number, [west, south, east, north]: GridBox): boolean => {
  const [i, j] = [2 * index, 2 * index + 2]
  if ((p[i]! < west && p[j]! < west) || (p[i]! > east && p[j]! > east)) return false
  return !((p[i + 1]! < south && p[j + 1]! < south) || (p[i + 1]! > north && p[j + 1]! > north))
}

/** The middles of an arc's edges that reach into a box and are at least `atLeast` px long on the screen. */
export function midpointsOf(arc: Arc, scale: Scale, atLeast: number, box: GridBox = EVERYWHERE): Midpoint[] {
  const found: Midpoint[] = []
  for (let i = 0; i + 1 < sizeOf(arc); i++) {
    if (!isEdgeNear(arc, i, box)) continue
    const [a, b] = [pointOf(arc, i), pointOf(arc, i + 1)]
    if (distance(a, b, scale) < atLeast) continue
    found.push({ what: 'midpoint', at: [Math.round((a[0] + b[0]) / 2), Math.round((a[1] + b[1]) / 2)], arc, edge: [a, b] })
  }
  return found
}

/** What of an arc reaches into a box, to be drawn; a point less than a pixel from the one before is left out. */
export function stretchesOf(arc: Arc, box: GridBox, scale: Scale): GridPoint[][] {
  const stretches: GridPoint[][] = []
  let last = -1
  for (let i = 0; i + 1 < sizeOf(arc); i++) {
    if (!isEdgeNear(arc, i, box)) continue
    if (last !== i) stretches.push([pointOf(arc, i)])
    last = i + 1
    const stretch = stretches.at(-1)!
    const isEnd = i + 2 === sizeOf(arc) || !isEdgeNear(arc, i + 1, box)
    if (isEnd || distance(stretch.at(-1)!, pointOf(arc, i + 1), scale) >= 1) stretch.push(pointOf(arc, i + 1))
  }
  return stretches
}

/** Every place within `reach` px of a point, as a box of the grid. */
export const around = ([x, y]: GridPoint, scale: Scale, reach: number): GridBox => {
  const [dx, dy] = [Math.ceil(reach / scale.x), Math.ceil(reach / scale.y)]
  return [x - dx, y - dy, x + dx, y + dy]
}

/** Whether a border may be taken in hand: others are there to be looked at. */
export type Offers = (arc: Arc) => boolean

/** The nearest vertex within `reach` px of a border that is offered. */
export function vertexNear(coverage: Coverage, point: GridPoint, scale: Scale, reach: number, offers: Offers): Vertex | null {
  let best: { arc: Arc; index: number; away: number } | null = null
  const box = around(point, scale, reach)
  for (const arc of coverage.search(box).filter(offers)) {
    for (let index = 0; index < sizeOf(arc); index++) {
      if (!isNear(arc, index, box)) continue
      const away = distance(pointOf(arc, index), point, scale)
      if (away <= reach && (!best || away < best.away)) best = { arc, index, away }
    }
  }
  return best && { what: 'vertex', at: pointOf(best.arc, best.index), kind: kindOf(coverage, best.arc, best.index), arc: best.arc }
}

/** The nearest border within `reach` px that is offered. */
export function edgeNear(coverage: Coverage, point: GridPoint, scale: Scale, reach: number, offers: Offers): Edge | null {
  let best: Edge | null = null
  const box = around(point, scale, reach)
  for (const arc of coverage.search(box).filter(offers)) {
    for (let i = 0; i + 1 < sizeOf(arc); i++) {
      if (!isEdgeNear(arc, i, box)) continue
      const [a, b] = [pointOf(arc, i), pointOf(arc, i + 1)]
      const { at } = nearestOnSegment(point, a, b, scale)
      const away = distance(at, point, scale)
      if (away <= reach && (!best || away < best.away)) best = { at, arc, edge: [a, b], away }
    }
  }
  return best
}

/** Pairs of neighbouring units of the level whose common border passes through a point or has a vertex there. */
export function pairsAt(coverage: Coverage, point: GridPoint, scale: Scale, level: UnitLevel): [LeafId, LeafId][] {
  const TOUCH_PX = 0.5
  const pairs = new Map<string, [LeafId, LeafId]>()
  const box = around(point, scale, TOUCH_PX)
  for (const arc of coverage.search(box)) {
    if (arc.left === null || arc.right === null) continue
    const [left, right] = [unitOver(coverage, arc.left, level), unitOver(coverage, arc.right, level)]
    if (left === right) continue
    for (let i = 0; i + 1 < sizeOf(arc); i++) {
      if (!isEdgeNear(arc, i, box)) continue
      if (distance(nearestOnSegment(point, pointOf(arc, i), pointOf(arc, i + 1), scale).at, point, scale) > TOUCH_PX) continue
      const pair: [LeafId, LeafId] = left < right ? [left, right] : [right, left]
      pairs.set(pair.join(), pair)
    }
  }
  return [...pairs.values()]
}

/** The handle within `reach` px that is nearest; a vertex before a midpoint. */
export function handleNear(handles: readonly Handle[], point: GridPoint, scale: Scale, reach: number): Handle | null {
  let best: { handle: Handle; away: number } | null = null
  for (const handle of handles) {
    const away = distance(handle.at, point, scale) * (handle.what === 'vertex' ? 0.6 : 1)
    if (away <= reach && (!best || away < best.away)) best = { handle, away }
  }
  return best?.handle ?? null
}

export const isSameHandle = (a: Handle | null, b: Handle | null): boolean =>
  a === b || (a !== null && b !== null && a.what === b.what && isSame(a.at, b.at))
