/**
 * The plane in which the hand works: points are integers of 1e-7 degree, distances are CSS pixels of the screen, whose scale
 * differs from east to north as in the Mercator projection.
 */
import { fromGrid, GRID, type LngLat } from '#model/crs.ts'

export type GridPoint = readonly [x: number, y: number]

/** Screen pixels in one grid unit, to the east and to the north. */
export interface Scale {
  x: number
  y: number
}

const TILE_PX = 512
const RAD = Math.PI / 180

/** The scale of a map at a zoom (512-pixel tiles) and latitude. */
export function scaleAt(zoom: number, lat: number): Scale {
  const x = (TILE_PX * 2 ** zoom) / (360 * GRID)
  return { x, y: x / Math.cos(lat * RAD) }
}

/** For an action: its places are degrees. */
export const toLngLat = (point: GridPoint): LngLat => fromGrid(point)
export const isSame = (a: GridPoint, b: GridPoint): boolean => a[0] === b[0] && a[1] === b[1]

/** Distance on the screen, px. */
export const distance = ([ax, ay]: GridPoint, [bx, by]: GridPoint, scale: Scale): number =>
  Math.hypot((bx - ax) * scale.x, (by - ay) * scale.y)

/** The point of the segment a–b that is nearest on the screen, on the grid, and how far along it lies (0…1). */
export function nearestOnSegment(
  [px, py]: GridPoint,
  [ax, ay]: GridPoint,
  [bx, by]: GridPoint,
  { x, y }: Scale,
): { at: GridPoint; t: number } {
  const [dx, dy] = [(bx - ax) * x, (by - ay) * y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((px - ax) * x * dx + (py - ay) * y * dy) / length
  const t = Math.max(0, Math.min(1, along))
  return { at: [Math.round(ax + t * (bx - ax)), Math.round(ay + t * (by - ay))], t }
}

/**
 * The point nearest to `at` from which the corner at `corner` is a right angle to the line from `before`, or from which a first
 * line runs due north, south, east or west. As seen on the screen, which is true to angles.
 */
export function atRightAngle(at: GridPoint, corner: GridPoint, before: GridPoint | null, { x, y }: Scale): GridPoint {
  const along: [number, number] = before ? [(corner[0] - before[0]) * x, (corner[1] - before[1]) * y] : [1, 0]
  const length = Math.hypot(...along)
  if (length === 0) return at
  const [ux, uy] = [along[0] / length, along[1] / length]
  const [vx, vy] = [(at[0] - corner[0]) * x, (at[1] - corner[1]) * y]
  const [ahead, aside] = [vx * ux + vy * uy, vy * ux - vx * uy]
  // Straight on or square to it, whichever is nearer.
  const [wx, wy] = Math.abs(ahead) > Math.abs(aside) ? [ux * ahead, uy * ahead] : [-uy * aside, ux * aside]
  return [Math.round(corner[0] + wx / x), Math.round(corner[1] + wy / y)]
}
