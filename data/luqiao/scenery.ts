/** outline.geojson → scenery.geojson: the outlines as a screen draws them behind the county, a tenth of the bytes. For the eye only. */
import { simplify, truncate } from '@turf/turf'
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Some 17 m; the county itself is only asked where it lies. */
const TOLERANCE = { neighbour: 0.00015, county: 0.001 } as const

/** Simplifies outlines of the roles `neighbour` and `county`; coordinates with five decimals, a metre. */
export function sceneryOf(outlines: FeatureCollection<Polygon | MultiPolygon>): FeatureCollection<Polygon | MultiPolygon> {
  const features = outlines.features.map((feature) => {
    const tolerance = TOLERANCE[feature.properties?.['role'] as keyof typeof TOLERANCE]
    return truncate(simplify(feature, { tolerance, highQuality: true }), { precision: 5 })
  })
  return { type: 'FeatureCollection', features }
}

/** Reads and writes in the folder of this file. */
export function writeScenery(): void {
  const outlines = JSON.parse(readFileSync(join(import.meta.dirname, 'outline.geojson'), 'utf8')) as FeatureCollection<
    Polygon | MultiPolygon
  >
  const lines = sceneryOf(outlines).features.map((feature) => JSON.stringify(feature))
  writeFileSync(join(import.meta.dirname, 'scenery.geojson'), `{"type":"FeatureCollection","features":[\n${lines.join(',\n')}\n]}\n`)
}
