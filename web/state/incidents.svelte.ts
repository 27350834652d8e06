/**
 * What is open in the reader's jurisdiction, kept true by a snapshot and the stream after it. Order does not matter: a message whose
 * version is not above the known one is ignored, so a snapshot and the lines that overtook it agree.
 * Bounded: a closed incident stays only while the ticker shows it, and the log of changes is short (a reader that fell behind reads all).
 */
import { createContext } from 'svelte'
import { endpoints } from '#contract/endpoints.ts'
import type { IncidentMarker, OpenIncidents } from '#contract/incident.ts'
import type { StreamMessage } from '#contract/stream.ts'
import { isOverdue } from '#model/deadline.ts'
import { isOpen } from '#model/incident.ts'
import { call } from '../api/client.ts'
import { type OpenCount, Tally } from './tally.ts'

export const TICKER_WINDOW_MS = 10 * 60_000
export const TICKER_CAP = 50
/** Versions of what has left are remembered a while, so that an older line cannot bring it back. */
const GONE_CAP = 2_000
const LOG_CAP = 5_000
const GATHER_MS = 100

export type IncidentMessage = Extract<StreamMessage, { incident: unknown }>

/** What happened since a revision; `all` when the log no longer reaches back. */
export type IncidentChanges = { all: true } | { all: false; ids: ReadonlySet<string> }

export class Incidents {
  /** Rises with every change; reading anything below depends on it. */
  revision = $state(0)
  /** False until the first snapshot has been read. */
  loaded = $state(false)
  error = $state.raw<Error | null>(null)
  /** Position of the stream that the last snapshot holds; null before the first. */
  pos: number | null = null

