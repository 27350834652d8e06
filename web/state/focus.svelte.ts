/**
 * The incident the screen is about, whole: its timeline and nearest cameras. What a marker knows is there at once, the rest comes
 * by request, anew with every version; a failed request is repeated when the screen hears of the incident again, or when asked to.
 */
import { createContext } from 'svelte'
import { endpoints } from '#contract/endpoints.ts'
import type { Incident, IncidentMarker } from '#contract/incident.ts'
import { call } from '../api/client.ts'

export class Focus {
  /** Null when the screen is about no incident. */
  marker = $state.raw<IncidentMarker | null>(null)
  error = $state.raw<Error | null>(null)
  private loaded = $state.raw<Incident | null>(null)

  /** Timeline and cameras of the present marker, perhaps one version older; null until they have come. */
  readonly whole: Incident | null = $derived(this.loaded !== null && this.loaded.id === this.marker?.id ? this.loaded : null)

  private running: AbortController | null = null

  /** Looks at another incident, at a newer version of the same one, or at none. */
  look(marker: IncidentMarker | null): void {
    if (marker?.id === this.marker?.id && marker?.version === this.marker?.version) return
    this.marker = marker
    void this.load()
  }

  async load(): Promise<void> {
    this.running?.abort()
    this.error = null
    if (this.marker === null) return
    const running = new AbortController()
    this.running = running
    try {
      this.loaded = await call(endpoints.incident, { params: { id: this.marker.id }, signal: running.signal })
    } catch (error) {
      if (!running.signal.aborted) this.error = error as Error
    }
  }

  stop(): void {
    this.running?.abort()
  }
}

export const [getFocus, setFocus] = createContext<Focus>()
