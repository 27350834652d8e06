/** What the overview shows in place of the present: nothing of it is live. */
import type { Position } from '#contract/geojson.ts'
import type { Map as MapLibre } from 'maplibre-gl'
import type { IncidentMarker } from '#contract/incident.ts'
import type { UnitSummary } from '#contract/unit.ts'

export type { MapLibre }

export interface Instead {
  /** As they stood then; none where heat is drawn. */
  markers: ReadonlyMap<string, IncidentMarker>
  /** Class 0…5 by unit code. */
  classes: ReadonlyMap<string, number>
  /** Instant of the boundaries, RFC 3339; null: those of now. */
  at: string | null
  /** Units of that instant, for their names; null: those of now. */
  units: { units: ReadonlyMap<string, UnitSummary>; nameOf(code: string): string } | null
  /** Its first picture is still on its way: names are drawn after it. */
  waits: boolean
  /** What a click on the map does. `code`: of the finest unit under it, '' outside. */
  pick(place: Position, code: string): void
}
