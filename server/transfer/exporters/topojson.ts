/** TopoJSON: every shared line once, coordinates as they are (no quantization), so that neighbours stay matched. */
import type { FeatureCollection } from 'geojson'
import { topology } from 'topojson-server'
import type { Exporter } from './exporter.ts'

export const topojson: Exporter = {
  format: 'topojson',
  extension: '.topojson',
  mediaType: 'application/json',
  write(units, { layer, attribution }) {
    const features = units.map(({ geometry, properties }) => ({ type: 'Feature' as const, id: properties.code, properties, geometry }))
    const collection = { type: 'FeatureCollection', features } as unknown as FeatureCollection
    return Buffer.from(JSON.stringify({ ...topology({ [layer]: collection }), ...(attribution !== null && { attribution }) }))
  },
}
