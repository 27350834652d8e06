/**
 * The fixed scale of a heat picture: lower bounds of its bands, chosen from the whole range for a window's length and then left alone,
 * so that a colour means the same wherever the window stands.
 */

/** Bands of the dark and of the light ramp; lower bounds of the classes 2…5 of a choropleth. */
export type BandCount = 7 | 6 | 4

/** How the bands grow, as multiples of the unit that the data choose: the shape of the look's own legend, 10 · 25 · 50 · 80 · 130 · 190 · 270. */
const SHAPE: Readonly<Record<BandCount, readonly number[]>> = {
  7: [1, 2.5, 5, 8, 13, 19, 27],
  6: [1, 3, 6, 10, 16, 24],
  4: [1, 2.5, 5, 10],
}
/** Units that people read at once. */
const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/**
 * @param peak the value at which the top band should begin
 * @param count of bands: colours of the ramp
 * Answers ascending lower bounds; below the first nothing is drawn. A peak of zero or less, or none: the scale of one.
 */
export function bandsFor(peak: number, count: BandCount): number[] {
  const shape = SHAPE[count]
  const wanted = Number.isFinite(peak) && peak > 0 ? peak / shape.at(-1)! : 1 / shape.at(-1)!
  const power = 10 ** Math.floor(Math.log10(wanted))
  const unit = ROUND.find((each) => each * power >= wanted * 0.999)! * power
  return shape.map((each) => roundTo(each * unit))
}

/** Whole steps for counts: no band shall begin between two numbers of incidents. */
export function countBands(peak: number, count: BandCount): number[] {
  const bounds: number[] = []
  for (const bound of bandsFor(Math.max(peak, 1), count)) bounds.push(Math.max(Math.round(bound), (bounds.at(-1) ?? 0) + 1))
  return bounds
}

/** 0 below the first bound, then 1…n. */
export function bandOf(value: number, bounds: readonly number[]): number {
  let band = 0
  while (band < bounds.length && value >= bounds[band]!) band++
  return band
}

/** The value below which `share` of the values that are above zero lie; 0 when none is. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const above = Float64Array.from(Array.prototype.filter.call(values, (each: number) => each > 0) as number[]).sort()
  return above[Math.min(above.length - 1, Math.floor(above.length * share))] ?? 0
}

/** Two digits that count: 0.0375 → 0.038, 237 → 240. */
function roundTo(value: number): number {
  const power = 10 ** (Math.floor(Math.log10(value)) - 1)
  return Number((Math.round(value / power) * power).toPrecision(2))
}
