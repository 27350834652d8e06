/** The ground under everything: sea, land, the neighbours' outlines and the faint names around. Scenery only, never information. */
import type { ExpressionSpecification } from 'maplibre-gl'
import { type Drawing, fontStack, zoom } from '../canvas.ts'
import type { WallLayer } from '../zorder.ts'

export function landLayers(drawing: Drawing): WallLayer[] {
  const { palette, scale } = drawing
  const name = ['get', drawing.lang === 'en' ? 'nameEn' : 'name'] as ExpressionSpecification
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': palette.sea } },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': palette.neighbour } },
    {
      id: 'neighbour-line',
      type: 'line',
      source: 'neighbours',
      paint: { 'line-color': palette.neighbourLine, 'line-width': 1 * scale },
    },
    {
      id: 'label-neighbour',
      type: 'symbol',
      source: 'scenery',
      filter: ['==', ['get', 'role'], 'neighbour'],
      maxzoom: zoom(drawing, 13),
      layout: { 'text-field': name, 'text-font': fontStack('Regular'), 'text-size': 16 * scale, 'text-letter-spacing': 0.25 },
      paint: { 'text-color': palette.neighbourName },
    },
    {
      id: 'label-sea',
      type: 'symbol',
      source: 'scenery',
      filter: ['==', ['get', 'role'], 'sea'],
      maxzoom: zoom(drawing, 13),
      layout: {
        'text-field': name,
        'text-font': fontStack('Regular'),
        'text-size': 22 * scale,
        'text-letter-spacing': drawing.lang === 'en' ? 0.4 : 1.6,
      },
      paint: { 'text-color': palette.seaName },
    },
  ]
}
