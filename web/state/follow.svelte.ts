/** Who hears whom while the wall runs: the stream's lines, the second, the minute, midnight and the selected unit. */
import { untrack } from 'svelte'
import type { FeedEvent } from '../api/feed.ts'
import type { Attention } from './attention.svelte.ts'
import type { Catalogue } from './catalogue.svelte.ts'
import type { Choropleth } from './choropleth.svelte.ts'
import type { Clock } from './clock.svelte.ts'
import type { Figures } from './figures.svelte.ts'
import type { Incidents } from './incidents.svelte.ts'
import type { Live } from './live.svelte.ts'
import type { Selection } from './selection.svelte.ts'
import type { Tour } from './tour.svelte.ts'

export interface Running {
  clock: Clock
  live: Live
  catalogue: Catalogue
  selection: Selection
  incidents: Incidents
  figures: Figures
  attention: Attention
  choropleth: Choropleth
  tour: Tour
  /** Whether the reader may see single incidents; otherwise they are not asked for. */
  mayList: boolean
  /** The same of the figures: without a unit they ask for nothing. */
  mayCount: boolean
}

const SNAPSHOT_RETRY_MS = 5_000

/** Joins the pieces of state. Answers how to take them apart. */
export function follow({
  clock,
  live,
  catalogue,
  selection,
  incidents,
  figures,
  attention,
  choropleth,
  tour,
  mayList,
  mayCount,
}: Running): () => void {
  let snapshotAt = 0
  let hasHeard = false

  /** Everything anew: after a reset, and until it worked once. */
  const loadSnapshot = () => {
    snapshotAt = clock.exact
    if (incidents.loaded || !mayList) figures.refreshNow()
    if (mayList) void incidents.load()
  }

  const take = (event: FeedEvent) => {
    // A line that comes back goes on from where it broke; before the first one there is the snapshot that was read ahead of it.
    if (event.type === 'hello' && mayList && !hasHeard) {
      hasHeard = true
      snapshotAt = clock.exact
      void incidents.catchUp(event.data.pos)
    }
    if (event.type === 'reset') loadSnapshot()
    if (event.type !== 'message' || event.data.noun === 'plan') return
    if (event.data.change !== 'reload') return incidents.receive(event.data)
    if (event.data.noun === 'incident') return loadSnapshot()
    if (event.data.noun === 'camera') catalogue.cameraVersion = event.data.version
    else void catalogue.reloadUnits().catch(() => setTimeout(() => take(event), SNAPSHOT_RETRY_MS))
    figures.changed()
  }

  const everySecond = () => {
    const now = clock.exact
    attention.tick()
    tour.tick(now)
    choropleth.refresh(clock.now, clock.dayStart.toISOString())
    if (incidents.error && now - snapshotAt > SNAPSHOT_RETRY_MS) loadSnapshot()
  }

  const stops = [
    live.onEvent(take),
    incidents.onChange((incident, before) => attention.hear(incident, before, !incidents.loaded)),
    clock.onMidnight(() => figures.refreshNow()),
    $effect.root(() => {
      $effect(() => {
        void [clock.now, selection.measure, selection.unit]
        untrack(everySecond)
      })
      $effect(() => {
        if (clock.now.getSeconds() === 0) untrack(() => incidents.prune(clock.now))
      })
      $effect(() => {
        const { unit } = selection
        if (mayCount) untrack(() => figures.show(unit))
      })
      $effect(() => {
        // The first snapshot is no news: the figures are read beside it.
        if (incidents.revision > 1) untrack(() => figures.changed())
      })
    }),
  ]
  return () => stops.forEach((stop) => stop())
}
