/**
 * Which unit holds a point: exact on the integer grid. A point on a shared border belongs to the lower code, so that
 * it belongs to one, and always to the same. SQL says it so: `where ST_Covers(geom, point) order by code limit 1`.
 */
import Flatbush from 'flatbush'
import { toGrid } from './crs.ts'
import { bboxOf, type GridPolygons } from './rings.ts'
import { sideIndex, type SideOf } from './side-index.ts'

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
  // Made where somebody asks: many locators answer for a few places only.
  const sides: SideOf[] = []
  const sideIn = (id: number): SideOf => (sides[id] ??= sideIndex(parts[id]!.rings))
  return (lngLat) => {
    const [x, y] = toGrid(lngLat)
    let found = parts.length
    // Ids follow the codes: the lowest id that holds the point is the answer.
    index.search(x, y, x, y, (id) => {
      if (id < found && sideIn(id)(x, y) >= 0) found = id
      return false
    })
    return parts[found]?.code ?? null
  }
}
