/** Small maps without a map: polygons and lines as SVG paths in a plane that is true to shape over a village or a county. */
import type { Position } from 'geojson'

export interface Frame {
  /** SVG viewBox of what is drawn. */
  viewBox: string
  /** From [lng, lat] in degrees to the plane, y downwards. */
  project: (position: Position) => [x: number, y: number]
}

/** Edge of the plane: enough for a tenth of a pixel on paper. */
const SIZE = 1000

/** A plane that holds all the positions, the longitude shortened by the cosine of the middle latitude. Null without any. */
export function frameOf(positions: Iterable<Position>): Frame | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lng, lat] of positions) {
    west = Math.min(west, lng!)
    east = Math.max(east, lng!)
    south = Math.min(south, lat!)
    north = Math.max(north, lat!)
  }
  if (west > east) return null
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const scale = SIZE / Math.max((east - west) * shrink, north - south, 1e-7)
  const [width, height] = [(east - west) * shrink * scale, (north - south) * scale]
  return {
    viewBox: `0 0 ${width.toFixed(1)} ${height.toFixed(1)}`,
    project: ([lng, lat]) => [(lng! - west) * shrink * scale, (north - lat!) * scale],
  }
}

/** `d` of lines; corners that fall on the same tenth of a unit are written once. */
export function pathOf(lines: Iterable<readonly Position[]>, { project }: Frame, closed = false): string {
  let d = ''
  for (const line of lines) {
    let last = ''
    let open = false
    for (const position of line) {
      const [x, y] = project(position)
      const point = `${x.toFixed(1)} ${y.toFixed(1)}`
      if (point === last) continue
      d += (open ? 'L' : 'M') + point
      last = point
      open = true
    }
    if (closed && open) d += 'Z'
  }
  return d
}

/** All rings of a GeoJSON polygon or multipolygon; none for anything else. */
export function ringsOf(geometry: unknown): Position[][] {
  const { type, coordinates } = (geometry ?? {}) as { type?: string; coordinates?: unknown }
  if (type === 'Polygon') return coordinates as Position[][]
  if (type === 'MultiPolygon') return (coordinates as Position[][][]).flat()
  return []
}
