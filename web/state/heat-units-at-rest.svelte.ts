/**
 * Counts by unit for single windows: for counties whose units and days are too many for one answer, and for readers from whom small
 * numbers are kept, so that days are not withheld one by one. They are asked for when the window has come to rest, and until then units
 * have no colour rather than an old one.
 */
import { endpoints } from '#contract/endpoints.ts'
import type { Aggregates } from '#contract/heat.ts'
import { call } from '../api/client.ts'
import type { UnitLevel } from './heat-address.ts'
import type { FilterQuery } from './heat-filter.ts'
import { isMerged } from './heat-series.ts'
import type { Span } from './heat-window.ts'

export interface UnitSums {
  /** Incidents of a unit in a window; null where the number is too small to be shown. */
  count(code: string, window: Span): number | null
}

interface Answer {
  counts: ReadonlyMap<string, number>
  /** Of a unit that is not among them: nothing, or nobody may know. */
  otherwise: 0 | null
}

const keyOf = ({ from, to }: Span): string => `${from} ${to}`

export class HeatUnitsAtRest {
  private sums = $state.raw<{ about: string; spans: ReadonlyMap<string, Answer> } | null>(null)
  error = $state.raw<Error | null>(null)
  private running: AbortController | null = null

  /** The sums, where all of these windows are known; otherwise null. */
  of(query: FilterQuery, level: UnitLevel, spans: readonly Span[], overdue: boolean): UnitSums | null {
    const { sums } = this
    if (!sums || sums.about !== JSON.stringify([query, level, overdue]) || !spans.every((span) => sums.spans.has(keyOf(span)))) return null
    return {
      count: (code, window) => {
        const { counts, otherwise } = sums.spans.get(keyOf(window))!
        return counts.get(code) ?? otherwise
      },
    }
  }

  async ask(query: FilterQuery, level: UnitLevel, spans: readonly Span[], overdue: boolean): Promise<void> {
    this.running?.abort()
    const signal = (this.running = new AbortController()).signal
    const late = overdue ? ({ overdue: 'true' } as const) : {}
    try {
      const answers = await Promise.all(
        spans.map(async (span) => {
          const [from, to] = [span.from, span.to].map((at) => new Date(at).toISOString())
          const answer = await call(endpoints.aggregates, { query: { ...query, by: 'unit', level, from, to, ...late }, signal })
          return [keyOf(span), known(answer)] as const
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

function known(answer: Aggregates): Answer {
  const own = answer.groups.filter(({ merged }) => !merged)
  return { counts: new Map(own.map(({ key, count }) => [String(key.unit), count])), otherwise: isMerged(answer) ? null : 0 }
}
