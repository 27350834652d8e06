/**
 * Open land as sites of its own: where nobody lives for a while, points in a lattice, so that a border may run between hamlets
 * where it is shortest and not only half-way between two houses. Their cells hold no household.
 */
import { area2, sideOfPolygon } from '../exact.ts'
import { bboxOf } from '../rings.ts'
import { Buckets } from './buckets.ts'
import type { LeafInput } from './redivision.ts'
import type { Scale } from './scale.ts'
import { grown, type Sites } from './sites.ts'

/** So many points would fill a unit without a building. */
const POINTS = 24
/** Metres between two points at least: closer ones would only cost time. */
const LEAST_M = 40
/** How near a building or another point may be, as a part of the distance between two points. */
const NEAR = 0.62

/** The sites with the open land of the units that are to be divided behind them. */
export function withOpenLand(sites: Sites, leaves: readonly LeafInput[], { east, north }: Scale): Sites {
  const x = [...sites.x]
  const y = [...sites.y]
  const near = new Buckets(x, y, sites.x.keys())
  for (const { unitKind, polygons } of leaves) {
    if (unitKind !== 'general') continue
    const area = polygons.flat().reduce((sum, ring) => sum + area2(ring), 0) * 0.5 * east * north
    const apart = Math.max(LEAST_M, Math.sqrt(area / POINTS))
    const [dx, dy] = [Math.round(apart / east), Math.round((apart * 0.866) / north)]
    const [minX, minY, maxX, maxY] = bboxOf(polygons)
    const closest = apart * NEAR
    const isNear = (px: number, py: number): boolean =>
      near.some([px, py, px, py], Math.ceil(closest / east), (site) => {
        const [ox, oy] = [(x[site]! - px) * east, (y[site]! - py) * north]
        return ox * ox + oy * oy < closest * closest
      })
    for (let row = Math.ceil(minY / dy); row * dy <= maxY; row++) {
      for (let column = Math.ceil(minX / dx); column * dx <= maxX; column++) {
        const [px, py] = [column * dx + (row % 2 === 0 ? 0 : dx >> 1), row * dy]
        if (isNear(px, py) || !polygons.some((rings) => sideOfPolygon(px, py, rings) > 0)) continue
        x.push(px)
        y.push(py)
        near.add(x.length - 1)
      }
    }
  }
  return grown(sites, x, y)
}
