/**
 * Shared lines, each drawn once by the coarsest level it separates. From afar inner lines are dark gaps between the fills; from zoom 12 on
 * they are light strokes. Widths and colours: the table of the look.
 */
import { byZoom, type Drawing, stepAt, zoom } from '../canvas.ts'
import type { WallLayer } from '../zorder.ts'

type BorderLevel = 'microgrid' | 'grid' | 'village' | 'town' | 'county'

export function borderLayers(drawing: Drawing): WallLayer[] {
  const { palette } = drawing
  const line = (level: BorderLevel, paint: NonNullable<Extract<WallLayer, { type: 'line' }>['paint']>, minzoom = 0): WallLayer => ({
    id: `border-${level}`,
    type: 'line',
    source: 'units',
    'source-layer': 'borders',
    minzoom,
    filter: ['==', ['get', 'level'], level],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint,
  })
  return [
    line('microgrid', { 'line-color': palette.line2, 'line-width': 0.7 * drawing.scale }, zoom(drawing, 14)),
    line('grid', {
      'line-color': stepAt(drawing, palette.gap, 12, palette.grid),
      'line-width': byZoom(drawing, [9, 0.6], [11, 0.7], [12, 1], [14, 1.2]),
    }),
    line('village', {
      'line-color': stepAt(drawing, palette.gap, 12, palette.village),
      'line-width': byZoom(drawing, [9, 1.2], [11, 1.5], [12, 1.6], [14, 2]),
    }),
    line('town', {
      'line-color': palette.town,
      'line-opacity': stepAt(drawing, 0.62, 12, 1),
      'line-width': byZoom(drawing, [9, 1], [11, 1.25], [12, 2.4], [14, 3]),
    }),
    line('county', { 'line-color': palette.county, 'line-width': byZoom(drawing, [9, 1.5], [11, 1.8], [12, 2.4], [14, 3.4]) }),
  ]
}
