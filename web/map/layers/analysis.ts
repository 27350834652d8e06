/** Results of the analysis on a light map: squares or units by significance, rings around what is chosen, numbers, and incidents as points. */
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl'
import type { TileName } from '#contract/tile.ts'
import { fontStack } from '../canvas.ts'
import type { EditPalette } from '../palette.ts'
import { tileAddress } from '../sources.ts'
import { inOrder, type WallLayer } from '../zorder.ts'

export const ANALYSIS_SOURCES = ['land', 'neighbours', 'results', 'marks', 'points', 'labels'] as const
export type AnalysisSourceId = (typeof ANALYSIS_SOURCES)[number]

const TILES: TileName = 'units'
const MAX_TILE_ZOOM = 14
const empty = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } } as const

/** Fill of the units that are results: code → colour. */
export const unitFill = (colours: ReadonlyMap<string, string>): ExpressionSpecification | string =>
  colours.size === 0
    ? 'rgba(0,0,0,0)'
    : (['match', ['get', 'code'], ...[...colours].flat(), 'rgba(0,0,0,0)'] as unknown as ExpressionSpecification)

export function analysisStyle(palette: EditPalette, origin: string, version: number): StyleSpecification {
  return {
    version: 8,
    sources: {
      units: {
        type: 'vector',
        tiles: [tileAddress(origin, TILES, version)],
        minzoom: 0,
        maxzoom: MAX_TILE_ZOOM,
        promoteId: { units: 'code' },
      },
      ...Object.fromEntries(ANALYSIS_SOURCES.map((id) => [id, { ...empty, promoteId: 'id' }])),
    },
    layers: inOrder(layersOf(palette)),
    transition: { duration: 0, delay: 0 },
  }
}

function layersOf(palette: EditPalette): WallLayer[] {
  const border = (level: 'grid' | 'village' | 'town' | 'county', colour: string, width: number, minzoom = 0): WallLayer => ({
    id: `border-${level}`,
    type: 'line',
    source: 'units',
    'source-layer': 'borders',
    minzoom,
    filter: ['==', ['get', 'level'], level],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': colour, 'line-width': width },
  })
  const halo = { 'text-halo-color': 'rgba(255, 255, 255, 0.9)', 'text-halo-width': 1.6 }
  const label = (level: 'town' | 'village' | 'grid', size: number, minzoom: number): WallLayer => ({
    id: `label-${level}`,
    type: 'symbol',
    source: 'labels',
    minzoom,
    filter: ['==', ['get', 'level'], level],
    layout: {
      'text-field': ['get', 'name'],
      'text-font': fontStack(level === 'town' ? 'SemiBold' : 'Regular'),
      'text-size': size,
      'text-padding': 4,
      'text-max-width': 9,
      'symbol-sort-key': ['get', 'rank'],
    },
    paint: { 'text-color': level === 'town' ? palette.ink : palette.text2, ...halo },
  })
  const inUnits = { source: 'units', 'source-layer': 'units' } as const
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': palette.sea } },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': palette.neighbour } },
    { id: 'neighbour-line', type: 'line', source: 'neighbours', paint: { 'line-color': palette.line2, 'line-width': 1 } },
    {
      id: 'unit-base',
      type: 'fill',
      ...inUnits,
      filter: ['==', ['get', 'level'], 'county'],
      paint: { 'fill-color': palette.ground, 'fill-antialias': false },
    },
    // Not seen, only touched: which unit lies under a click.
    {
      id: 'unit-fill',
      type: 'fill',
      ...inUnits,
      filter: ['!=', ['get', 'level'], 'county'],
      paint: { 'fill-opacity': 0 },
    },
    {
      id: 'analysis-unit',
      type: 'fill',
      ...inUnits,
      filter: ['literal', false],
      paint: { 'fill-color': 'rgba(0,0,0,0)', 'fill-opacity': 0.85 },
    },
    { id: 'analysis-fill', type: 'fill', source: 'results', paint: { 'fill-color': ['get', 'fill'], 'fill-opacity': ['get', 'opacity'] } },
    border('grid', palette.context, 0.7, 11.5),
    border('village', palette.contextVillage, 1, 10),
    border('town', palette.grid, 1.4),
    border('county', palette.ink, 2),
    {
      id: 'analysis-line',
      type: 'line',
      source: 'results',
      filter: ['get', 'chosen'],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.ink, 'line-width': 1.6 },
    },
    {
      id: 'analysis-point',
      type: 'circle',
      source: 'points',
      paint: {
        'circle-radius': ['case', ['get', 'chosen'], 7, 4],
        'circle-color': palette.focus,
        'circle-stroke-color': palette.ground,
        'circle-stroke-width': 1.4,
      },
    },
    {
      id: 'analysis-mark',
      type: 'circle',
      source: 'marks',
      paint: {
        'circle-radius': ['case', ['get', 'chosen'], 13, 10],
        'circle-color': ['case', ['get', 'chosen'], palette.ink, palette.ground],
        'circle-stroke-color': palette.ink,
        'circle-stroke-width': 1.4,
      },
    },
    {
      id: 'analysis-number',
      type: 'symbol',
      source: 'marks',
      layout: { 'text-field': ['get', 'text'], 'text-font': fontStack('SemiBold'), 'text-size': 12, 'text-overlap': 'always' },
      paint: { 'text-color': ['case', ['get', 'chosen'], palette.ground, palette.ink] },
    },
    label('town', 16, 9),
    label('village', 13, 11.5),
    label('grid', 12, 13),
  ]
}
