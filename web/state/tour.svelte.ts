/** Tour: every twenty seconds the next town, or the next open red. Whoever touches the screen gets a minute of rest; over the past it waits. */
import type { Catalogue } from './catalogue.svelte.ts'
import { isPastAsked } from './heat-switch.svelte.ts'
import type { Incidents } from './incidents.svelte.ts'
import type { Selection } from './selection.svelte.ts'

export const STOP_MS = 20_000
const REST_MS = 60_000

export class Tour {
  private readonly selection: Selection
  private readonly catalogue: Catalogue
  private readonly incidents: Incidents
  private nextAt = 0

  constructor(selection: Selection, catalogue: Catalogue, incidents: Incidents) {
    this.selection = selection
    this.catalogue = catalogue
    this.incidents = incidents
  }

  /** Somebody is at the screen. */
  rest(now: number): void {
    this.nextAt = now + REST_MS
  }

  /** Moves on when it is time. `now` in ms. Called every second. */
  tick(now: number): void {
    if (this.selection.tour === 'off') return
    // A window, a polygon or a picked place is of the unit somebody chose; back in the present it goes on after one stop.
    if (isPastAsked()) this.nextAt = Math.max(this.nextAt, now + STOP_MS)
    if (now < this.nextAt) return
    this.nextAt = now + STOP_MS
    if (this.selection.tour === 'towns') this.nextTown()
    else this.nextRed()
  }

  private nextTown(): void {
    const stops = [this.selection.root, ...this.catalogue.childrenOf(this.selection.root).map((town) => town.code)]
    this.selection.goTo(after(stops, this.selection.unit))
  }

  private nextRed(): void {
    const stops = this.incidents.reds(this.selection.root).map((red) => red.id)
    if (stops.length > 0) this.selection.choose(after(stops, this.selection.incident ?? ''))
  }
}

/** The stop behind the present one, round and round; the first when the present one is not on the list. */
export const after = (stops: readonly string[], present: string): string => stops[(stops.indexOf(present) + 1) % stops.length]!
