/** Cameras: from afar an outlined icon and a count for a cell, from zoom 13 a chip each. Offline: slashed and hollow. */
import { type Drawing, fontStack, stepAt, zoom } from '../canvas.ts'
import type { WallLayer } from '../zorder.ts'
import { ASIDE } from './labels.ts'

const CLOSE = 12
/** The tiles hold single cameras from here on, whatever the wall's scale. */
const SINGLE = 13

export function cameraLayers(drawing: Drawing): WallLayer[] {
  const { palette, scale } = drawing
  const cluster = (id: 'camera-far' | 'camera-cluster', source: string, minzoom: number, maxzoom: number): WallLayer => ({
    id,
    type: 'symbol',
    source,
    'source-layer': 'cameras',
    minzoom,
    maxzoom,
    filter: ['has', 'count'],
    layout: {
      // Icon and count as one text, so that the pair steps aside together: a count that is left out would be missed.
      'text-field': [
        'format',
        ['image', ['case', ['==', ['get', 'offline'], ['get', 'count']], 'camera-offline', 'camera']],
        { 'vertical-align': 'center' },
        ['concat', ' ', ['to-string', ['get', 'count']]],
        { 'vertical-align': 'center' },
      ],
      'text-font': fontStack('Medium'),
      'text-size': 15 * scale,
      'text-variable-anchor-offset': ASIDE,
      'text-padding': 2 * scale,
      'symbol-sort-key': ['-', 0, ['get', 'count']],
    },
    paint: { 'text-color': palette.text3, 'text-halo-color': palette.surface0, 'text-halo-width': 1.2 * scale },
  })
  return [
    cluster('camera-far', 'cameras-far', 0, zoom(drawing, CLOSE)),
    cluster('camera-cluster', 'cameras', zoom(drawing, CLOSE), Math.max(SINGLE, zoom(drawing, CLOSE))),
    {
      id: 'camera-chip',
      type: 'symbol',
      source: 'cameras',
      'source-layer': 'cameras',
      minzoom: SINGLE,
      filter: ['has', 'code'],
      layout: {
        'icon-image': ['case', ['==', ['get', 'state'], 'offline'], 'camera-chip-offline', 'camera-chip'],
        'icon-size': stepAt({ ...drawing, scale: 1 }, 0.8, 14, 1),
        'icon-padding': 4 * scale,
      },
    },
  ]
}
