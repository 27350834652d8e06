/** The workbench's whole style: its sources, all filled from state, and its layers in their places. */
import type { GeoJSONSourceSpecification, StyleSpecification } from 'maplibre-gl'
import { editBorderLayers } from './layers/edit-borders.ts'
import { editGroundLayers } from './layers/edit-ground.ts'
import { editLabelLayers } from './layers/edit-labels.ts'
import { editUnitLayers } from './layers/edit-units.ts'
import type { EditPalette } from './palette.ts'
import { inOrder, type WallLayer } from './zorder.ts'

export interface EditDrawing {
  palette: EditPalette
}

export const EDIT_SOURCES = ['land', 'neighbours', 'edit-lines', 'edit-units', 'edit-arcs', 'edit-labels'] as const
export type EditSourceId = (typeof EDIT_SOURCES)[number]

/** Lines are simplified by less than a fifth of a pixel: a vertex must stand where its handle is. */
const TOLERANCE = 0.15

const source = (tolerance?: number): GeoJSONSourceSpecification => ({
  type: 'geojson',
  data: { type: 'FeatureCollection', features: [] },
  promoteId: 'id',
  ...(tolerance === undefined ? {} : { tolerance }),
})

export const editLayersOf = (drawing: EditDrawing): WallLayer[] =>
  inOrder([...editGroundLayers(drawing), ...editUnitLayers(drawing), ...editBorderLayers(drawing), ...editLabelLayers(drawing)])

export const editStyleOf = (drawing: EditDrawing): StyleSpecification => ({
  version: 8,
  sources: {
    land: source(),
    neighbours: source(),
    'edit-lines': source(),
    'edit-units': source(TOLERANCE),
    'edit-arcs': source(TOLERANCE),
    'edit-labels': source(),
  } satisfies Record<EditSourceId, GeoJSONSourceSpecification>,
  layers: editLayersOf(drawing),
  transition: { duration: 0, delay: 0 },
})
