/**
 * The sequencer: of all servers on one database the one that leads gives out positions after commit, in order and without gaps.
 * Whoever does not lead tries again every second, so a killed leader is replaced within that time. The leader also keeps house:
 * old outbox rows go.
 */
import type { Logger } from 'pino'
import type { Db } from '../db/db.ts'
import { hasUnsequenced, OUTBOX_BELL, pruneOutbox, sequenceOutbox } from '../store/outbox.ts'
import { createFollower } from './follower.ts'

/** 'ride' in ASCII. */
const LEADER_LOCK = 0x72696465
const BATCH = 500
const TICK_MS = 1000
const GATHER_MS = 20
const HOUSE_MS = 60_000

export interface SequencerOptions {
  /** Positions that stay in the outbox. */
  keepRows: number
  /** Nothing older stays. */
  keepMs: number
}

export interface Sequencer {
  readonly leads: boolean
  close(): Promise<void>
}

/** Starts contending for the lead. Rejects only when the database cannot be listened to at all. */
export const startSequencer = async (db: Db, log: Logger, options: SequencerOptions): Promise<Sequencer> => {
  let release: (() => Promise<void>) | null = null
  let closed = false
  let cleanedAt = -HOUSE_MS

  const drain = createFollower(async () => {
    while (release && !closed && (await sequenceOutbox(db, BATCH)) === BATCH);
  })

  const keepHouse = async () => {
    if (performance.now() - cleanedAt < HOUSE_MS) return
    cleanedAt = performance.now()
    await pruneOutbox(db, options.keepRows, new Date(Date.now() - options.keepMs))
  }

  const lead = async () => {
    release = await db.lead(LEADER_LOCK, () => {
      release = null
      if (!closed) log.warn('the lead of the stream was lost')
    })
    if (release) log.info('leads the stream')
  }

  const tick = async () => {
    if (!release) await lead()
    if (!release) return
    if (await hasUnsequenced(db)) await drain.again()
    await keepHouse()
  }

  const trouble = (cause: unknown) => {
    if (!closed) log.warn({ err: cause }, 'the stream waits for the database')
  }
  // A quiet bell is answered at once; a busy one now and then, or the positions cost more than the reports.
  let drainedAt = -Infinity
  let soon: NodeJS.Timeout | undefined
  const ring = () => {
    if (!release || closed) return
    soon ??= setTimeout(
      () => {
        soon = undefined
        drainedAt = performance.now()
        drain.again().catch(trouble)
      },
      drainedAt + GATHER_MS - performance.now(),
    )
  }

  const stopListening = await db.listen(OUTBOX_BELL, ring)
  // One tick after the other, each a second after the last: a slow database is not asked twice at once.
  let timer: NodeJS.Timeout
  let ticking: Promise<void> = Promise.resolve()
  const loop = () => {
    ticking = tick().catch(trouble)
    void ticking.then(() => {
      if (!closed) timer = setTimeout(loop, TICK_MS)
    })
  }
  loop()

  return {
    get leads() {
      return release !== null
    },
    async close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(soon)
      await stopListening()
      await ticking
      await drain.again().catch(() => undefined)
      await release?.()
    },
  }
}
