/** What each tile holds, and from which zoom on. */
import { BUFFER, frameOf, MAX_ZOOM, type TileId } from '#model/frame.ts'
import type { Level } from '#model/level.ts'
import type { TileJson, TileName } from '#contract/tile.ts'
import type { Reader } from '../db/db.ts'
import {
  listBorderShapes,
  listCameraClusters,
  listCameraPoints,
  listIncidentPoints,
  listUnitLabels,
  listUnitShapes,
} from '../store/tiles.ts'
import { lines, points, polygons, type TileLayers } from './encode.ts'

const VILLAGES_FROM = 9
/** A county's grids are what its wall is about: they show from the zoom at which the county fills a screen. */
const GRIDS_FROM = 9
const MICROGRIDS_FROM = 14
/** Points are taken a unit beyond the buffer, since rounding may bring them in; encode.ts drops the rest. */
const POINT_REACH = BUFFER + 1
const SINGLE_CAMERAS_FROM = 13
const CLOSED_INCIDENTS_FROM = 14

const FIRST_ZOOM: Record<Level, number> = { county: 0, town: 0, village: VILLAGES_FROM, grid: GRIDS_FROM, microgrid: MICROGRIDS_FROM }

/** The levels that are drawn at this zoom. */
export const levelsAt = (zoom: number): Level[] => (Object.keys(FIRST_ZOOM) as Level[]).filter((level) => zoom >= FIRST_ZOOM[level])

type Read = (db: Reader, tile: TileId, prefix: string, at?: Date | null) => Promise<TileLayers>

const units: Read = async (db, tile, prefix, at = null) => {
  const frame = frameOf(tile, BUFFER)
  const levels = levelsAt(tile.z)
  return {
    units: polygons(await listUnitShapes(db, frame, levels, prefix, at)),
    borders: lines(await listBorderShapes(db, frame, levels, prefix, at)),
    labels: points(await listUnitLabels(db, frameOf(tile, POINT_REACH), levels, prefix, at)),
  }
}

const cameras: Read = async (db, tile, prefix) => ({
  cameras: points(
    tile.z < SINGLE_CAMERAS_FROM
      ? await listCameraClusters(db, frameOf(tile, 0), prefix)
      : await listCameraPoints(db, frameOf(tile, POINT_REACH), prefix),
  ),
})

const incidents: Read = async (db, tile, prefix) => {
  const frame = frameOf(tile, POINT_REACH)
  return { incidents: points(await listIncidentPoints(db, frame, tile.z < CLOSED_INCIDENTS_FROM ? 'open' : 'all', prefix)) }
}

/** Reads the layers of one tile, clipped to a code prefix; units as of an instant (null: now). */
export const READERS: Record<TileName, Read> = { units, cameras, incidents }

const layer = (id: string, fields: Record<string, string>) => ({ id, fields, minzoom: 0, maxzoom: MAX_ZOOM })

/** The layers as TileJSON describes them. */
export const VECTOR_LAYERS: Record<TileName, TileJson['vector_layers']> = {
  units: [
    layer('units', {
      code: 'unit code, unique: promote it to the feature’s id',
      level: `county and town always, village and grid from zoom ${GRIDS_FROM}, microgrid from zoom ${MICROGRIDS_FROM}`,
      name: 'name',
      unitKind: 'general, dedicated or riverside',
    }),
    layer('borders', {
      level: 'coarsest level that the line separates',
      left: 'code of the leaf on its left',
      right: 'code of the leaf on its right',
    }),
    layer('labels', { code: 'unit code', level: 'level', name: 'name', nameEn: 'English name, where there is one' }),
  ],
  cameras: [
    layer('cameras', {
      count: `below zoom ${SINGLE_CAMERAS_FROM}: cameras in this cluster`,
      offline: `below zoom ${SINGLE_CAMERAS_FROM}: how many of them are offline`,
      code: `from zoom ${SINGLE_CAMERAS_FROM}: the camera’s code`,
      name: 'its name',
      state: 'online or offline',
      heading: 'degrees clockwise from north, where it is known',
    }),
  ],
  incidents: [
    layer('incidents', {
      id: 'UUID',
      kind: 'four digits',
      severity: 'red, yellow or green',
      state: `open states only below zoom ${CLOSED_INCIDENTS_FROM}`,
      reportedAt: 'seconds since 1970-01-01 UTC',
      unitCode: 'leaf unit that holds it',
    }),
  ],
}
