/** From what state knows to what the map's sources are told: per source only what is new, moved or gone. */
import type { Feature } from 'geojson'
import type { IncidentMarker } from '#contract/incident.ts'
import { featureOf, type IncidentSource, sourceOf } from './layers/incidents.ts'

/** A diff of one GeoJSON source, as maplibre's updateData takes it. A changed feature is removed and added: remove comes first. */
export interface SourceDiff {
  remove: string[]
  add: Feature[]
}
export type Diffs = Partial<Record<IncidentSource, SourceDiff>>

export class MarkerDiff {
  private readonly placed = new Map<string, { source: IncidentSource; version: number; pulsing: boolean }>()

  /** How many markers the sources hold. */
  get size(): number {
    return this.placed.size
  }

  /**
   * Diffs for these ids. `ids`: what may have changed, 'all' for everything; `pulsing`: ids of the new reds.
   * Sources without a difference are left out.
   */
  next(incidents: ReadonlyMap<string, IncidentMarker>, ids: Iterable<string> | 'all', pulsing: ReadonlySet<string>): Diffs {
    const diffs: Diffs = {}
    const of = (source: IncidentSource) => (diffs[source] ??= { remove: [], add: [] })
    const all = ids === 'all' ? new Set([...this.placed.keys(), ...incidents.keys()]) : ids
    for (const id of all) {
      const incident = incidents.get(id)
      const before = this.placed.get(id)
      const source = incident ? sourceOf(incident) : null
      if (before && incident && before.source === source && before.version === incident.version && before.pulsing === pulsing.has(id))
        continue
      if (before) {
        of(before.source).remove.push(id)
        this.placed.delete(id)
      }
      if (incident && source) {
        of(source).add.push(featureOf(incident, pulsing.has(id)))
        this.placed.set(id, { source, version: incident.version, pulsing: pulsing.has(id) })
      }
    }
    return diffs
  }
}
