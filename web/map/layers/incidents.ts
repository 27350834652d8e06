/**
 * Open incidents as markers: severity by shape, letter, fill and size; solid while nobody has accepted, hollow in progress. Yellow ones
 * gather into one triangle with a number, larger the more they are; red ones never gather and never give way.
 */
import type { Feature, Point } from 'geojson'
import type { ExpressionSpecification } from 'maplibre-gl'
import type { IncidentMarker } from '#contract/incident.ts'
import { isOpen } from '#model/incident.ts'
import { type Drawing, fontStack, zoom } from '../canvas.ts'
import type { WallLayer } from '../zorder.ts'

export const INCIDENT_SOURCES = { red: 'reds', yellow: 'yellows', green: 'greens' } as const
export type IncidentSource = (typeof INCIDENT_SOURCES)[keyof typeof INCIDENT_SOURCES]

const LETTERS_FROM = 12

export function incidentLayers(drawing: Drawing): WallLayer[] {
  const { palette, scale } = drawing
  const always = { 'icon-overlap': 'always' as const, 'text-overlap': 'always' as const, 'icon-padding': 0, 'text-padding': 0 }
  const waiting = ['>', ['get', 'waiting'], 0] as ExpressionSpecification
  const size = ['step', ['get', 'point_count'], 0.95, 5, 1.08, 10, 1.22, 20, 1.4] as ExpressionSpecification
  return [
    {
      id: 'green-dot',
      type: 'circle',
      source: 'greens',
      maxzoom: zoom(drawing, LETTERS_FROM),
      paint: { 'circle-radius': 2 * scale, 'circle-color': palette.green, 'circle-opacity': 0.85 },
    },
    {
      id: 'green',
      type: 'symbol',
      source: 'greens',
      minzoom: zoom(drawing, LETTERS_FROM),
      layout: { 'icon-image': ['case', ['get', 'waiting'], 'green', 'green-hollow'], ...always },
    },
    {
      id: 'yellow',
      type: 'symbol',
      source: 'yellows',
      filter: ['!', ['has', 'point_count']],
      layout: { 'icon-image': ['case', ['get', 'waiting'], 'yellow', 'yellow-hollow'], ...always },
    },
    {
      id: 'yellow-cluster',
      type: 'symbol',
      source: 'yellows',
      filter: ['has', 'point_count'],
      layout: {
        'icon-image': ['case', waiting, 'yellow-blank', 'yellow-blank-hollow'],
        'icon-size': size,
        'text-field': ['get', 'point_count_abbreviated'],
        'text-font': fontStack('SemiBold'),
        'text-size': ['*', 14 * scale, size] as ExpressionSpecification,
        'text-offset': [0, 0.28],
        'symbol-sort-key': ['get', 'point_count'],
        ...always,
      },
      paint: { 'text-color': ['case', waiting, palette.onYellow, palette.yellow] },
    },
    {
      id: 'red',
      type: 'symbol',
      source: 'reds',
      layout: {
        'icon-image': ['case', ['get', 'pulsing'], 'red-new', 'red'],
        'symbol-sort-key': ['case', ['get', 'pulsing'], 1, 0],
        ...always,
      },
    },
  ]
}

/** The source in which an incident is drawn; null when it is not drawn: closed, or without a place. */
export const sourceOf = (incident: IncidentMarker): IncidentSource | null =>
  isOpen(incident.state) && incident.location ? INCIDENT_SOURCES[incident.severity] : null

/** A marker's feature: only what its layer reads. */
export const featureOf = ({ id, location, state }: IncidentMarker, pulsing: boolean): Feature<Point> => ({
  type: 'Feature',
  properties: { id, waiting: state === 'reported', pulsing },
  geometry: { type: 'Point', coordinates: [...location!] },
})