  private readonly known = new Map<string, IncidentMarker>()
  private readonly gone = new Map<string, number>()
  private readonly tally = new Tally()
  private log: { revision: number; id: string }[] = []
  private logFrom = 0
  private ticker: IncidentMarker[] = []
  private readonly listeners = new Set<(incident: IncidentMarker, before: IncidentMarker | undefined) => void>()
  private loading: Promise<void> | null = null
  private queued = false
  private readonly waiting: IncidentMessage[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  /** Every open incident and the closed ones that the ticker still shows. Read only. */
  get byId(): ReadonlyMap<string, IncidentMarker> {
    void this.revision
    return this.known
  }

  /** Newest first, open or just closed, at most TICKER_CAP. */
  get newest(): readonly IncidentMarker[] {
    void this.revision
    return this.ticker
  }

  /** Open ones of a unit and all below it. */
  openIn(unit: string): Readonly<OpenCount> {
    void this.revision
    return this.tally.of(unit)
  }

  /** Open ones whose deadline has passed, the longest overdue first. `unit`: only there and below. */
  overdue(now: Date, unit = ''): IncidentMarker[] {
    const late = [...this.byId.values()].filter(
      (each) => each.dueAt !== null && isOpen(each.state) && each.unitCode.startsWith(unit) && isOverdue(new Date(each.dueAt), now),
    )
    return late.sort((a, b) => (a.dueAt! < b.dueAt! ? -1 : 1))
  }

  /** Open red ones, the newest first. */
  reds(unit = ''): IncidentMarker[] {
    const reds = [...this.byId.values()].filter((each) => each.severity === 'red' && isOpen(each.state) && each.unitCode.startsWith(unit))
    return reds.sort((a, b) => (a.reportedAt < b.reportedAt ? 1 : -1))
  }

  /** Ids that changed after `revision`: what a map source has to be told. */
  changesSince(revision: number): IncidentChanges {
    if (revision < this.logFrom) return { all: true }
    const ids = new Set<string>()
    for (let i = this.log.length - 1; i >= 0 && this.log[i]!.revision > revision; i--) ids.add(this.log[i]!.id)
    return { all: false, ids }
  }

  /** Hears of every incident that is new or changed, with what was known before. Answers how to stop that. */
  onChange(then: (incident: IncidentMarker, before: IncidentMarker | undefined) => void): () => void {
    this.listeners.add(then)
    return () => this.listeners.delete(then)
  }

  /** Reads the snapshot; a second call while one is under way makes it read once more. Failures stand in `error`. */
  async load(): Promise<void> {
    if (this.loading) {
      this.queued = true
      return this.loading
    }
    this.loading = this.fetch()
    await this.loading
    this.loading = null
    if (this.queued) {
      this.queued = false
      await this.load()
    }
  }

  /** Reads a snapshot only when the one that was read, or is on its way, is from before this position of the stream. */
  async catchUp(pos: number): Promise<void> {
    await this.loading
    if (this.pos === null || this.pos < pos) await this.load()
  }

  /** Replaces everything by a snapshot, but keeps what the stream has already brought in a newer version. */
  takeSnapshot({ pos, incidents }: OpenIncidents): void {
    const open = new Set(incidents.map((each) => each.id))
    for (const [id, each] of this.known) if (!open.has(id) && isOpen(each.state)) this.remove(each)
    for (const each of incidents) this.put(each)
    this.ticker = newestOf([...this.known.values()])
    this.pos = pos
    this.loaded = true
    this.error = null
    this.revision++
    this.log = []
    this.logFrom = this.revision
  }

  /** A line of the stream. Many in a burst are applied together, ten times a second. */
  receive(message: IncidentMessage): void {
    this.waiting.push(message)
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.apply(this.waiting.splice(0))
    }, GATHER_MS)
  }

  /** Applies lines of the stream in their order; everything that depends on them is told once. */
  apply(messages: readonly IncidentMessage[]): void {
    const next = this.revision + 1
    const changed = messages.flatMap((message) => this.applyOne(message))
    if (changed.length === 0) return
    for (const id of changed) this.log.push({ revision: next, id })
    if (this.log.length > LOG_CAP) {
      const cut = this.log.splice(0, this.log.length - LOG_CAP / 2)
      this.logFrom = cut[cut.length - 1]!.revision
    }
    this.revision = next
  }

  /** Lets closed ones go that are older than the ticker's window. Called by the minute. */
  prune(now: Date): void {
    const oldest = now.getTime() - TICKER_WINDOW_MS
    const shown = new Set(this.ticker.map((each) => each.id))
    let any = false
    for (const each of this.known.values()) {
      if (isOpen(each.state) || (shown.has(each.id) && Date.parse(each.reportedAt) >= oldest)) continue
      this.remove(each)
      any = true
    }
    if (!any) return
    this.ticker = newestOf([...this.known.values()])
    this.revision++
  }

  /** Answers the id when it was news. */
  private applyOne({ change, incident }: IncidentMessage): string[] {
    if (change !== 'deleted') {
      if (!this.put(incident)) return []
      this.intoTicker(incident)
      return [incident.id]
    }
    const known = this.known.get(incident.id)
    if (!known) return []
    this.remove(known)
    this.ticker = this.ticker.filter((each) => each.id !== incident.id)
    return [incident.id]
  }

  private async fetch(): Promise<void> {
    try {
      this.takeSnapshot(await call(endpoints.openIncidents))
    } catch (error) {
      this.error = error as Error
    }
  }

  /** True when it was news. */
  private put(incident: IncidentMarker): boolean {
    const before = this.known.get(incident.id)
    if (incident.version <= (before?.version ?? this.gone.get(incident.id) ?? -1)) return false
    if (before) this.tally.count(before, -1)
    this.tally.count(incident, 1)
    this.known.set(incident.id, incident)
    this.gone.delete(incident.id)
    for (const then of this.listeners) then(incident, before)
    return true
  }

  private remove(incident: IncidentMarker): void {
    this.tally.count(incident, -1)
    this.known.delete(incident.id)
    this.gone.set(incident.id, incident.version)
    if (this.gone.size > GONE_CAP) this.gone.delete(this.gone.keys().next().value as string)
  }

  private intoTicker(incident: IncidentMarker): void {
    const rest = this.ticker.filter((each) => each.id !== incident.id)
    const at = rest.findIndex((each) => each.reportedAt < incident.reportedAt)
    rest.splice(at < 0 ? rest.length : at, 0, incident)
    this.ticker = rest.slice(0, TICKER_CAP)
  }
}

/** The newest by `reportedAt`, at most TICKER_CAP. */
function newestOf(list: IncidentMarker[]): IncidentMarker[] {
  return list.sort((a, b) => (a.reportedAt < b.reportedAt ? 1 : -1)).slice(0, TICKER_CAP)
}

export const [getIncidents, setIncidents] = createContext<Incidents>()
