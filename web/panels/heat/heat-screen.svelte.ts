/**
 * What every page that shows heat has: the heat's state, what is fetched for it and when, and its keys. Made while a component is; that
 * component puts its parts where it wants them, and ends it.
 */
import { untrack } from 'svelte'
import type { BandCount } from '../../map/heat/bands.ts'
import { HeatView } from '../../map/heat/heat-view.svelte.ts'
import { clockTime } from '../../i18n/format.ts'
import type { Catalogue } from '../../state/catalogue.svelte.ts'
import type { Clock } from '../../state/clock.svelte.ts'
import { coarser, Heat, type Shown } from '../../state/heat.svelte.ts'
import { HeatOutline } from '../../state/heat-outline.svelte.ts'
import { HeatPlayer } from '../../state/heat-player.svelte.ts'
import type { HeatReplay } from '../../state/heat-replay.svelte.ts'
import { HeatSpots } from '../../state/heat-spots.svelte.ts'
import type { Reading } from '../../ui/reading.ts'

/** A test is of one window, and so are the units of a very large county: they wait until the window has come to rest. */
const REST_MS = 400

interface Parts {
  clock: Clock
  catalogue: Catalogue
  shown: Shown
  /** How many colours the theme's ramp has. */
  colours: Extract<BandCount, 6 | 7>
  /** Null where only heat is shown. */
  replay: HeatReplay | null
}

export class HeatScreen {
  readonly heat: Heat
  readonly view: HeatView
  readonly outline = new HeatOutline()
  readonly spots = new HeatSpots()
  readonly isReplay: boolean = $derived.by(() => this.heat.picture === 'replay')
  /** How it stands with what the panels say. */
  readonly reading: Reading = $derived.by(() => {
    const { data } = this.heat
    if (data.set) return { status: 'ready' }
    if (!data.error) return { status: 'loading' }
    return { status: 'failed', since: clockTime(this.failedAt ?? this.clock.now, this.clock.zone), retry: () => data.retry() }
  })

  private readonly clock: Clock
  private readonly player: HeatPlayer
  private failedAt = $state.raw<Date | null>(null)

  constructor({ clock, catalogue, shown, colours, replay }: Parts) {
    this.clock = clock
    this.heat = new Heat(clock, shown, (code) =>
      catalogue.classes.some((each) => each.code === code || each.kinds.some((kind) => kind.code === code)),
    )
    this.view = new HeatView(this.heat, catalogue, shown, colours)
    this.player = new HeatPlayer(this.heat, replay)
    $effect(() => void this.outline.seek(shown.unit))
    $effect(() => this.fetch())
    $effect(() => this.atRest(shown.unit))
    $effect(() => {
      this.failedAt = this.heat.data.error ? untrack(() => this.failedAt ?? clock.now) : null
    })
  }

  /** Nothing of it goes on; the address stays as it is. */
  stop(): void {
    this.outline.stop()
    this.player.stop()
    this.heat.stop()
  }

  /** The heat's keys, heard before all others: Esc and Enter while somebody draws, Esc otherwise (`leave`), space plays. */
  hear(event: KeyboardEvent, leave: () => void): void {
    const { heat, view } = this
    const inside = event.target as Element | null
    if (event.key === 'Escape' && !inside?.closest?.('[data-escapes=true]')) {
      event.stopImmediatePropagation()
      if (view.drawn) view.stopDrawing()
      else leave()
    } else if (event.key === 'Enter' && view.drawn && view.drawnFault === null) view.finishDrawing()
    else if (event.key === ' ' && !inside?.closest?.('button, input, select, [role=application]')) {
      event.preventDefault()
      heat.play(!heat.playing)
    }
  }

  /** What it is drawn and counted from: asked for anew with the filter, the range and the map's scale, never with the window. */
  private fetch(): void {
    const { query, range, grain, zone, weighted, picture, level, value } = this.heat
    const [cell, byUnit] = [picture === 'cells' ? coarser(this.heat.cell) : this.heat.cell, picture === 'units']
    const request = { query, range, grain, zone, cell, weighted, level: byUnit ? level : null, overdue: byUnit && value === 'overdue' }
    untrack(() => void this.heat.data.load(request))
  }

  private atRest(unit: string): (() => void) | void {
    const { heat, spots, view } = this
    const { filter, window, picture } = heat
    void [heat.value, heat.level]
    // Not before the heat: it must not wait for the test.
    if (picture === 'replay' || heat.playing || !heat.data.set) return spots.forget()
    const timer = setTimeout(() => {
      void spots.ask({ unit, filter, window, by: picture === 'units' ? 'unit' : 'cell' })
      view.countUnits()
    }, REST_MS)
    spots.forget()
    return () => clearTimeout(timer)
  }
}
