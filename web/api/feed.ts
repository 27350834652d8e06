/**
 * One connection to the live stream, kept alive: the EventSource is ours to reopen, because the browser's own retry gives up on an
 * HTTP error and never notices a half-open line. Runs in the shared worker, or in the page where there is none.
 * Order on every connection: `opening` → `hello` → (`message` | `beat` | `reset`)* → `closed` → `opening` …
 */
import { endpoints } from '#contract/endpoints.ts'
import type { Beat, Hello, StreamMessage } from '#contract/stream.ts'

/** `at`: the browser's clock, in ms, when the line arrived. */
export type FeedEvent =
  | { type: 'opening'; attempt: number }
  | { type: 'hello'; at: number; data: Hello }
  | { type: 'beat'; at: number; data: Beat }
  | { type: 'message'; at: number; pos: number; data: StreamMessage }
  | { type: 'reset' }
  | { type: 'closed'; attempt: number; retryAt: number }
  | { type: 'signed-out' }

const SILENCE_MS = 10_000
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000]

const NOUNS = ['incident', 'unit', 'camera', 'plan'] as const satisfies StreamMessage['noun'][]
const isKnown = (data: unknown): data is StreamMessage => NOUNS.includes((data as StreamMessage | null)?.noun as never)

/** Milliseconds to wait before attempt number `attempt` (1-based); up to a quarter is added so that 200 walls do not knock at once. */
export const backoff = (attempt: number, random: number): number => BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length) - 1]! * (1 + random / 4)

export class Feed {
  private readonly tell: (event: FeedEvent) => void
  private source: EventSource | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setTimeout> | undefined
  private attempt = 0
  /** Position of the newest line received; what a reconnect resumes from. Null before the first hello. */
  pos: number | null = null

  constructor(tell: (event: FeedEvent) => void) {
    this.tell = tell
  }

  get running(): boolean {
    return this.source !== null || this.timer !== undefined
  }

  open(): void {
    this.close()
    this.connect()
  }

  /** Ends the connection and forgets where it stood. */
  close(): void {
    this.drop()
    clearTimeout(this.timer)
    this.timer = undefined
    this.attempt = 0
    this.pos = null
  }

  private connect(): void {
    this.timer = undefined
    this.tell({ type: 'opening', attempt: this.attempt })
    const resume = this.pos === null ? '' : `?lastEventId=${this.pos}`
    const source = new EventSource(endpoints.stream.path + resume)
    let helloPos: number | null = null
    this.source = source
    this.watch()
    this.on(source, 'hello', (data) => {
      this.attempt = 0
      const known = data as Hello
      helloPos = known.pos
      this.pos ??= known.pos
      this.tell({ type: 'hello', at: Date.now(), data: known })
    })
    this.on(source, 'beat', (data) => this.tell({ type: 'beat', at: Date.now(), data: data as Beat }))
    this.on(source, 'message', (data, id) => {
      const pos = Number(id)
      this.pos = pos
      // A noun that this page does not know yet is of no use to it; the position counts all the same.
      if (isKnown(data)) this.tell({ type: 'message', at: Date.now(), pos, data })
    })
    this.on(source, 'reset', () => {
      // Who hears it loads a snapshot that is newer than this connection's hello.
      this.pos = helloPos
      this.tell({ type: 'reset' })
    })
    source.onerror = () => this.lost()
  }

  private on(source: EventSource, name: string, take: (data: unknown, id: string) => void): void {
    source.addEventListener(name, (event) => {
      if (source !== this.source) return
      this.watch()
      const { data, lastEventId } = event as MessageEvent<string>
      take(data ? JSON.parse(data) : null, lastEventId)
    })
  }

  private watch(): void {
    clearTimeout(this.watchdog)
    this.watchdog = setTimeout(() => this.lost(), SILENCE_MS)
  }

  private drop(): void {
    clearTimeout(this.watchdog)
    if (!this.source) return
    this.source.onerror = null
    this.source.close()
    this.source = null
  }

  private lost(): void {
    this.drop()
    this.attempt++
    const wait = backoff(this.attempt, Math.random())
    this.tell({ type: 'closed', attempt: this.attempt, retryAt: Date.now() + wait })
    this.timer = setTimeout(() => this.connect(), wait)
    void this.askWhy()
  }

  /** An EventSource hides the status of a refusal: ask once whether we are still known. */
  private async askWhy(): Promise<void> {
    const response = await fetch(endpoints.whoAmI.path, { credentials: 'same-origin' }).catch(() => null)
    if (response?.status === 401) this.tell({ type: 'signed-out' })
  }
}
