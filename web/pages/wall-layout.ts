/** Which picture a wall of this shape shows. Sizes in rem of the wall: 1/67.5 of its height (see styles/wall.css), never under 10 px. */
export type Layout = 'single' | 'double' | 'wide'

/** CSS pixels of one rem on a wall of this height. */
export const remOf = (height: number): number => Math.max(height / 67.5, 10)

/** single: one column a side (16:9 and narrower); double: two (5760×2160, ultrawide); wide: two and a detail of the chosen red (3840×1080). */
export function layoutOf(width: number, height: number): Layout {
  const rems = width / remOf(height)
  if (rems >= 210) return 'wide'
  return rems >= 150 ? 'double' : 'single'
}
