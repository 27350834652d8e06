/** A line that is being drawn: points that are set, and one that follows the pointer. */
import type { LeafId } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import type { LngLat } from '#model/crs.ts'
import type { Aim, HandEvent } from './mode.ts'
import { type GridPoint, isSame, toLngLat } from './plane.ts'
import { type UnitLevel, unitOver } from './unit-level.ts'

export interface Sketch {
  set: readonly GridPoint[]
  cursor: GridPoint | null
}
export const EMPTY: Sketch = { set: [], cursor: null }

/** All points, the one under the pointer last where it adds anything. */
export const pointsOf = ({ set, cursor }: Sketch): readonly GridPoint[] =>
  cursor && (set.length === 0 || !isSame(set.at(-1)!, cursor)) ? [...set, cursor] : set

export const lineOf = (points: readonly GridPoint[]): LngLat[] => points.map(toLngLat)

/** The point that an event sets: clicked or typed; null for other events. */
export const pointSet = (event: HandEvent): GridPoint | null =>
  event.type === 'click' ? event.spot.at : event.type === 'place' ? event.at : null

export const extend = ({ set, cursor }: Sketch, at: GridPoint): Sketch =>
  set.length > 0 && isSame(set.at(-1)!, at) ? { set, cursor } : { set: [...set, at], cursor }
/** Without its last point. */
export const shorten = ({ set, cursor }: Sketch): Sketch => ({ set: set.slice(0, -1), cursor })

export const aimOf = ({ set }: Sketch): Aim => ({ except: [], corner: set.at(-1) ?? null, before: set.at(-2) ?? null, along: null })

const SAMPLES = 12

/** The unit of the level in which most of a line runs; null when it touches none. */
export function unitCrossed(coverage: Coverage, points: readonly GridPoint[], level: UnitLevel): LeafId | null {
  const lengths = new Map<LeafId, number>()
  for (const [i, [bx, by]] of points.entries()) {
    if (i === 0) continue
    const [ax, ay] = points[i - 1]!
    const length = Math.hypot(bx - ax, by - ay)
    for (let n = 0; n < SAMPLES; n++) {
      const t = (n + 0.5) / SAMPLES
      const leaf = coverage.leafAt(Math.round(ax + t * (bx - ax)), Math.round(ay + t * (by - ay)))
      if (leaf === null) continue
      const unit = unitOver(coverage, leaf, level)
      lengths.set(unit, (lengths.get(unit) ?? 0) + length)
    }
  }
  let most: LeafId | null = null
  for (const [unit, length] of lengths) if (most === null || length > lengths.get(most)!) most = unit
  return most
}
