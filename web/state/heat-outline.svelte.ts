/** The outline of the chosen unit, inside of which heat stands: asked for at once, the map may take longer to be there. */
import type { MultiPolygon, Polygon } from 'geojson'
import { endpoints } from '#contract/endpoints.ts'
import { call } from '../api/client.ts'

export class HeatOutline {
  /** Null while it is on its way; `shape` null where it could not be had. */
  found = $state.raw<{ shape: Polygon | MultiPolygon | null } | null>(null)
  private running: AbortController | null = null

  /** Of the last unit that was asked for. */
  async seek(code: string): Promise<void> {
    this.stop()
    const { signal } = (this.running = new AbortController())
    this.found = null
    const shape = await call(endpoints.ogcItem, { params: { collection: 'units', featureId: code }, signal }).then(
      ({ geometry }) => geometry as Polygon | MultiPolygon | null,
      () => null,
    )
    if (!signal.aborted) this.found = { shape }
  }

  stop(): void {
    this.running?.abort()
  }
}
