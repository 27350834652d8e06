/**
 * From a window of steps to what the map draws. Everything that a step of the brush does not change (the field, where its cells lie, the
 * scale) is worked out once; a step is one subtraction a cell, one addition, and for bands a smoothing.
 */
import type { CubeSums } from '#model/heat/window.ts'
import { bandsFor, countBands, quantile } from './bands.ts'
import { cellKm2, createScatter, type Field, fieldAround, reachOf, smooth } from './field.ts'
import type { HeatPicture } from './heat-layer.ts'

export interface Brush {
  look: HeatPicture['look']
  weighted: boolean
  /** Of the smoothing, metres. */
  sigma: number
  /** How many colours the ramp has. */
  colours: 6 | 7
}

/** Radii of the smoothing that a legend can say. */
const SIGMAS = [60, 80, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1200, 1500]
/** So many incidents should stand under the kernel of an average place: with fewer, every one is a hill of its own. */
const UNDER_KERNEL = 3.5
/** Below this share of the places with heat the top band has not begun. */
const HOT_SHARE = 0.985
/** The scale is made for a window fuller than so many of its length. */
const FULL_WINDOWS = 0.9
/** A cell's counts scatter more than a smooth field. */
const HOT_CELLS = 0.985
/** Windows that the scale of merged cells is chosen from. */
const MERGED_SAMPLES = 12

export class HeatPainter {
  readonly field: Field | null
  readonly brush: Brush
  private readonly sums: CubeSums
  private readonly scatter: (values: ArrayLike<number>, into: Float32Array) => void
  private readonly perKm2: Float32Array
  private readonly windowed: Uint32Array
  private readonly buffers: Float32Array[]
  private turn = 0
  private scale: { steps: number; bounds: number[] } | null = null

  constructor(sums: CubeSums, brush: Brush) {
    const { cube } = sums
    this.sums = sums
    this.brush = brush
    this.field = fieldAround(cube, brush.look === 'bands' ? reachOf(this.sigmaCells) : 0)
    const size = this.field ? this.field.columns * this.field.rows : 0
    this.scatter = this.field ? createScatter(cube, this.field) : () => {}
    this.perKm2 = Float32Array.from({ length: this.field?.rows ?? 0 }, (_row, row) => 1 / cellKm2(this.field!, row))
    this.windowed = new Uint32Array(cube.columns.length)
    // Two results by turns: the graphics card reads the last one when its frame comes.
    this.buffers = Array.from({ length: 4 }, () => new Float32Array(size))
  }

  /** The picture of the steps [from, to); null where no incident has a place. */
  paint(from: number, to: number): HeatPicture | null {
    if (!this.field) return null
    const bounds = this.boundsFor(to - from)
    this.turn = 1 - this.turn
    return {
      field: this.field,
      values: this.valuesOf(from, to, this.buffers[this.turn]!),
      bounds,
      look: this.brush.look,
      isMerged: this.isMerged,
    }
  }

  /** The fixed scale of windows of so many steps: the average of all time, brought to how many a full window of that length has. */
  boundsFor(steps: number): number[] {
    if (this.scale?.steps === steps) return this.scale.bounds
    const all = this.sums.cube.bounds.length - 1
    const values = this.field ? this.valuesOf(0, all, new Float32Array(this.field.columns * this.field.rows)) : new Float32Array()
    const share = this.fullWindow(steps) / Math.max(1, this.sums.total(0, all))
    const { look, colours } = this.brush
    const peak = quantile(values, look === 'bands' ? HOT_SHARE : HOT_CELLS) * share
    // A merged cell's number, spread over what it covers, is a fraction in each, and the year's average is flatter than any window.
    const bounds =
      look === 'bands' ? bandsFor(peak, colours) : this.isMerged ? bandsFor(this.mergedPeak(steps), colours) : countBands(peak, colours)
    this.scale = { steps, bounds }
    return bounds
  }

  private fullWindow(steps: number): number {
    const all = this.sums.perStep.length
    const totals: number[] = []
    for (let from = 0; from + steps <= all; from += Math.max(1, steps >> 1)) totals.push(this.sums.total(from, from + steps))
    return quantile(totals, FULL_WINDOWS) || this.sums.total(0, all)
  }

  private get isMerged(): boolean {
    return this.sums.cube.levels !== null
  }

  /** Of the fullest of some windows all over the range. */
  private mergedPeak(steps: number): number {
    if (!this.field) return 0
    const last = Math.max(0, this.sums.perStep.length - steps)
    const values = new Float32Array(this.field.columns * this.field.rows)
    const peaks = Array.from({ length: MERGED_SAMPLES }, (_sample, n) => {
      const from = Math.round((last * n) / (MERGED_SAMPLES - 1))
      return quantile(this.valuesOf(from, from + steps, values), HOT_CELLS)
    })
    return Math.max(...peaks)
  }

  private get sigmaCells(): number {
    return Math.max(0.7, this.brush.sigma / this.sums.cube.metres)
  }

  /** Per square kilometre for bands, per cell for cells. */
  private valuesOf(from: number, to: number, result: Float32Array): Float32Array {
    this.sums.window(from, to, this.brush.weighted ? 'weights' : 'counts', this.windowed)
    if (this.brush.look === 'cells') {
      this.scatter(this.windowed, result)
      return result
    }
    const [, , raw, between] = this.buffers as [Float32Array, Float32Array, Float32Array, Float32Array]
    this.scatter(this.windowed, raw)
    smooth(raw, result, between, this.field!, this.sigmaCells)
    const { columns, rows } = this.field!
    for (let row = 0, n = 0; row < rows; row++) {
      const factor = this.perKm2[row]!
      for (const end = n + columns; n < end; n++) result[n]! *= factor
    }
    return result
  }
}

/**
 * Radius of the smoothing in metres, for a whole picture of `incidents` on `km2` at `metresPerPixel`: as fine as the data bear, never
 * finer than the eye needs (a dozen pixels).
 */
export function sigmaFor(incidents: number, km2: number, metresPerPixel: number): number {
  const borne = incidents > 0 ? 1000 * Math.sqrt((UNDER_KERNEL * km2) / (2 * Math.PI * incidents)) : Infinity
  const wanted = Math.max(borne, metresPerPixel * 12)
  return SIGMAS.find((each) => each >= wanted * 0.9) ?? SIGMAS.at(-1)!
}
