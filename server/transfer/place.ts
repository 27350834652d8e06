/** Where a row lies: from the file's geometry and datum to WGS 84 on the grid; and the doubt whether the datum was the right one. */
import type { Geometry, MultiPolygon, Polygon, Position } from 'geojson'
import { Problem } from '#contract/problem.ts'
import type { ImportNote } from '#contract/transfer.ts'
import { coordinateFault, type Datum, DATUMS, fromWgs84, type LngLat, snap, toWgs84 } from '#model/crs.ts'
import type { Locate } from '#model/locate.ts'

/** What was said, otherwise what the file states. Throws `datum-needed` rather than guess. */
export function datumFor(said: Datum | undefined, stated: Datum | null): Datum {
  const datum = said ?? stated
  if (datum) return datum
  throw new Problem(
    'datum-needed',
    `The file does not say in which datum its coordinates are. Say it: ${DATUMS.join(', ')}; or its coordinate system (crs), such as EPSG:4549.`,
  )
}

/** [lng, lat] of a point, or why there is none; null for a row without a place. */
export function locationOf(geometry: Geometry | null, datum: Datum): LngLat | null | { fault: string } {
  if (!geometry) return null
  if (geometry.type !== 'Point') return { fault: `its place is a ${geometry.type}, not a point` }
  const [lng, lat] = geometry.coordinates ?? []
  const fault = coordinateFault(lng, lat)
  return fault ? { fault } : snap(toWgs84([lng!, lat!], datum))
}

/** A polygon in WGS 84; coordinates that are none stay as they are, for the check of its rings to find. */
export function polygonOf(geometry: Geometry | null, datum: Datum): Polygon | MultiPolygon | { fault: string } {
  if (!geometry) return { fault: 'has no polygon' }
  if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') return { fault: `is a ${geometry.type}, not a polygon` }
  if (datum === 'wgs84' || datum === 'cgcs2000') return geometry
  return { ...geometry, coordinates: shift(geometry.coordinates as Nested, datum) } as Polygon | MultiPolygon
}

type Nested = Position | Nested[]

function shift(nested: Nested, datum: Datum): Nested {
  if (!Array.isArray(nested)) return nested
  if (typeof nested[0] !== 'number') return (nested as Nested[]).map((each) => shift(each, datum))
  const [lng, lat] = nested as Position
  return coordinateFault(lng, lat) ? (nested as Position) : toWgs84([lng!, lat!], datum)
}

const SAMPLE = 5_000
const FEW = 5
const FIRM = 4

/** Collects places, and tells whether another datum would put far more of them into the existing units. */
export class DatumDoubt {
  readonly #datum: Datum
  readonly #places: LngLat[] = []

  constructor(datum: Datum) {
    this.#datum = datum
  }

  /** [lng, lat] in WGS 84, as the datum that was used gave it. */
  see(place: LngLat): void {
    if (this.#places.length < SAMPLE) this.#places.push(place)
  }

  /** A warning when at least five places, and one in a hundred, lie outside, and another datum leaves a quarter of them or fewer. */
  warning(locate: Locate): ImportNote | null {
    const outside = (places: LngLat[]) => places.filter((place) => locate(place) === null).length
    const before = outside(this.#places)
    if (before < FEW || before * 100 < this.#places.length) return null
    let best: { datum: Datum; count: number } | null = null
    for (const datum of DATUMS) {
      if (datum === this.#datum || datum === 'cgcs2000' || (this.#datum === 'cgcs2000' && datum === 'wgs84')) continue
      const count = outside(this.#places.map((place) => toWgs84(fromWgs84(place, this.#datum), datum)))
      if (count * FIRM <= before && (!best || count < best.count)) best = { datum, count }
    }
    if (!best) return null
    const message = `${before} of ${this.#places.length} places lie in no unit; read as ${best.datum} it would be ${best.count}. Is ${this.#datum} the right datum?`
    return { row: null, code: 'datum-doubtful', weight: 'warning', message }
  }
}
