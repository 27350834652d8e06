/** What the stores of the OGC collections have in common. */
import type { Bbox } from '#contract/geojson.ts'

/** A feature as it comes from the database: geometry as GeoJSON text, so that nobody parses it only to write it again. */
export interface FeatureRow {
  id: string
  geometry: string | null
  properties: Record<string, unknown>
  /** Where the list goes on after this feature: the values it is ordered by. */
  key: string[]
}

/** What every collection can be narrowed by. */
export interface FeatureFilter {
  /** Code prefixes that must all hold: what the reader may see, and what he asked for. */
  prefixes: readonly string[]
  bbox?: Bbox | undefined
}
