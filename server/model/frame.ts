/**
 * Where a tile lies: x grows to the east, y to the south, from the north-west corner of the Web Mercator square (EPSG:3857).
 * Tile units run from 0 to EXTENT inside the tile; BUFFER units around it are drawn too, so that lines and circles meet at its rim.
 */
export const EXTENT = 4096
export const BUFFER = 64
export const MAX_ZOOM = 16

/** Half the side of the Web Mercator square, in metres. */
const HALF = 20_037_508.342789244

export interface TileId {
  z: number
  x: number
  y: number
}

/** What SQL needs to cut and place geometries: degrees of the box, and metres → tile units. */
export interface Frame {
  /** [west, south, east, north] in degrees, with the buffer asked for. */
  box: [number, number, number, number]
  /** Tile units in one metre: u = metres east · scale + xOffset, v = yOffset − metres north · scale. */
  scale: number
  xOffset: number
  yOffset: number
}

/** True for whole numbers inside the pyramid that is served. */
export const isTile = ({ z, x, y }: TileId): boolean =>
  Number.isInteger(z) && z >= 0 && z <= MAX_ZOOM && [x, y].every((n) => Number.isInteger(n) && n >= 0 && n < 2 ** z)

/** The frame of a tile with `buffer` tile units around it. */
export function frameOf({ z, x, y }: TileId, buffer: number): Frame {
  const side = (2 * HALF) / 2 ** z
  const scale = EXTENT / side
  const margin = buffer / scale
  const west = x * side - HALF
  const north = HALF - y * side
  return {
    box: [lngAt(west - margin), latAt(north - side - margin), lngAt(west + side + margin), latAt(north + margin)],
    scale,
    xOffset: -west * scale,
    yOffset: north * scale,
  }
}

const lngAt = (metres: number): number => (metres / HALF) * 180
const latAt = (metres: number): number => (Math.atan(Math.sinh((metres / HALF) * Math.PI)) * 180) / Math.PI
