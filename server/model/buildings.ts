/** The buildings of a county as compact columns with a spatial index: made once, never changed. A building is its place in them. */
import Flatbush from 'flatbush'
import type { GridBox } from './coverage.ts'
import { type LngLat, toGrid } from './crs.ts'
import type { FlatRing } from './exact.ts'

export interface BuildingColumns {
  /** On the grid of 1e-7 degree. */
  x: Int32Array
  y: Int32Array
  households: Uint16Array
  residents: Uint16Array
  /** Outer rings where they are known, one behind the other, not closed. */
  footprints?: {
    points: Int32Array
    /** Length + 1 places in `points`; from one to the next lies a building's ring. */ offsets: Int32Array
  }
}

/** One building as files and tables have it; `footprint` is an outer ring in degrees, closed or not. */
export interface BuildingRow {
  location: LngLat
  households: number
  residents: number
  footprint?: readonly LngLat[] | null
}

export class Buildings {
  readonly columns: Readonly<BuildingColumns>
  private readonly index: Flatbush | null

  /** Throws a RangeError when the columns' lengths differ. */
  constructor(columns: BuildingColumns) {
    const { x, y, households, residents, footprints } = columns
    const lengths = [y.length, households.length, residents.length, footprints ? footprints.offsets.length - 1 : x.length]
    if (lengths.some((length) => length !== x.length)) throw new RangeError(`columns of ${[x.length, ...lengths].join(', ')} buildings`)
    this.columns = columns
    this.index = this.buildIndex()
  }

  get length(): number {
    return this.columns.x.length
  }

  /** Buildings whose point or footprint meets the box (its border included), in no order. */
  within([minX, minY, maxX, maxY]: GridBox): number[] {
    return this.index?.search(minX, minY, maxX, maxY) ?? []
  }

  /** The building's outer ring, or null where only its point is known. */
  footprintOf(building: number): FlatRing | null {
    const { footprints } = this.columns
    if (!footprints) return null
    const [from, to] = [footprints.offsets[building]!, footprints.offsets[building + 1]!]
    return from === to ? null : footprints.points.subarray(from, to)
  }

  private buildIndex(): Flatbush | null {
    const { x, y } = this.columns
    if (x.length === 0) return null
    const index = new Flatbush(x.length, 16, Int32Array)
    for (let i = 0; i < x.length; i++) {
      let [minX, minY, maxX, maxY] = [x[i]!, y[i]!, x[i]!, y[i]!]
      const ring = this.footprintOf(i) ?? []
      for (let k = 0; k < ring.length; k += 2) {
        minX = Math.min(minX, ring[k]!)
        maxX = Math.max(maxX, ring[k]!)
        minY = Math.min(minY, ring[k + 1]!)
        maxY = Math.max(maxY, ring[k + 1]!)
      }
      index.add(minX, minY, maxX, maxY)
    }
    index.finish()
    return index
  }
}

const MOST = 65_535

/** Columns of rows. Throws a RangeError on a count that is no whole number from 0 to 65,535. */
export function buildingsOf(rows: readonly BuildingRow[]): Buildings {
  const columns = {
    x: new Int32Array(rows.length),
    y: new Int32Array(rows.length),
    households: new Uint16Array(rows.length),
    residents: new Uint16Array(rows.length),
  }
  const points: number[] = []
  const offsets = new Int32Array(rows.length + 1)
  for (const [i, { location, households, residents, footprint }] of rows.entries()) {
    for (const count of [households, residents])
      if (!Number.isInteger(count) || count < 0 || count > MOST) throw new RangeError(`building ${i} cannot hold ${count}`)
    ;[columns.x[i], columns.y[i]] = toGrid(location)
    columns.households[i] = households
    columns.residents[i] = residents
    const from = points.length
    for (const position of footprint ?? []) points.push(...toGrid(position))
    const isClosed = points.length - from > 2 && points[from] === points.at(-2) && points[from + 1] === points.at(-1)
    if (isClosed) points.length -= 2
    offsets[i + 1] = points.length
  }
  return new Buildings(points.length > 0 ? { ...columns, footprints: { points: Int32Array.from(points), offsets } } : columns)
}
