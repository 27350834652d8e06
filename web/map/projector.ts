/** From the grid of 1e-7 degree to pixels of a map's container and back, for what is drawn above the canvas. Flat map, north up. */
import { type Map as MapLibre, MercatorCoordinate } from 'maplibre-gl'
import { GRID, toGrid } from '#model/crs.ts'
import { type GridPoint, type Scale, scaleAt } from '../edit/plane.ts'

const TILE_PX = 512

export interface Projector {
  toScreen(point: GridPoint): readonly [x: number, y: number]
  toGrid(x: number, y: number): GridPoint
  scale: Scale
}

/** The map's present view; take another one when it has moved. */
export function projectorOf(map: MapLibre): Projector {
  const { clientWidth: width, clientHeight: height } = map.getContainer()
  const centre = map.getCenter()
  const middle = MercatorCoordinate.fromLngLat(centre)
  const world = TILE_PX * 2 ** map.getZoom()
  return {
    toScreen: ([x, y]) => {
      const at = MercatorCoordinate.fromLngLat([x / GRID, y / GRID])
      return [(at.x - middle.x) * world + width / 2, (at.y - middle.y) * world + height / 2]
    },
    toGrid: (x, y) => {
      const at = new MercatorCoordinate(middle.x + (x - width / 2) / world, middle.y + (y - height / 2) / world).toLngLat()
      return toGrid([at.lng, at.lat]) as GridPoint
    },
    scale: scaleAt(map.getZoom(), centre.lat),
  }
}
