/** The significant hot spots of the window: asked for when it has come to rest, and only where the test can look at exactly what is drawn. */
import { endpoints } from '#contract/endpoints.ts'
import type { HotSpot } from '#contract/analysis.ts'
import { call } from '../api/client.ts'
import { isWhole } from '#model/heat/dial.ts'
import type { HeatFilter } from './heat-filter.ts'
import type { Span } from './heat-window.ts'

/** A panel and a map bear no more. */
const SHOWN = 5

export interface SpotsQuestion {
  unit: string
  filter: HeatFilter
  window: Span
  /** Squares of about 400 m, or grids. */
  by: 'cell' | 'unit'
}

/** The test knows kinds, severities and sources; under another filter its spots would be of something else. */
export const isTestable = ({ states, area, dial }: HeatFilter): boolean => states.length === 0 && area.length === 0 && isWhole(dial)

export class HeatSpots {
  /** The most significant first; null while nothing is known of the present window. */
  hot = $state.raw<readonly HotSpot[] | null>(null)
  /** How many more there are. */
  more = $state(0)
  error = $state.raw<Error | null>(null)
  private running: AbortController | null = null

  /** The window has moved on: what was found is of another one. */
  forget(): void {
    this.running?.abort()
    this.hot = null
  }

  async ask({ unit, filter, window, by }: SpotsQuestion): Promise<void> {
    this.forget()
    if (!isTestable(filter)) return
    const signal = (this.running = new AbortController()).signal
    const list = (values: readonly string[]) => (values.length > 0 ? values.join(',') : undefined)
    const [from, to] = [window.from, window.to].map((at) => new Date(at).toISOString())
    const what = { kind: list(filter.kinds), severity: list(filter.severities), source: list(filter.sources) }
    try {
      const { results } = await call(endpoints.hotSpots, { query: { unit, from, to, by, level: 'grid', ...what }, signal })
      const hot = results.filter(({ heat }) => heat === 'hot')
      this.hot = hot.slice(0, SHOWN)
      this.more = Math.max(0, hot.length - SHOWN)
      this.error = null
    } catch (error) {
      if (!signal.aborted) this.error = error as Error
    }
  }
}
