/** The figures of the selected unit. Asked anew when something changed, but at most every two seconds, so that a storm costs no more. */
import { createContext } from 'svelte'
import { endpoints } from '#contract/endpoints.ts'
import type { Summary } from '#contract/summary.ts'
import { call } from '../api/client.ts'
import type { Clock } from './clock.svelte.ts'

const COALESCE_MS = 2_000
const RETRY_MS = 5_000
/** Deadlines pass without any message. */
const AT_LEAST_EVERY_MS = 30_000

export class Figures {
  summary = $state.raw<Summary | null>(null)
  /** True while `summary` is older than what is known to have happened, or of another unit. */
  stale = $state(true)
  error = $state.raw<Error | null>(null)
  /** Server time of the last failure in a row's beginning; null while all is well. */
  failingSince = $state.raw<Date | null>(null)

  private readonly clock: Clock
  private unit = ''
  private askedAt = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private running: AbortController | null = null
  private planned = Infinity

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Shows another unit, at once. */
  show(unit: string): void {
    if (unit === this.unit) return
    this.unit = unit
    this.refreshNow()
  }

  /** Something changed: asks again when two seconds have gone since the last question. */
  changed(): void {
    this.stale = true
    this.askIn(Math.max(COALESCE_MS / 2, this.askedAt + COALESCE_MS - Date.now()))
  }

  refreshNow(): void {
    this.stale = true
    this.running?.abort()
    this.askIn(0)
  }

  stop(): void {
    clearTimeout(this.timer)
    this.running?.abort()
  }

  /** Keeps the earlier of two appointments; there is none before a unit is shown. */
  private askIn(wait: number): void {
    if (this.unit === '') return
    const at = Date.now() + wait
    if (at >= this.planned) return
    clearTimeout(this.timer)
    this.planned = at
    this.timer = setTimeout(() => void this.ask(), wait)
  }

  private async ask(): Promise<void> {
    this.planned = Infinity
    const running = new AbortController()
    this.running = running
    this.askedAt = Date.now()
    this.stale = false
    try {
      this.summary = await call(endpoints.summary, { query: { unit: this.unit }, signal: running.signal })
      this.error = null
      this.failingSince = null
      this.askIn(this.stale ? COALESCE_MS : AT_LEAST_EVERY_MS)
    } catch (error) {
      if (running.signal.aborted) return
      this.stale = true
      this.error = error as Error
      this.failingSince ??= new Date(this.clock.exact)
      this.askIn(RETRY_MS)
    }
  }
}

export const [getFigures, setFigures] = createContext<Figures>()
