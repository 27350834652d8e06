/**
 * Borders of the workbench, each arc once, by the coarsest level it separates: villages black and strong, grids thin, micro-grids dotted,
 * outside pale.
 */
import type { ExpressionSpecification } from 'maplibre-gl'
import type { EditDrawing } from '../edit-style.ts'
import type { WallLayer } from '../zorder.ts'

type EditBorder = 'microgrid' | 'grid' | 'village' | 'town' | 'county'

export function editBorderLayers({ palette }: EditDrawing): WallLayer[] {
  type Widths = [z10: number, z13: number, z16: number]
  const line = (level: EditBorder, colour: string, outside: string, widths: Widths, dash?: number[]): WallLayer => ({
    id: `edit-border-${level}`,
    type: 'line',
    source: 'edit-arcs',
    filter: ['==', ['get', 'level'], level],
    layout: { 'line-join': 'round', 'line-cap': dash ? 'butt' : 'round' },
    paint: {
      ...(dash && { 'line-dasharray': dash }),
      'line-color': ['case', ['get', 'inside'], colour, outside] as ExpressionSpecification,
      'line-width': [
        'interpolate',
        ['linear'],
        ['zoom'],
        10,
        ['case', ['get', 'inside'], widths[0], widths[0] * 0.7],
        13,
        ['case', ['get', 'inside'], widths[1], widths[1] * 0.7],
        16,
        ['case', ['get', 'inside'], widths[2], widths[2] * 0.7],
      ] as ExpressionSpecification,
    },
  })
  return [
    line('microgrid', palette.grid, palette.context, [0.3, 0.8, 1], [3, 2.5]),
    line('grid', palette.grid, palette.context, [0.5, 1, 1.2]),
    line('village', palette.ink, palette.contextVillage, [0.8, 1.8, 2.2]),
    line('town', palette.ink, palette.contextVillage, [1.4, 2.4, 2.8]),
    line('county', palette.ink, palette.contextVillage, [1.6, 2.4, 3]),
  ]
}
