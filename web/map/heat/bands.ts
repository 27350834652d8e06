/**
 * The fixed scale of a heat picture: lower bounds of its bands, chosen from the fullest window of a length and then left alone, so that a
 * colour means the same wherever the window stands. The last band is kept for the cores.
 */

/** Bands of the dark and of the light ramp; lower bounds of the classes 2…5 of a choropleth. */
export type BandCount = 7 | 6 | 4

/** How the bands grow, as multiples of the unit that the data choose: the shape of the look's own legend, 10 · 25 · 50 · 80 · 130 · 190 · 270. */
const SHAPE: Readonly<Record<BandCount, readonly number[]>> = {
  7: [1, 2.5, 5, 8, 13, 19, 27],
  6: [1, 3, 6, 10, 16, 24],
  4: [1, 2.5, 5, 10],
}
/** Units that people read at once, in each power of ten. */
const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]

/** The least round unit that is no smaller than `wanted`, but for a thousandth. */
function unitFrom(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return (ROUND.find((each) => each * power >= wanted * 0.999) ?? 10) * power
}
/** The round unit before a round one. */
function unitBelow(unit: number): number {
  const power = 10 ** Math.floor(Math.log10(unit * 0.999))
  return ROUND.findLast((each) => each * power < unit * 0.999)! * power
}

const scaleOf = (unit: number, count: BandCount): number[] => SHAPE[count].map((each) => roundTo(each * unit))

/** No band shall begin between two numbers of incidents. */
function wholeScaleOf(unit: number, count: BandCount): number[] {
  const bounds: number[] = []
  for (const bound of scaleOf(unit, count)) bounds.push(Math.max(Math.round(bound), (bounds.at(-1) ?? 0) + 1))
  return bounds
}

/**
 * @param peak the value at which the top band should begin
 * @param count of bands: colours of the ramp
 * Answers ascending lower bounds; below the first nothing is drawn. A peak of zero or less, or none: the scale of one.
 */
export function bandsFor(peak: number, count: BandCount): number[] {
  const top = Number.isFinite(peak) && peak > 0 ? peak : 1
  return scaleOf(unitFrom(top / SHAPE[count].at(-1)!), count)
}

/** The same in whole steps, for counts. */
export function countBands(peak: number, count: BandCount): number[] {
  return wholeScaleOf(unitFrom(Math.max(peak, 1) / SHAPE[count].at(-1)!), count)
}

/** Of the land with heat the top band has at least, and at most, so much; where a few places are all, it may have more rather than nothing. */
const HOT = { least: 0.015, most: 0.03, alone: 0.1 }

/**
 * The coarsest scale whose top band has 1.5 % of the places with heat (those that reach the lowest bound), unless that were more than 3 %:
 * then the one before. `values`: one a place of equal size, zeros included; `inSteps`: counts, whose bands begin at whole numbers, the
 * first at one, so that whatever was counted is seen.
 */
export function scaleFor(values: ArrayLike<number>, count: BandCount, inSteps: boolean): number[] {
  const above = aboveZero(values)
  const make = (unit: number) => (inSteps ? [1, ...wholeScaleOf(unit, count).slice(1)] : scaleOf(unit, count))
  // From one whose top band nothing reaches.
  let unit = unitFrom(((above.at(-1) ?? 1) * 1.05) / SHAPE[count].at(-1)!)
  let coarser = { scale: make(unit), share: 0 }
  while (above.length > 0 && !(inSteps && coarser.scale.at(-1) === count)) {
    unit = unitBelow(unit)
    const scale = make(unit)
    const share = atLeast(above, scale.at(-1)!) / atLeast(above, scale[0]!)
    if (share > (coarser.share > 0 ? HOT.most : HOT.alone)) break
    coarser = { scale, share }
    if (share >= HOT.least) break
  }
  return coarser.scale
}

/** 0 below the first bound, then 1…n. */
export function bandOf(value: number, bounds: readonly number[]): number {
  let band = 0
  while (band < bounds.length && value >= bounds[band]!) band++
  return band
}

/** The value below which `share` of the values that are above zero lie; 0 when none is. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const above = aboveZero(values)
  return above[Math.min(above.length - 1, Math.floor(above.length * share))] ?? 0
}

/** Two digits that count: 0.0375 → 0.038, 237 → 240. */
function roundTo(value: number): number {
  const power = 10 ** (Math.floor(Math.log10(value)) - 1)
  return Number((Math.round(value / power) * power).toPrecision(2))
}

const aboveZero = (values: ArrayLike<number>): Float64Array =>
  Float64Array.from(Array.prototype.filter.call(values, (each: number) => each > 0) as number[]).sort()

/** How many of the ascending values reach `bound`. */
function atLeast(sorted: Float64Array, bound: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < bound) low = middle + 1
    else high = middle
  }
  return sorted.length - low
}
