/** Names with households, one point a unit: "468 户", and "512 → 468 户" where the plan changes them. Villages and towns from afar. */
import type { ExpressionSpecification } from 'maplibre-gl'
import { fontStack } from '../canvas.ts'
import type { EditDrawing } from '../edit-style.ts'
import type { WallLayer } from '../zorder.ts'

const UNITS_FROM = 12.6
const VILLAGES_FROM = 11

export function editLabelLayers({ palette }: EditDrawing): WallLayer[] {
  const halo = { 'text-halo-color': 'rgba(255, 255, 255, 0.9)', 'text-halo-width': 1.6 }
  const plain = ['literal', fontStack('Regular')] as never
  const strong = ['literal', fontStack('SemiBold')] as never
  const text: ExpressionSpecification = [
    'format',
    ['get', 'name'],
    // What cannot be changed recedes.
    { 'text-font': ['case', ['get', 'inside'], strong, plain], 'font-scale': ['case', ['get', 'inside'], 1, 0.86] },
    ['case', ['has', 'now'], '\n', ''],
    {},
    ['coalesce', ['get', 'before'], ''],
    { 'text-font': plain, 'text-color': palette.text2 },
    ['coalesce', ['get', 'now'], ''],
    { 'text-font': ['case', ['has', 'before'], strong, plain], 'text-color': ['case', ['has', 'before'], palette.ink, palette.text2] },
  ] as never
  return [
    {
      id: 'edit-label',
      type: 'symbol',
      source: 'edit-labels',
      minzoom: UNITS_FROM,
      // What lies outside of the plan is named only from near by.
      filter: ['all', ['==', ['get', 'level'], 'leaf'], ['step', ['zoom'], ['get', 'inside'], 14.4, true]],
      layout: {
        'text-field': text,
        'text-font': fontStack('Regular'),
        'text-size': ['interpolate', ['linear'], ['zoom'], 12.6, 12, 14, 14, 16, 16],
        'text-line-height': 1.25,
        'text-padding': 3,
        'text-max-width': 12,
        'symbol-sort-key': ['get', 'rank'],
      },
      paint: { 'text-color': ['case', ['get', 'inside'], palette.ink, palette.text3], ...halo },
    },
    {
      id: 'edit-label-above',
      type: 'symbol',
      source: 'edit-labels',
      maxzoom: UNITS_FROM,
      filter: [
        'step',
        ['zoom'],
        ['==', ['get', 'level'], 'town'],
        VILLAGES_FROM,
        ['in', ['get', 'level'], ['literal', ['town', 'village']]],
      ],
      layout: {
        'text-field': ['get', 'name'],
        'text-font': fontStack('SemiBold'),
        'text-size': ['case', ['==', ['get', 'level'], 'town'], 16, 13],
        'text-padding': 4,
        'symbol-sort-key': ['get', 'rank'],
      },
      paint: { 'text-color': ['case', ['get', 'inside'], palette.ink, palette.text3], ...halo },
    },
  ]
}
