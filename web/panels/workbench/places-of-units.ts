/** Where units lie, and the border that two of them share, from the coverage on the screen. */
import type { Bbox } from '#contract/geojson.ts'
import { fromGrid } from '#model/crs.ts'
import type { Coverage } from '#model/coverage.ts'
import { bboxOf } from '#model/rings.ts'
import { distanceM } from '#model/shape.ts'
import { landOf, leavesOf } from '../../edit/unit-level.ts'
import type { SharedBorder } from './selected.ts'

/** [west, south, east, north] of units that are there, wider by a share on every side; null when none is. */
export function extentOf(coverage: Coverage, ids: Iterable<string>, wider = 0.15): Bbox | null {
  let box: [number, number, number, number] | null = null
  for (const id of ids) {
    const land = landOf(coverage, id)
    if (land.length === 0) continue
    const [a, b, c, d] = bboxOf(land)
    box = box ? [Math.min(box[0], a), Math.min(box[1], b), Math.max(box[2], c), Math.max(box[3], d)] : [a, b, c, d]
  }
  if (!box) return null
  const [west, south] = fromGrid([box[0], box[1]])
  const [east, north] = fromGrid([box[2], box[3]])
  const [dx, dy] = [(east - west) * wider, (north - south) * wider]
  return [west - dx, south - dy, east + dx, north + dy]
}

/** Half a kilometre around a place, for a look at it. */
export const extentAround = ([lng, lat]: readonly [number, number]): Bbox => [lng - 0.003, lat - 0.0025, lng + 0.003, lat + 0.0025]

/** Null when the two do not touch along a line. A closed border's first point is no corner twice. */
export function sharedBorder(coverage: Coverage, a: string, b: string): SharedBorder | null {
  const border: SharedBorder = { arcs: 0, corners: 0, lengthM: 0 }
  const [ours, theirs] = [leavesOf(coverage, a), leavesOf(coverage, b)]
  const between = (one: string | null, other: string | null) => one !== null && other !== null && ours.has(one) && theirs.has(other)
  const arcs = new Set([...ours].flatMap((id) => [...coverage.arcsOf(id)]))
  for (const { left, right, points: p } of arcs) {
    if (!between(left, right) && !between(right, left)) continue
    border.arcs++
    border.corners += p.length / 2 - 2
    for (let i = 0; i + 3 < p.length; i += 2) border.lengthM += distanceM(p[i]!, p[i + 1]!, p[i + 2]!, p[i + 3]!)
  }
  return border.arcs > 0 ? border : null
}
