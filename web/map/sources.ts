/** Every source of the map. Tiles carry the version of their noun in the address, so that a cache never answers with old ones. */
import type { GeoJSONSourceSpecification, SourceSpecification, VectorSourceSpecification } from 'maplibre-gl'
import { addressOf } from '../api/client.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { TileName } from '#contract/tile.ts'
import type { Drawing } from './canvas.ts'

export interface Versions {
  unit: number
  /** Null where the reader may have none: nothing is drawn of the source then, and MapLibre asks for none of its tiles. */
  camera: number | null
}

/** Tiles are made up to here; further in they are stretched. */
const MAX_TILE_ZOOM = 14
/** Camera clusters are cells of 64 pixels of their own tile: tiles of zoom 9 stretched over a county make some twenty of them. */
const FAR_CAMERA_ZOOM = 9
const CLUSTER_RADIUS = 60
const CLUSTER_MAX_ZOOM = 12

/** Address template of a tile set; maplibre needs it absolute. `at`: units as of this instant (RFC 3339). */
export function tileAddress(origin: string, name: TileName, version: number, at: string | null = null): string {
  const template = addressOf(endpoints.tile, { params: { name, z: 0, x: 0, y: 0 } }).replace('/0/0/0.', '/{z}/{x}/{y}.')
  return `${origin}${template}?v=${version}${at === null ? '' : `&at=${encodeURIComponent(at)}`}`
}

const tiles = (origin: string, name: TileName, version: number, maxzoom: number): VectorSourceSpecification => ({
  type: 'vector',
  tiles: [tileAddress(origin, name, version)],
  minzoom: 0,
  maxzoom,
})

const points = (more: Partial<GeoJSONSourceSpecification> = {}): GeoJSONSourceSpecification => ({
  type: 'geojson',
  data: { type: 'FeatureCollection', features: [] },
  promoteId: 'id',
  ...more,
})

export const SOURCE_IDS = [
  'units',
  'cameras',
  'cameras-far',
  'land',
  'neighbours',
  'labels',
  'scenery',
  'reds',
  'yellows',
  'greens',
  'near',
] as const
export type SourceId = (typeof SOURCE_IDS)[number]

/** All sources, empty where state fills them. `origin`: of this server, `https://host[:port]`. */
export function sourcesOf({ scale }: Drawing, origin: string, versions: Versions): Record<SourceId, SourceSpecification> {
  const outward = Math.round(Math.log2(scale))
  return {
    units: { ...tiles(origin, 'units', versions.unit, MAX_TILE_ZOOM), promoteId: { units: 'code' } },
    cameras: tiles(origin, 'cameras', versions.camera ?? 0, MAX_TILE_ZOOM),
    'cameras-far': tiles(origin, 'cameras', versions.camera ?? 0, FAR_CAMERA_ZOOM + outward),
    land: points(),
    neighbours: points(),
    labels: points(),
    scenery: points(),
    reds: points(),
    // Clusters only here: a red stands alone, always, and green is a dot from afar.
    yellows: points({
      cluster: true,
      clusterRadius: CLUSTER_RADIUS * scale,
      clusterMaxZoom: CLUSTER_MAX_ZOOM + outward,
      clusterProperties: { waiting: ['+', ['case', ['get', 'waiting'], 1, 0]] },
    }),
    greens: points(),
    near: points(),
  }
}
