/** The light ground of the workbench: sea, land, neighbours, rivers and roads where there are data for them. */
import type { EditDrawing } from '../edit-style.ts'
import type { WallLayer } from '../zorder.ts'

export function editGroundLayers({ palette }: EditDrawing): WallLayer[] {
  const line = (id: 'edit-river' | 'edit-road', kind: string, colour: string, widths: [number, number]): WallLayer => ({
    id,
    type: 'line',
    source: 'edit-lines',
    filter: ['==', ['get', 'lineKind'], kind],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': colour, 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 10, widths[0], 16, widths[1]] },
  })
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': palette.sea } },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': palette.neighbour } },
    { id: 'neighbour-line', type: 'line', source: 'neighbours', paint: { 'line-color': palette.context, 'line-width': 1 } },
    line('edit-river', 'river', palette.water, [1, 12]),
    line('edit-road', 'road', palette.roadCase, [0.5, 3]),
  ]
}
