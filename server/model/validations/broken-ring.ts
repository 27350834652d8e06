/**
 * A unit without land, or whose border does not close, or lies inside itself: a border that was moved across an island. The
 * actions never make one; drafts and differences from elsewhere may.
 */
import { fromGrid } from '../crs.ts'
import type { Finding } from '../finding.ts'
import { boxOfPoints } from '../swept.ts'
import { type Context, extentOf } from './context.ts'

export function brokenRing({ coverage, leaves, sound }: Context): Finding[] {
  const isSound = new Set(sound)
  return leaves
    .filter((leaf) => !isSound.has(leaf))
    .map(({ id }) => {
      const points = [...coverage.arcsOf(id)].flatMap((arc) => [...arc.points])
      return {
        code: 'broken-ring',
        severity: 'error',
        units: [id],
        where: points.length > 0 ? fromGrid(points) : null,
        extent: points.length > 0 ? extentOf(boxOfPoints(points)) : null,
        value: null,
        limit: null,
      }
    })
}
