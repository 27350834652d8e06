/**
 * From a window of steps to what the map draws. Everything that a step of the brush does not change (the field, where its cells lie, the
 * scale) is worked out once; a step is one subtraction a cell, one addition, and for bands a smoothing.
 */
import type { CubeSums } from '#model/heat/window.ts'
import { scaleFor } from './bands.ts'
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
/** The window [from, to) of so many steps that holds most, the earliest of equal ones. */
export function fullestWindow(sums: CubeSums, steps: number): readonly [from: number, to: number] {
  const last = Math.max(0, sums.perStep.length - steps)
  let best = 0
  for (let from = 1; from <= last; from++) if (sums.total(from, from + steps) > sums.total(best, best + steps)) best = from
  return [best, best + steps]
}

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

  /** The fixed scale of windows of so many steps: that of the fullest one. */
  boundsFor(steps: number): number[] {
    if (this.scale?.steps === steps) return this.scale.bounds
    const { look, colours } = this.brush
    const values = this.field
      ? this.valuesOf(...fullestWindow(this.sums, steps), new Float32Array(this.field.columns * this.field.rows))
      : []
    // A merged cell's number, spread over what it covers, is a fraction in each.
    const bounds = scaleFor(values, colours, look === 'cells' && !this.isMerged)
    this.scale = { steps, bounds }
    return bounds
  }

  private get isMerged(): boolean {
    return this.sums.cube.levels !== null
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
