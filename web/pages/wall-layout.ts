/** Which picture a wall of this shape shows. Sizes in rem of the wall: 1/67.5 of its height. */
export type Layout = 'single' | 'double' | 'wide'

/** single: one column a side (16:9 and narrower); double: two (5760×2160, ultrawide); wide: two and a detail of the chosen red (3840×1080). */
export function layoutOf(width: number, height: number): Layout {
  const rem = height / 67.5
  if (width / rem >= 210) return 'wide'
  return width / rem >= 150 ? 'double' : 'single'
}
