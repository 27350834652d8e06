/** What lies behind a picked cell or unit in the window: kinds, the months around, and the incidents themselves, page by page. */
import { endpoints } from '#contract/endpoints.ts'
import type { IncidentMarker } from '#contract/incident.ts'
import { call } from '../api/client.ts'
import type { FilterQuery } from './heat-filter.ts'
import { isMerged } from './heat-series.ts'
import type { Span } from './heat-window.ts'

/** What the server is asked about. */
export interface PickedQuestion {
  query: FilterQuery & { box?: string }
  window: Span
  range: Span
  /** Whether the reader may see single incidents. */
  withIncidents: boolean
}
export interface PickedAnswer {
  total: number
  kinds: { code: string; count: number }[]
  /** By week, oldest first, over the whole strip. */
  weeks: number[]
  isMerged: boolean
  leastCount: number | null
}

const PAGE = 8
const WEEK_MS = 7 * 86_400_000
const iso = (at: number): string => new Date(at).toISOString()

export class HeatPicked {
  answer = $state.raw<PickedAnswer | null>(null)
  incidents = $state.raw<readonly IncidentMarker[]>([])
  /** How the page behind the present one is asked for; null at the end. */
  next = $state<string | null>(null)
  /** Pages before the present one. */
  page = $state(0)
  error = $state.raw<Error | null>(null)

  private question: PickedQuestion | null = null
  private running: AbortController | null = null
  private starts: (string | undefined)[] = [undefined]

  /** Asks about another place or window; null about none. */
  async ask(question: PickedQuestion | null): Promise<void> {
    this.running?.abort()
    this.question = question
    this.error = null
    if (!question) {
      this.answer = null
      this.incidents = []
      return
    }
    const { query, window, range, withIncidents } = question
    const signal = (this.running = new AbortController()).signal
    const count = (by: string, { from, to }: Span) =>
      call(endpoints.aggregates, { query: { ...query, by, from: iso(from), to: iso(to) }, signal })
    try {
      const [kinds, days, list] = await Promise.all([
        count('kind', window),
        count('day', range),
        withIncidents ? this.read(question, undefined, signal) : { incidents: [], next: null },
      ])
      const byKind = kinds.groups.map(({ key, count: n }) => ({ code: String(key.kind ?? ''), count: n })).sort((a, b) => b.count - a.count)
      const weeks = Array.from({ length: Math.ceil((range.to - range.from) / WEEK_MS) }, () => 0)
      for (const { key, count: n } of days.groups) {
        const week = Math.floor((Date.parse(`${key.day}T12:00:00Z`) - range.from) / WEEK_MS)
        if (week >= 0 && week < weeks.length) weeks[week]! += n
      }
      this.answer = {
        total: kinds.total,
        kinds: byKind,
        weeks,
        isMerged: isMerged(kinds),
        leastCount: kinds.leastCount ?? null,
      }
      this.take(list, 0)
      this.starts = [undefined]
    } catch (error) {
      if (!signal.aborted) this.error = error as Error
    }
  }

  retry(): void {
    void this.ask(this.question)
  }

  /** To the page behind (1) or before (−1). */
  async turn(by: 1 | -1): Promise<void> {
    const page = this.page + by
    if (!this.question || page < 0 || (by > 0 && this.next === null)) return
    if (by > 0) this.starts[page] = this.next!
    const signal = (this.running = new AbortController()).signal
    try {
      this.take(await this.read(this.question, this.starts[page], signal), page)
    } catch (error) {
      if (!signal.aborted) this.error = error as Error
    }
  }

  private read({ query, window }: PickedQuestion, after: string | undefined, signal: AbortSignal) {
    return call(endpoints.heatIncidents, { query: { ...query, from: iso(window.from), to: iso(window.to), limit: PAGE, after }, signal })
  }

  private take({ incidents, next }: { incidents: readonly IncidentMarker[]; next: string | null }, page: number): void {
    ;[this.incidents, this.next, this.page] = [incidents, next, page]
  }
}
