/** What is chosen: the outline of the unit, and the leaf of the focused incident tinted in its colour. */
import type { FilterSpecification, Map } from 'maplibre-gl'
import type { Severity } from '#model/incident.ts'
import { byZoom, type Drawing } from '../canvas.ts'
import { type Palette, severityColour } from '../palette.ts'
import type { WallLayer } from '../zorder.ts'

const NOTHING: FilterSpecification = ['literal', false]
const units = { source: 'units', 'source-layer': 'units', filter: NOTHING } as const

export function selectionLayers(drawing: Drawing): WallLayer[] {
  const { palette } = drawing
  return [
    { id: 'focus-tint', type: 'fill', ...units, paint: { 'fill-color': palette.red, 'fill-opacity': 0.14 } },
    {
      id: 'focus-line',
      type: 'line',
      ...units,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.text1, 'line-width': byZoom(drawing, [9, 1.6], [12, 2.4]) },
    },
  ]
}

/** `unit`: code to outline, or null; `leaf`: of the focused incident, with its severity, or null. */
export function showSelection(map: Map, palette: Palette, unit: string | null, leaf: { code: string; severity: Severity } | null): void {
  const codes = [unit, leaf?.code].filter((code) => code != null)
  map.setFilter('focus-line', codes.length > 0 ? ['in', ['get', 'code'], ['literal', codes]] : NOTHING)
  map.setFilter('focus-tint', leaf ? ['==', ['get', 'code'], leaf.code] : NOTHING)
  if (leaf) map.setPaintProperty('focus-tint', 'fill-color', severityColour(palette, leaf.severity))
}
