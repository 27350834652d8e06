/** What lies under a touch: a marker before a unit, because a marker is small and its unit is everywhere around it. */
import type { Map, Point } from 'maplibre-gl'

export type Picked =
  | { what: 'incident'; id: string }
  | { what: 'cluster'; id: number; at: [number, number] }
  | { what: 'unit'; code: string }
  | { what: 'nothing' }

/** `reach`: how far from its middle a marker may be touched, px. Of units the finest is picked. */
export function pick(map: Map, point: Point, reach: number): Picked {
  const box: [[number, number], [number, number]] = [
    [point.x - reach, point.y - reach],
    [point.x + reach, point.y + reach],
  ]
  const [marker] = map.queryRenderedFeatures(box, { layers: ['red', 'yellow', 'yellow-cluster', 'green', 'green-dot'] })
  if (marker?.properties['cluster'] && marker.geometry.type === 'Point') {
    return { what: 'cluster', id: marker.properties['cluster_id'] as number, at: marker.geometry.coordinates as [number, number] }
  }
  if (marker) return { what: 'incident', id: marker.properties['id'] as string }
  const code = unitAt(map, point)
  return code ? { what: 'unit', code } : { what: 'nothing' }
}

/** Code of the finest unit under a touch; '' outside of all. */
export function unitAt(map: Map, point: Point): string {
  const codes = map
    .queryRenderedFeatures(point, { layers: ['unit-fill', 'unit-base'] })
    .map(({ properties }) => properties['code'] as string)
  return codes.reduce((finest, each) => (each.length > finest.length ? each : finest), '')
}
