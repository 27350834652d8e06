/** The live stream of one server: sequencer, reader and hub tied together. */
import type { Logger } from 'pino'
import type { Db } from '../db/db.ts'
import { getStreamPosition, listSequenced, type SequencedRow, STREAM_BELL } from '../store/outbox.ts'
import { createFollower } from './follower.ts'
import { createHub, type Hub, type HubOptions } from './hub.ts'
import { type SequencerOptions, startSequencer } from './sequencer.ts'

const BATCH = 1000
const TICK_MS = 1000
/** Beats stop when the database has not answered for this long: a screen must not take old data for live. */
const DEAF_MS = 5000

export interface StreamOptions extends HubOptions, SequencerOptions {
  beatMs: number
}

export const STREAM_DEFAULTS: StreamOptions = {
  keep: 20_000,
  keepRows: 20_000,
  keepMs: 48 * 3_600_000,
  coalesceMs: 40,
  maxWaitingBytes: 16_000_000,
  maxUnreadBeats: 10,
  maxClients: 5000,
  beatMs: 2000,
}

export interface Stream {
  hub: Pick<Hub, 'pos' | 'full' | 'join' | 'stats'>
  /** Reads until the hub knows everything that was sequenced when this was called. Rejects when the database does not answer. */
  catchUp(): Promise<void>
  /** True while the database is followed. */
  readonly isLive: boolean
  /** True on the one server that gives out positions. */
  readonly leads: boolean
  /** Hands each batch of sequenced rows on as it is read, in order; `gap`: rows before it were missed. `hub.pos` is then the last one's. */
  onRows(listener: (rows: readonly SequencedRow[], gap: boolean) => void): void
  /** Calls back with each `reload` message of any server, and when nothing that was remembered can be trusted. */
  onReload(listener: () => void): void
  close(): Promise<void>
}

/** Opens the stream on a migrated database. Rejects when the database does not answer. */
export const openStream = async (
  db: Db,
  log: Logger,
  version: string,
  options: Partial<StreamOptions> = {},
  now: () => Date = () => new Date(),
): Promise<Stream> => {
  const all = { ...STREAM_DEFAULTS, ...options }
  const end = await getStreamPosition(db)
  const kept = await listSequenced(db, Math.max(0, end - all.keep), all.keep + BATCH)
  const hub = createHub(kept.length > 0 ? kept[0]!.pos - 1 : end, version, all, now)
  hub.take(kept)
  let heardAt = performance.now()
  let closed = false
  const listeners: (() => void)[] = []
  const followers: ((rows: readonly SequencedRow[], gap: boolean) => void)[] = []

  const reader = createFollower(async () => {
    for (let rows = null; rows === null || rows.length === BATCH;) {
      rows = await listSequenced(db, hub.pos, BATCH)
      if (closed) return
      const gap = rows.length > 0 && rows[0]!.pos !== hub.pos + 1
      hub.take(rows)
      for (const follower of followers) follower(rows, gap)
      if (gap || rows.some(({ unitCode }) => unitCode === '')) for (const listener of listeners) listener()
    }
    heardAt = performance.now()
  })
  const look = () => {
    if (!closed) reader.again().catch((cause: unknown) => log.warn({ err: cause }, 'the stream cannot read'))
  }

  const stopListening = await db.listen(STREAM_BELL, look)
  const sequencer = await startSequencer(db, log, all)
  const ticks = setInterval(look, TICK_MS)
  const isLive = () => performance.now() - heardAt < DEAF_MS
  const beats = setInterval(() => {
    if (isLive()) hub.beat()
  }, all.beatMs)

  return {
    hub,
    catchUp: () => reader.again(),
    get isLive() {
      return isLive()
    },
    get leads() {
      return sequencer.leads
    },
    onRows: (listener) => void followers.push(listener),
    onReload: (listener) => void listeners.push(listener),
    async close() {
      closed = true
      clearInterval(ticks)
      clearInterval(beats)
      hub.close()
      await stopListening()
      await sequencer.close()
    },
  }
}
