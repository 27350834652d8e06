/**
 * Units of the workbench: white inside the plan, tinted where the target is missed, everything else recedes. What is chosen has an outline;
 * of a cut grid the overlay draws it, and its micro-grids are only filled (`within`).
 */
import type { ExpressionSpecification } from 'maplibre-gl'
import type { EditDrawing } from '../edit-style.ts'
import type { WallLayer } from '../zorder.ts'

export function editUnitLayers({ palette }: EditDrawing): WallLayer[] {
  const inside: ExpressionSpecification = ['get', 'inside']
  const fill: ExpressionSpecification = [
    'case',
    ['!', inside],
    palette.neighbour,
    ['==', ['get', 'target'], 'below'],
    palette.belowFill,
    ['==', ['get', 'target'], 'above'],
    palette.aboveFill,
    ['any', ['boolean', ['feature-state', 'chosen'], false], ['boolean', ['feature-state', 'within'], false]],
    palette.chosen,
    palette.ground,
  ]
  return [
    { id: 'edit-unit', type: 'fill', source: 'edit-units', paint: { 'fill-color': fill, 'fill-antialias': false } },
    {
      id: 'edit-chosen',
      type: 'line',
      source: 'edit-units',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.focus,
        'line-width': 2,
        'line-opacity': [
          'case',
          ['boolean', ['feature-state', 'chosen'], false],
          1,
          ['boolean', ['feature-state', 'hovered'], false],
          0.45,
          0,
        ],
      },
    },
  ]
}
