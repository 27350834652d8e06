/** Lines of the overlay, in CSS pixels: from a marker to its card, and from the locator frame to the detail map. */
export interface Xy {
  x: number
  y: number
}

/**
 * From the rim of a marker to the card: at 45° until the card's height, then level. `gap`: radius of the marker.
 * Where the card is too near for 45° the line is straight. Points of a polyline; empty when the card lies on the marker.
 */
export function leaderLine(from: Xy, to: Xy, gap: number): Xy[] {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const run = Math.min(Math.abs(dx), Math.abs(dy)) * Math.sign(dx)
  const bend = { x: from.x + run, y: to.y }
  const first = Math.abs(dx) >= Math.abs(dy) ? bend : to
  const length = Math.hypot(first.x - from.x, first.y - from.y)
  const level = length === 0
  const target = level ? to : first
  const reach = level ? Math.abs(dx) : length
  if (reach <= gap) return []
  const start = { x: from.x + ((target.x - from.x) * gap) / reach, y: from.y + ((target.y - from.y) * gap) / reach }
  return target === to ? [start, to] : [start, bend, to]
}

export const polyline = (points: readonly Xy[]): string => points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
