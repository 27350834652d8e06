/**
 * How far the screen can be trusted. The stream beats every two seconds; without a line for more than 5 s it is late, for more than
 * 10 s broken, whatever the connection itself claims. Passes the stream's lines on to whoever listens.
 */
import { createContext } from 'svelte'
import type { FeedEvent } from '../api/feed.ts'
import type { Clock } from './clock.svelte.ts'

export type LiveStatus = 'connecting' | 'live' | 'late' | 'broken'
const LATE_S = 5
const BROKEN_S = 10

export class Live {
  /** Server time up to which the screen is true; null before the first word. */
  lastAt = $state.raw<Date | null>(null)
  /** Attempts to reconnect since the line was lost; 0 while it stands. */
  attempt = $state(0)
  /** When the next attempt is made (server time), while one is awaited. */
  retryAt = $state.raw<Date | null>(null)
  /** Age in seconds of the newest word from the server. */
  readonly lagSeconds: number = $derived.by(() => {
    const since = this.lastAt ?? this.openedAt
    return Math.max(0, (this.clock.now.getTime() - since.getTime()) / 1000)
  })
  readonly status: LiveStatus = $derived.by(() => {
    if (this.lagSeconds > BROKEN_S) return 'broken'
    if (!this.lastAt) return 'connecting'
    return this.lagSeconds > LATE_S ? 'late' : 'live'
  })

  private readonly clock: Clock
  private readonly reload: () => void
  private readonly listeners = new Set<(event: FeedEvent) => void>()
  private openedAt = $state.raw(new Date())
  private version: string | null = null

  /** `reload`: called when the server's version has changed under the page. */
  constructor(clock: Clock, reload: () => void) {
    this.clock = clock
    this.reload = reload
  }

  /** Begins to wait for the first word: from now on silence counts. */
  open(version: string | null): void {
    this.version = version
    this.openedAt = new Date(this.clock.exact)
  }

  /** Hears every line of the stream after the clock and the status have. Answers how to stop that. */
  onEvent(then: (event: FeedEvent) => void): () => void {
    this.listeners.add(then)
    return () => this.listeners.delete(then)
  }

  take(event: FeedEvent): void {
    if (event.type === 'hello' || event.type === 'beat') {
      this.clock.correct(event.data.now, event.at)
      this.lastAt = new Date(event.data.now)
    }
    if (event.type === 'hello') {
      this.attempt = 0
      this.retryAt = null
      if (this.version !== null && this.version !== event.data.version) return this.reload()
      this.version = event.data.version
    }
    if (event.type === 'closed') {
      this.attempt = event.attempt
      this.retryAt = new Date(event.retryAt + this.clock.exact - Date.now())
    }
    if (event.type === 'message' && this.lastAt) {
      const at = new Date(event.data.at)
      if (at > this.lastAt) this.lastAt = at
    }
    for (const then of this.listeners) then(event)
  }
}

export const [getLive, setLive] = createContext<Live>()
