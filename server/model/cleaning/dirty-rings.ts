/**
 * Polygons as they come, however broken: rings onto the grid, with everything that was mended on the way said. What a ring means
 * is settled later, on faces: land is where it winds round at all, so both halves of a bow-tie are land.
 */
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { coordinateFault, fromGrid, toGrid } from '../crs.ts'
import { type FlatRing, orient } from '../exact.ts'

/** A ring of a unit's part; `isHole` as the file has it. */
export interface DirtyRing {
  unit: number
  part: number
  isHole: boolean
  points: FlatRing
}

export const BREAKS = ['unusable', 'not-closed', 'repeated-point', 'spike', 'no-area', 'self-crossing', 'parts-overlap'] as const

/** Something wrong with a unit's rings. All of it is mended, except `unusable`: there is no telling what was meant. */
export interface Break {
  kind: (typeof BREAKS)[number]
  id: string
  /** [lng, lat] */
  where: [number, number] | null
  /** How often, for what may occur many times in one ring. */
  count: number
}

export interface DirtyUnit {
  id: string
  geometry: Polygon | MultiPolygon
}

/** The unit's rings; `unit` is its place in the list of all. */
export function readDirty({ id, geometry }: DirtyUnit, unit: number, breaks: Break[]): DirtyRing[] {
  const parts: unknown = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const rings: DirtyRing[] = []
  if (!Array.isArray(parts)) return spoilt(id, breaks)
  for (const [part, list] of parts.entries()) {
    if (!Array.isArray(list)) return spoilt(id, breaks)
    for (const [index, positions] of list.entries()) {
      const points = readPoints(id, positions, breaks)
      if (points === null) return spoilt(id, breaks)
      if (hasArea(points)) rings.push({ unit, part, isHole: index > 0, points })
      else breaks.push({ kind: 'no-area', id, where: points.length > 0 ? fromGrid([points[0]!, points[1]!]) : null, count: 1 })
    }
  }
  return rings
}

function spoilt(id: string, breaks: Break[]): [] {
  breaks.push({ kind: 'unusable', id, where: null, count: 1 })
  return []
}

/** Points on the grid without repetitions and spikes, not closed; null when one of them is no coordinate. */
function readPoints(id: string, positions: unknown, breaks: Break[]): FlatRing | null {
  if (!Array.isArray(positions)) return null
  const list = positions as Position[]
  if (list.some((position) => coordinateFault(position?.[0], position?.[1]) !== null)) return null
  if (list.length === 0) return new Int32Array()
  const [first, last] = [list[0]!, list.at(-1)!]
  const isClosed = list.length > 1 && first[0] === last[0] && first[1] === last[1]
  const flat: number[] = []
  let repeated: Position | null = null
  let repetitions = 0
  for (let i = 0; i < list.length - (isClosed ? 1 : 0); i++) {
    const position = list[i]!
    const before = list[i - 1]
    if (before && before[0] === position[0] && before[1] === position[1]) {
      repeated ??= position
      repetitions++
    }
    const [x, y] = toGrid(position)
    if (x !== flat.at(-2) || y !== flat.at(-1)) flat.push(x, y)
  }
  if (flat.length > 2 && flat[0] === flat.at(-2) && flat[1] === flat.at(-1)) flat.length -= 2
  else if (!isClosed) breaks.push({ kind: 'not-closed', id, where: fromGrid(toGrid(last)), count: 1 })
  if (repeated) breaks.push({ kind: 'repeated-point', id, where: fromGrid(toGrid(repeated)), count: repetitions })
  return withoutSpikes(id, flat, breaks)
}

/** Takes off the tips where the ring turns straight back, until there are none. */
function withoutSpikes(id: string, flat: number[], breaks: Break[]): FlatRing {
  const kept: number[] = []
  let tip: [number, number] | null = null
  let count = 0
  const trim = (x: number, y: number) => {
    for (;;) {
      if (kept.length >= 2 && kept.at(-2) === x && kept.at(-1) === y) kept.length -= 2
      else if (kept.length >= 4 && isSpike(kept.at(-4)!, kept.at(-3)!, kept.at(-2)!, kept.at(-1)!, x, y)) {
        tip ??= fromGrid(kept.slice(-2))
        count++
        kept.length -= 2
      } else return
    }
  }
  for (let i = 0; i < flat.length; i += 2) {
    trim(flat[i]!, flat[i + 1]!)
    kept.push(flat[i]!, flat[i + 1]!)
  }
  // The same across the seam, where the last points meet the first.
  let start = 0
  for (let again = true; again && kept.length - start >= 6;) {
    again = false
    const [ax, ay, bx, by] = kept.slice(-4) as [number, number, number, number]
    const [cx, cy, dx, dy] = kept.slice(start, start + 4) as [number, number, number, number]
    const isSame = bx === cx && by === cy
    if (isSame || isSpike(ax, ay, bx, by, cx, cy)) {
      if (!isSame) tip ??= fromGrid([bx, by])
      if (!isSame) count++
      kept.length -= 2
      again = true
    } else if (isSpike(bx, by, cx, cy, dx, dy)) {
      tip ??= fromGrid([cx, cy])
      count++
      start += 2
      again = true
    }
  }
  if (count > 0) breaks.push({ kind: 'spike', id, where: tip, count })
  return Int32Array.from(kept.slice(start))
}

/** The halves of a bow-tie may cancel out, so the sum over the ring does not tell: any three points off one line do. */
const hasArea = (points: FlatRing): boolean => {
  for (let i = 4; i < points.length; i += 2)
    if (orient(points[0]!, points[1]!, points[2]!, points[3]!, points[i]!, points[i + 1]!) !== 0) return true
  return false
}

const isSpike = (ax: number, ay: number, bx: number, by: number, cx: number, cy: number): boolean =>
  (bx - ax) * (cx - bx) + (by - ay) * (cy - by) < 0 && orient(ax, ay, bx, by, cx, cy) === 0
