/** Where a tip stands beside a point of the screen: near it, inside of the picture, and over nothing that one looks at just then. */

/** Pixels of the picture, y downwards. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}
export type Place = readonly [left: number, top: number]

/** From the point to the tip's nearest edge, px: the nearest that is free is taken. */
const GAPS = [20, 52, 96, 144]
/** Sides of the point, the best first: right above, left above, right below … */
const SIDES = [[1, -1], [-1, -1], [1, 1], [-1, 1], [0, -1], [0, 1]] as const // prettier-ignore

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top))

const boxAt = ([left, top]: Place, [width, height]: readonly [number, number]): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
})

/**
 * Top left corner of a tip of a size beside `point`, within `bounds`. `taken`: what it must not cover; where that cannot be, what it
 * covers least of. `last`: the offset from the point at which it stood before; it keeps that as long as it may, so that it does not jump
 * about under a moving hand.
 */
export function placeTip(
  point: readonly [x: number, y: number],
  size: readonly [width: number, height: number],
  taken: readonly Box[],
  bounds: Box,
  last: Place | null = null,
): Place {
  const [width, height] = size
  const beside = GAPS.flatMap((gap) =>
    SIDES.map(([dx, dy]): Place => {
      const x = dx > 0 ? gap : dx < 0 ? -gap - width : -width / 2
      return [x, dy > 0 ? gap : -gap - height]
    }),
  )
  let best: { at: Place; cost: number } | null = null
  for (const [dx, dy] of last ? [last, ...beside] : beside) {
    const at: Place = [point[0] + dx, point[1] + dy]
    const box = boxAt(at, size)
    const outside = width * height - overlap(box, bounds)
    const cost = outside + taken.reduce((sum, each) => sum + overlap(box, each), 0)
    if (!best || cost < best.cost) best = { at, cost }
    if (cost === 0) break
  }
  return best!.at
}
