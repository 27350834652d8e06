/** Rows of a tile → Mapbox vector tile, version 2 of the specification, uncompressed. */
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import type { PointRow, ShapeRow } from '../store/tiles.ts'
import { BUFFER, EXTENT } from '#model/frame.ts'
import { linesOf, type Ring, ringsOf } from './wkb.ts'

interface TileFeature {
  type: 1 | 2 | 3
  /** A point layer's feature holds one position, the others lines or rings. */
  geometry: Ring | Ring[]
  tags: Record<string, string | number | null>
}
export type TileLayers = Record<string, TileFeature[]>

export const polygons = (rows: readonly ShapeRow[]): TileFeature[] =>
  rows.map(({ wkb, properties }) => ({ type: 3 as const, geometry: ringsOf(wkb), tags: properties })).filter(isDrawn)

export const lines = (rows: readonly ShapeRow[]): TileFeature[] =>
  rows.map(({ wkb, properties }) => ({ type: 2 as const, geometry: linesOf(wkb), tags: properties })).filter(isDrawn)

export const points = (rows: readonly PointRow[]): TileFeature[] =>
  rows.filter(isNear).map(({ x, y, properties }) => ({ type: 1, geometry: [[x, y]], tags: properties }))

/** Layers without features are left out; a tile without layers is empty, no bytes. */
export function encode(layers: TileLayers): Buffer {
  const drawn = Object.entries(layers).filter(([, features]) => features.length > 0)
  const tile = Object.fromEntries(drawn.map(([name, features]) => [name, { features }]))
  const bytes = fromGeojsonVt(tile as unknown as Parameters<typeof fromGeojsonVt>[0], { version: 2, extent: EXTENT })
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const isDrawn = ({ geometry }: { geometry: unknown[] }): boolean => geometry.length > 0

/** An index compares boxes in single precision, which lets in points up to a metre outside. */
const isNear = ({ x, y }: PointRow): boolean => [x, y].every((unit) => unit >= -BUFFER && unit <= EXTENT + BUFFER)
