/** The months' partitions, kept by whoever leads: the coming ones are there before their rows, strays are brought home, expired ones leave. */
import type { Db } from '../db/db.ts'
import { SYSTEM } from '../middleware/actor.ts'
import { ensurePartitions, listStrays, monthStart } from '../store/partitions.ts'
import { archiveIncidents, type ArchivedMonth } from './archive-incidents.ts'
import { patiently } from './patience.ts'

/** 'rowm' in ASCII. */
export const PARTITIONS_LOCK = 0x726f776d

export interface Keeping {
  db: Db
  now: Date
  /** Coming months, besides the running one. */
  monthsAhead: number
  /** Whole months that stay, besides the running one; 0: all. */
  retentionMonths: number
  /** Folder that expired months are written to. */
  archiveFolder: string
}

export interface Kept {
  /** Names of the partitions made. */
  made: string[]
  /** Rows that had no month's partition and have one now. */
  moved: number
  archived: ArchivedMonth[]
}

/** Does what is due; null when another server is at it. */
export const keepPartitions = async ({ db, now, monthsAhead, retentionMonths, archiveFolder }: Keeping): Promise<Kept | null> => {
  const release = await db.lead(PARTITIONS_LOCK, () => undefined)
  if (!release) return null
  try {
    const made = await patiently(db, (tx) => ensurePartitions(tx, now, monthStart(now, monthsAhead)))
    let moved = 0
    for (const { month, rows } of await listStrays(db)) {
      made.push(...(await patiently(db, (tx) => ensurePartitions(tx, month, month))))
      moved += rows
    }
    const before = monthStart(now, -retentionMonths)
    const archived = retentionMonths === 0 ? [] : await archiveIncidents(db, SYSTEM, { before, to: archiveFolder, drop: true })
    return { made, moved, archived }
  } finally {
    await release()
  }
}
