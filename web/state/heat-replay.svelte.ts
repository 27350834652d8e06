/**
 * The map as it stood at an instant. A stretch of time is fetched with what changed in it; inside it any instant is found by applying
 * changes to its beginning, and the next stretch is fetched before it is needed. A stretch that is too much for one answer is halved.
 */
import { endpoints } from '#contract/endpoints.ts'
import type { Replay } from '#contract/heat.ts'
import type { IncidentMarker } from '#contract/incident.ts'
import { ApiProblem, call } from '../api/client.ts'
import { DAY, HOUR } from './heat-window.ts'

const LONGEST_MS = 7 * DAY
const SHORTEST_MS = HOUR
/** The next stretch is fetched when so much of the present one has been played. */
const AHEAD = 0.5

interface Stretch extends Replay {
  from: number
  to: number
}

export class HeatReplay {
  /** What was open at `at`; empty before the first answer. */
  markers = $state.raw<ReadonlyMap<string, IncidentMarker>>(new Map())
  /** The instant that the markers stand for; null before the first answer. */
  at = $state<number | null>(null)
  loading = $state(false)
  error = $state.raw<Error | null>(null)

  private readonly now: () => number
  private unit = ''
  private wanted = 0
  private length = LONGEST_MS
  private present: Stretch | null = null
  private coming: { from: number; stretch: Promise<Stretch> } | null = null
  private applied = 0
  private known = new Map<string, IncidentMarker>()
  /** Tells one picture of an incident from another. */
  private edition = 0

  /** `now`: the server's time, behind which nothing can be asked. */
  constructor(now: () => number) {
    this.now = now
  }

  /** Shows another instant. Answers whether it is shown, or has to be waited for. */
  seek(unit: string, at: number): boolean {
    if (unit !== this.unit) this.forget()
    ;[this.unit, this.wanted] = [unit, at]
    const { present } = this
    if (present && at >= present.from && at <= present.to) {
      this.showAt(present, at)
      if (at > present.from + (present.to - present.from) * AHEAD && present.to < this.now() - HOUR) this.prefetch(present.to)
      return true
    }
    if (!this.loading) void this.load(at)
    return false
  }

  retry(): void {
    this.coming = null
    void this.load(this.wanted)
  }

  forget(): void {
    this.present = this.coming = null
    this.error = null
  }

  private async load(at: number): Promise<void> {
    this.loading = true
    const { unit } = this
    try {
      const ahead = this.coming && at >= this.coming.from && at < this.coming.from + this.length ? this.coming.stretch : this.fetch(at)
      const stretch = await ahead
      if (unit === this.unit) {
        this.begin(stretch)
        this.error = null
      }
    } catch (error) {
      this.error = error as Error
    }
    this.coming = null
    this.loading = false
    // While it was on its way somebody went elsewhere.
    if (this.error === null) this.seek(this.unit, this.wanted)
  }

  private prefetch(from: number): void {
    if (this.coming?.from === from) return
    const stretch = this.fetch(from)
    this.coming = { from, stretch }
    // Told when it is needed.
    stretch.catch(() => {})
  }

  private async fetch(from: number): Promise<Stretch> {
    for (;;) {
      const to = Math.min(from + this.length, this.now())
      const query = { unit: this.unit, at: new Date(from).toISOString(), until: to > from ? new Date(to).toISOString() : undefined }
      try {
        return { ...(await call(endpoints.heatReplay, { query })), from, to: Math.max(from, to) }
      } catch (error) {
        const isTooMuch = error instanceof ApiProblem && (error.code === 'too-large' || error.status === 413)
        if (!isTooMuch || this.length <= SHORTEST_MS) throw error
        this.length /= 2
      }
    }
  }

  private begin(stretch: Stretch): void {
    this.present = stretch
    this.known = new Map(stretch.incidents.map((each) => [each.id, this.edited(each)]))
    this.applied = 0
  }

  private showAt(stretch: Stretch, at: number): void {
    const { changes } = stretch
    // Backwards there is no way but from the beginning.
    if (this.applied > 0 && Date.parse(changes[this.applied - 1]!.at) > at) this.begin(stretch)
    let any = this.at === null || this.applied === 0
    for (; this.applied < changes.length && Date.parse(changes[this.applied]!.at) <= at; this.applied++) {
      const { incident } = changes[this.applied]!
      if (incident.state === 'closed' || incident.state === 'cancelled') this.known.delete(incident.id)
      else this.known.set(incident.id, this.edited(incident))
      any = true
    }
    if (any) this.markers = new Map(this.known)
    this.at = at
  }

  private edited(incident: IncidentMarker): IncidentMarker {
    return { ...incident, version: --this.edition }
  }
}
