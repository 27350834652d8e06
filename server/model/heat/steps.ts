/** Steps of time by their bounds, in seconds since 1970: step n is [bounds[n], bounds[n + 1]). */
import { HOUR } from './month-tables.ts'

/** The step that holds an instant of [bounds[0], bounds.at(-1)). */
export function stepOf(bounds: Float64Array, seconds: number): number {
  let [low, high] = [0, bounds.length - 2]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (bounds[middle]! <= seconds) low = middle
    else high = middle - 1
  }
  return low
}

/** Steps of a month's own seconds: a table by hours, then at most a few steps on. */
export function stepFinder({ start, end }: { start: number; end: number }, bounds: Float64Array): (time: number) => number {
  const table = new Uint32Array((end - start) / HOUR)
  for (let hour = 0; hour < table.length; hour++) table[hour] = stepOf(bounds, start + hour * HOUR)
  return (time) => {
    let step = table[Math.floor(time / HOUR)]!
    while (step < bounds.length - 2 && bounds[step + 1]! <= start + time) step++
    return step
  }
}
