/** Around the focused incident: the three nearest cameras as numbered white chips (hollow when offline), tied to it, and a circle of 300 m. */
import type { Feature, FeatureCollection, Position } from 'geojson'
import type { Incident } from '#contract/incident.ts'
import { type Drawing, fontStack, zoom } from '../canvas.ts'
import type { WallLayer } from '../zorder.ts'

const NEAREST = 3
const RADIUS_M = 300
const CORNERS = 72
const METRES_PER_DEGREE = 111_320

const role = (name: string) => ['==', ['get', 'role'], name] as never

export function attentionLayers(drawing: Drawing): WallLayer[] {
  const { palette, scale } = drawing
  const minzoom = zoom(drawing, 13)
  return [
    {
      id: 'near-circle',
      type: 'line',
      source: 'near',
      minzoom,
      filter: role('circle'),
      paint: { 'line-color': palette.text1, 'line-opacity': 0.55, 'line-width': 1.2 * scale, 'line-dasharray': [3, 3] },
    },
    {
      id: 'near-line',
      type: 'line',
      source: 'near',
      minzoom,
      filter: role('tie'),
      paint: { 'line-color': palette.text1, 'line-opacity': 0.7, 'line-width': 1.2 * scale },
    },
    {
      id: 'near-label',
      type: 'symbol',
      source: 'near',
      minzoom,
      filter: role('radius'),
      layout: { 'text-field': ['get', 'name'], 'text-font': fontStack('Regular'), 'text-size': 14 * scale, 'text-offset': [0, 0.7] },
      paint: { 'text-color': palette.text3, 'text-halo-color': palette.surface0, 'text-halo-width': 1.4 * scale },
    },
    {
      id: 'near-chip',
      type: 'symbol',
      source: 'near',
      minzoom,
      filter: role('camera'),
      layout: {
        'icon-image': ['case', ['==', ['get', 'state'], 'offline'], 'chip-offline', 'chip-white'],
        'icon-overlap': 'always',
        'text-field': ['get', 'name'],
        'text-font': fontStack('SemiBold'),
        'text-size': 16 * scale,
        'text-overlap': 'always',
      },
      paint: { 'text-color': ['case', ['==', ['get', 'state'], 'offline'], palette.text2, palette.invertFg] },
    },
  ]
}

/** The features around an incident; none without one, or while it has no place. Distances in metres on the ground. */
export function aroundIncident(incident: Pick<Incident, 'id' | 'location' | 'nearbyCameras'> | null): FeatureCollection {
  if (!incident?.location) return { type: 'FeatureCollection', features: [] }
  const centre: Position = incident.location
  const cameras = incident.nearbyCameras.slice(0, NEAREST)
  const circle = circleAround(centre, RADIUS_M)
  const features: Feature[] = [
    line('circle', circle),
    point('radius', circle[CORNERS / 2 + CORNERS / 4]!, `${RADIUS_M} m`),
    ...cameras.map(({ location }) => line('tie', [centre, location])),
    ...cameras.map(({ location, state }, n) => point('camera', location, String(n + 1), state)),
  ]
  return {
    type: 'FeatureCollection',
    features: features.map((feature, n) => ({ ...feature, properties: { ...feature.properties, id: n } })),
  }
}

/** A closed ring of [lng, lat], counter-clockwise from the east: good to a decimetre at this size. */
export function circleAround([lng, lat]: Position, metres: number): Position[] {
  const east = metres / (METRES_PER_DEGREE * Math.cos((lat! * Math.PI) / 180))
  const north = metres / METRES_PER_DEGREE
  return Array.from({ length: CORNERS + 1 }, (_corner, n) => {
    const angle = (n / CORNERS) * 2 * Math.PI
    return [lng! + east * Math.cos(angle), lat! + north * Math.sin(angle)]
  })
}

const line = (role: string, coordinates: Position[]): Feature => ({
  type: 'Feature',
  properties: { role },
  geometry: { type: 'LineString', coordinates },
})
const point = (role: string, coordinates: Position, name: string, state?: string): Feature => ({
  type: 'Feature',
  properties: { role, name, state },
  geometry: { type: 'Point', coordinates },
})
