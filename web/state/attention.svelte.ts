/**
 * New red incidents ask for attention: each pulses and sounds until it is accepted or a minute has gone, and is shown in turn,
 * eight seconds at least for each. What came while the line was broken is shown the same way when it is back.
 */
import { createContext } from 'svelte'
import type { IncidentMarker } from '#contract/incident.ts'
import type { Clock } from './clock.svelte.ts'
import type { Selection } from './selection.svelte.ts'

export const PULSE_MS = 60_000
export const TURN_MS = 8_000
/** When the two notes sound, counted from the alarm, as long as nobody has accepted. */
const SOUND_AT_MS = [0, 30_000, 60_000] as const
/** At the first load only what is this young is news. */
const NEWS_MS = 60_000

interface Alarm {
  id: string
  since: number
  sounded: number
}

export class Attention {
  /** The red whose card is shown: the newest that got its turn. Null when none is new. */
  shown = $state<string | null>(null)
  /** Ids that pulse now. */
  pulsing = $state.raw<ReadonlySet<string>>(new Set())
  /** Ids that wait for their turn. */
  waiting = $state.raw<readonly string[]>([])

  /** What the screen is about now: the incident somebody chose, otherwise the red that has its turn. */
  readonly focused: string | null = $derived.by(() => this.selection.incident ?? this.shown)

  private readonly clock: Clock
  private readonly selection: Selection
  private readonly ring: () => void
  private readonly alarms = new Map<string, Alarm>()
  private turnAt = 0
  private calmAt: number | null = null

  /** `ring`: plays the two notes, if it may. */
  constructor(clock: Clock, selection: Selection, ring: () => void) {
    this.clock = clock
    this.selection = selection
    this.ring = ring
  }

  /** Hears of every incident that is new or changed. `first`: part of the first snapshot, where most is old. */
  hear(incident: IncidentMarker, before: IncidentMarker | undefined, first: boolean): void {
    const isNew = incident.severity === 'red' && incident.state === 'reported' && (!before || before.severity !== 'red')
    const isNews = !first || this.clock.exact - Date.parse(incident.reportedAt) < NEWS_MS
    if (isNew && isNews) return this.raise(incident.id)
    if (incident.state === 'reported') return
    this.calm(incident.id)
    if (incident.id === this.shown) this.calmAt ??= this.clock.exact
  }

  /** Gives turns, sounds again, lets pulses end. Called every second. */
  tick(): void {
    const now = this.clock.exact
    let due = false
    for (const alarm of this.alarms.values()) {
      const age = now - alarm.since
      while (alarm.sounded < SOUND_AT_MS.length && age >= SOUND_AT_MS[alarm.sounded]!) {
        alarm.sounded++
        due = true
      }
      if (age > PULSE_MS && alarm.sounded === SOUND_AT_MS.length) this.alarms.delete(alarm.id)
    }
    if (due) this.ring()
    const pulsing = [...this.alarms.keys()]
    if (pulsing.length !== this.pulsing.size) this.pulsing = new Set(pulsing)
    if (this.waiting.length > 0 && now >= this.turnAt) this.nextTurn(now)
    // Somebody has taken it on: after a minute the screen goes back to the whole.
    else if (this.calmAt !== null && now - this.calmAt > PULSE_MS) this.dismiss()
  }

  /** Closes the card. */
  dismiss(): void {
    this.shown = null
    this.calmAt = null
  }

  private raise(id: string): void {
    this.alarms.set(id, { id, since: this.clock.exact, sounded: 0 })
    this.waiting = [...this.waiting, id]
    this.tick()
  }

  private calm(id: string): void {
    if (this.waiting.includes(id)) this.waiting = this.waiting.filter((each) => each !== id)
    if (this.alarms.delete(id)) this.pulsing = new Set(this.alarms.keys())
  }

  private nextTurn(now: number): void {
    const [id, ...rest] = this.waiting
    this.waiting = rest
    this.shown = id!
    this.calmAt = null
    // A new red goes before what somebody chose earlier.
    this.selection.choose(null)
    this.turnAt = now + TURN_MS
  }
}

export const [getAttention, setAttention] = createContext<Attention>()
