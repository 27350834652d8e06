/** A polygon that somebody drew: read onto the integer grid, refused where it crosses itself or has no land. */
import { fromGrid, GRID } from '../crs.ts'
import { onSegment, orient } from '../exact.ts'

/**
 * @param numbers longitude, latitude, … in degrees; the first point may be repeated at the end
 * @returns the open ring in 1e-7 degree, or what is wrong with it
 */
export function readDrawnPolygon(numbers: readonly number[]): Int32Array | { reason: string } {
  const points: [number, number][] = []
  for (let i = 0; i < numbers.length; i += 2) {
    const [lng, lat] = [numbers[i]!, numbers[i + 1]!]
    if (!(Math.abs(lng) <= 180 && Math.abs(lat) <= 90)) return { reason: `${lng}, ${lat} is not on the globe` }
    const point: [number, number] = [Math.round(lng * GRID), Math.round(lat * GRID)]
    const before = points.at(-1)
    if (!before || before[0] !== point[0] || before[1] !== point[1]) points.push(point)
  }
  const [first, last] = [points[0]!, points.at(-1)!]
  if (points.length > 1 && first[0] === last[0] && first[1] === last[1]) points.pop()
  if (points.length < 3) return { reason: 'a polygon needs three different points' }
  const n = points.length
  for (let i = 0; i < n; i++) {
    const [a, b] = [points[i]!, points[(i + 1) % n]!]
    for (let j = i + 1; j < n; j++) {
      const [c, d] = [points[j]!, points[(j + 1) % n]!]
      const where = j === i + 1 ? spikeAt(a, b, d) : j === (i + n - 1) % n && i === 0 ? spikeAt(c, a, b) : meetAt(a, b, c, d)
      if (where) return { reason: `it crosses or touches itself near ${fromGrid(where).join(', ')}` }
    }
  }
  return Int32Array.from(points.flat())
}

type Point = [number, number]

/** Where a corner a → b → c turns straight back on itself. */
function spikeAt(a: Point, b: Point, c: Point): Point | null {
  if (orient(...a, ...b, ...c) !== 0) return null
  const isBack = onSegment(...c, ...a, ...b) || onSegment(...a, ...b, ...c)
  return isBack ? b : null
}

/** A point of both closed segments, or near it; null when they do not meet. */
function meetAt(a: Point, b: Point, c: Point, d: Point): Point | null {
  const [abc, abd, cda, cdb] = [orient(...a, ...b, ...c), orient(...a, ...b, ...d), orient(...c, ...d, ...a), orient(...c, ...d, ...b)]
  if (abc !== abd && cda !== cdb && abc * abd <= 0 && cda * cdb <= 0 && !(abc === 0 && abd === 0)) {
    const along = (a[0] - c[0]) * (d[1] - c[1]) - (a[1] - c[1]) * (d[0] - c[0])
    const across = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    const t = across === 0 ? 0 : -along / across
    return [Math.round(a[0] + t * (b[0] - a[0])), Math.round(a[1] + t * (b[1] - a[1]))]
  }
  if (onSegment(...a, ...c, ...d)) return a
  if (onSegment(...b, ...c, ...d)) return b
  if (onSegment(...c, ...a, ...b)) return c
  return onSegment(...d, ...a, ...b) ? d : null
}
