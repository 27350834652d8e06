/**
 * The wall's clock: the server's time, not this machine's, in the county's zone. Every line of the stream that says `now` corrects it.
 * A line that was delayed makes the server look slower than it is, so the largest of the last offsets is the truest.
 */
import { createContext } from 'svelte'
import { nextDay, startOfDay } from './zone.ts'

const SAMPLES = 10

export class Clock {
  /** The server's time, anew at every full second. */
  now = $state.raw(new Date())
  zone = $state('Asia/Shanghai')
  readonly dayStart: Date = $derived(new Date(startOfDay(this.now.getTime(), this.zone)))

  private offsets: number[] = []
  private offset = 0
  private midnight = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly atMidnight = new Set<() => void>()

  /** `serverNow`: what the server said; `at`: this browser's clock when it arrived, ms. */
  correct(serverNow: string, at: number): void {
    this.offsets.push(Date.parse(serverNow) - at)
    if (this.offsets.length > SAMPLES) this.offsets.shift()
    this.offset = Math.max(...this.offsets)
  }

  /** The server's time at this very moment, in ms. */
  get exact(): number {
    return Date.now() + this.offset
  }

  /** Calls back once whenever a new day begins in the county. Answers how to stop that. */
  onMidnight(then: () => void): () => void {
    this.atMidnight.add(then)
    return () => this.atMidnight.delete(then)
  }

  start(): void {
    this.stop()
    this.midnight = nextDay(this.exact, this.zone)
    this.tick()
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private tick = (): void => {
    const exact = this.exact
    this.now = new Date(exact)
    this.timer = setTimeout(this.tick, 1000 - (exact % 1000) + 5)
    if (exact < this.midnight) return
    this.midnight = nextDay(exact, this.zone)
    for (const then of this.atMidnight) then()
  }
}

export const [getClock, setClock] = createContext<Clock>()
