/** The half is for lengths just below a power of ten, whose logarithm is rounded up. */
const ROUND = [0.5, 1, 2, 5]

/** The longest round distance (1, 2, 5 × 10ⁿ metres) that is no wider than `room` CSS pixels, and its width there. */
export function scaleBar(metresPerPixel: number, room: number): { metres: number; width: number } | null {
  if (!(metresPerPixel > 0) || !(room > 0)) return null
  const most = metresPerPixel * room
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = Math.max(...ROUND.map((step) => step * power).filter((each) => each <= most))
  return { metres, width: metres / metresPerPixel }
}
