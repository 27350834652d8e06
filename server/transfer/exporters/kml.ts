/** KML (OGC 12-007r2): a placemark for each unit, what it says of itself as extended data. */
import { toKML } from '@placemarkio/tokml'
import type { Exporter } from './exporter.ts'

/** What XML 1.0 cannot hold at all, however it is written. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

export const kml: Exporter = {
  format: 'kml',
  extension: '.kml',
  mediaType: 'application/vnd.google-earth.kml+xml',
  write(units) {
    const features = units.map(({ geometry, properties }) => ({
      type: 'Feature' as const,
      id: properties.code,
      geometry,
      properties: Object.fromEntries(
        Object.entries(properties)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [name, typeof value === 'string' ? value.replace(UNWRITABLE, '') : value]),
      ),
    }))
    return Buffer.from(toKML({ type: 'FeatureCollection', features }))
  },
}
