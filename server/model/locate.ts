/**
 * Which unit holds a point: exact on the integer grid. A point on a shared border belongs to the lower code, so that
 * it belongs to one, and always to the same. SQL says it so: `where ST_Covers(geom, point) order by code limit 1`.
 */
import Flatbush from 'flatbush'
import { toGrid } from './crs.ts'
import { sideOfPolygon } from './exact.ts'
import { bboxOf, type GridPolygons } from './rings.ts'

/** Code of the unit that holds [lng, lat], or null. */
export type Locate = (lngLat: readonly number[]) => string | null

/** Builds the index over units that do not overlap. */
export function locator(units: Iterable<{ code: string; polygons: GridPolygons }>): Locate {
  const sorted = [...units].filter((unit) => unit.polygons.length > 0).sort((a, b) => (a.code < b.code ? -1 : 1))
  const parts = sorted.flatMap(({ code, polygons }) => polygons.map((rings) => ({ code, rings })))
  if (parts.length === 0) return () => null
  const index = new Flatbush(parts.length)
  for (const { rings } of parts) index.add(...bboxOf([rings]))
  index.finish()
  return (lngLat) => {
    const [x, y] = toGrid(lngLat)
    let found = parts.length
    // Ids follow the codes: the lowest id that holds the point is the answer.
    index.search(x, y, x, y, (id) => {
      if (id < found && sideOfPolygon(x, y, parts[id]!.rings) >= 0) found = id
      return false
    })
    return parts[found]?.code ?? null
  }
}
