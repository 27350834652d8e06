/** Windows of a heat cube: prefix sums once, then a subtraction a cell for each window, however many incidents there were. */
import type { Cube } from './cube.ts'

/** Which of an entry's numbers is summed. */
export type Measure = 'counts' | 'weights'

export interface CubeSums {
  readonly cube: Cube
  /** Incidents of each step over all cells: the histogram under a time brush. */
  readonly perStep: Uint32Array
  /**
   * Sum of each cell over the steps [from, to); what lies beyond the cube is empty. `weights` of a cube without them are its counts.
   * Writes into `out` (as many as there are cells) when it is given, and returns it.
   */
  window(from: number, to: number, measure?: Measure, out?: Uint32Array): Uint32Array
  /** Sum of all cells over the steps [from, to). */
  total(from: number, to: number): number
}

/** The step that holds an instant (seconds since 1970): 0 before the first, the number of steps after the last. */
export function stepAt({ bounds }: Pick<Cube, 'bounds'>, seconds: number): number {
  let [low, high] = [0, bounds.length - 1]
  if (seconds < bounds[0]!) return 0
  while (low < high) {
    const middle = (low + high) >> 1
    if (bounds[middle + 1]! <= seconds) low = middle + 1
    else high = middle
  }
  return low
}

/** Sums each cell's entries up, inclusive. */
const cumulate = ({ starts }: Cube, values: Uint32Array): Uint32Array => {
  const sums = Uint32Array.from(values)
  for (let c = 0; c + 1 < starts.length; c++) for (let e = starts[c]! + 1; e < starts[c + 1]!; e++) sums[e]! += sums[e - 1]!
  return sums
}

/** Prepares a cube for windows. */
export function createSums(cube: Cube): CubeSums {
  const { starts, steps, counts, weights } = cube
  const countSums = cumulate(cube, counts)
  const weightSums = weights ? cumulate(cube, weights) : countSums
  const perStep = new Uint32Array(cube.bounds.length - 1)
  for (let e = 0; e < steps.length; e++) perStep[steps[e]!]! += counts[e]!
  const totals = new Float64Array(perStep.length + 1)
  for (let s = 0; s < perStep.length; s++) totals[s + 1] = totals[s]! + perStep[s]!

  /** First entry of [low, high) whose step is at least `step`. */
  const firstFrom = (low: number, high: number, step: number): number => {
    while (low < high) {
      const middle = (low + high) >>> 1
      if (steps[middle]! < step) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    cube,
    perStep,
    window(from, to, measure = 'counts', out = new Uint32Array(starts.length - 1)) {
      const sums = measure === 'counts' ? countSums : weightSums
      for (let c = 0; c < out.length; c++) {
        const [start, end] = [starts[c]!, starts[c + 1]!]
        const low = firstFrom(start, end, from)
        const high = firstFrom(low, end, to)
        out[c] = low >= high ? 0 : sums[high - 1]! - (low > start ? sums[low - 1]! : 0)
      }
      return out
    },
    total(from, to) {
      const [low, high] = [Math.max(0, Math.min(from, perStep.length)), Math.max(0, Math.min(to, perStep.length))]
      return low < high ? totals[high]! - totals[low]! : 0
    },
  }
}
