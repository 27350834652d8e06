/** Transactions that need a table for themselves: better to try again than to keep everybody behind a long reader waiting. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db, Queryable } from '../db/db.ts'
import { limitWaiting } from '../store/partitions.ts'

/** How long others may be kept waiting, how long they are then let through, and how often it is tried. */
const PATIENCE_MS = 2000
const TRIES = 15
const LOCK_NOT_AVAILABLE = '55P03'

/** Runs `work` in a transaction that waits at most two seconds for a lock; tried again for a minute, then rejects with 55P03. */
export const patiently = async <T>(db: Db, work: (tx: Queryable) => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction(async (tx) => {
        await limitWaiting(tx, PATIENCE_MS)
        return work(tx)
      })
    } catch (cause) {
      if ((cause as { code?: string }).code !== LOCK_NOT_AVAILABLE || tries === TRIES) throw cause
      await sleep(PATIENCE_MS)
    }
  }
}
