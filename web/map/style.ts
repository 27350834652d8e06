/** The whole style: sources, and every layer in its place. No `glyphs`: maplibre then draws all text from the fonts at hand. */
import type { StyleSpecification } from 'maplibre-gl'
import type { Drawing } from './canvas.ts'
import { attentionLayers } from './layers/attention.ts'
import { borderLayers } from './layers/borders.ts'
import { cameraLayers } from './layers/cameras.ts'
import { incidentLayers } from './layers/incidents.ts'
import { labelLayers } from './layers/labels.ts'
import { landLayers } from './layers/land.ts'
import { selectionLayers } from './layers/selection.ts'
import { unitLayers } from './layers/units.ts'
import { sourcesOf, type Versions } from './sources.ts'
import { inOrder, type WallLayer } from './zorder.ts'

export const layersOf = (drawing: Drawing, hasCameras = true): WallLayer[] =>
  inOrder([
    ...landLayers(drawing),
    ...unitLayers(drawing),
    ...borderLayers(drawing),
    ...labelLayers(drawing),
    ...(hasCameras ? cameraLayers(drawing) : []),
    ...incidentLayers(drawing),
    ...selectionLayers(drawing),
    ...attentionLayers(drawing),
  ])

export const styleOf = (drawing: Drawing, origin: string, versions: Versions): StyleSpecification => ({
  version: 8,
  sources: sourcesOf(drawing, origin, versions),
  layers: layersOf(drawing, versions.camera !== null),
  transition: { duration: 0, delay: 0 },
})
