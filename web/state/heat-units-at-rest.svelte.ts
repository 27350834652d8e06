/**
 * Counts by unit for single windows, for counties whose units and days are too many for one answer: they are asked for when the window
 * has come to rest, and until then units have no colour rather than an old one.
 */
import { endpoints } from '#contract/endpoints.ts'
import { call } from '../api/client.ts'
import type { UnitLevel } from './heat-address.ts'
import type { FilterQuery } from './heat-filter.ts'
import type { Span } from './heat-window.ts'

export interface UnitSums {
  /** Incidents of a unit in a window. */
  count(code: string, window: Span): number
}

const keyOf = ({ from, to }: Span): string => `${from} ${to}`

export class HeatUnitsAtRest {
  private sums = $state.raw<{ about: string; spans: ReadonlyMap<string, ReadonlyMap<string, number>> } | null>(null)
  error = $state.raw<Error | null>(null)
  private running: AbortController | null = null

  /** The sums, where all of these windows are known; otherwise null. */
  of(query: FilterQuery, level: UnitLevel, spans: readonly Span[], overdue: boolean): UnitSums | null {
    const { sums } = this
    if (!sums || sums.about !== JSON.stringify([query, level, overdue]) || !spans.every((span) => sums.spans.has(keyOf(span)))) return null
    return { count: (code, window) => sums.spans.get(keyOf(window))?.get(code) ?? 0 }
  }

  async ask(query: FilterQuery, level: UnitLevel, spans: readonly Span[], overdue: boolean): Promise<void> {
    this.running?.abort()
    const signal = (this.running = new AbortController()).signal
    const late = overdue ? ({ overdue: 'true' } as const) : {}
    try {
      const answers = await Promise.all(
        spans.map(async (span) => {
          const [from, to] = [span.from, span.to].map((at) => new Date(at).toISOString())
          const { groups } = await call(endpoints.aggregates, { query: { ...query, by: 'unit', level, from, to, ...late }, signal })
          return [keyOf(span), new Map(groups.map(({ key, count }) => [String(key.unit), count]))] as const
        }),
      )
      this.sums = { about: JSON.stringify([query, level, overdue]), spans: new Map(answers) }
      this.error = null
    } catch (error) {
      if (!signal.aborted) this.error = error as Error
    }
  }

  stop(): void {
    this.running?.abort()
  }
}
