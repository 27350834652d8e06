/** GeoJSON (RFC 7946). */
import type { Exporter } from './exporter.ts'

export const geojson: Exporter = {
  format: 'geojson',
  extension: '.geojson',
  mediaType: 'application/geo+json',
  write(units, { layer, attribution }) {
    const features = units.map(({ geometry, properties }) => ({ type: 'Feature', id: properties.code, properties, geometry }))
    return Buffer.from(JSON.stringify({ type: 'FeatureCollection', name: layer, ...(attribution !== null && { attribution }), features }))
  },
}
