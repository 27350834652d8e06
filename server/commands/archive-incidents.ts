/**
 * Old months of incidents leave the table and come back. A month goes in steps of which each is whole: it is taken off (screens
 * reload), written to files, dropped. Told to stop in between, the next run goes on where this one was.
 */
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { insertAudit } from '../store/audit.ts'
import {
  archiveColumns,
  countMonth,
  detachMonth,
  dropArchivedMonth,
  dropKeys,
  listArchivedMonths,
  listMonthsBefore,
  loadArchivedMonth,
  lockIncidents,
  readArchivedMonth,
  restoreMonth,
} from '../store/incident-archive.ts'
import { announceReload } from '../store/outbox.ts'
import { patiently } from './patience.ts'
import { type Manifest, readManifests, readRows, writeMonth } from '../transfer/month-file.ts'

/** Incidents read at once, with their steps. */
const PAGE = 5000

export interface ArchiveOptions {
  /** Whole months before this instant. */
  before: Date
  /** Folder for the files; undefined: the months stay in the database, beside the table. */
  to?: string | undefined
  /** Removes from the database what was written. Needs `to`. */
  drop?: boolean
  /** Takes months that still have open incidents, too. */
  withOpen?: boolean
}

export interface ArchivedMonth {
  /** '2024-01', of UTC. */
  month: string
  incidents: number
  open: number
  /** kept: it has open incidents, and `withOpen` was not said. */
  outcome: 'kept' | 'detached' | 'written' | 'dropped'
}

const nameOf = (month: Date): string => month.toISOString().slice(0, 7)

const takeOff = (db: Db, actor: Pick<Actor, 'name'>, month: Date, withOpen: boolean): Promise<ArchivedMonth> =>
  patiently(db, async (tx) => {
    await lockIncidents(tx)
    const counts = await countMonth(tx, month)
    if (counts.open > 0 && !withOpen) return { month: nameOf(month), ...counts, outcome: 'kept' }
    await detachMonth(tx, month)
    await insertAudit(tx, actor, {
      action: 'incident.archive',
      noun: 'incident',
      nounId: nameOf(month),
      unitCode: null,
      detail: { ...counts },
    })
    await announceReload(tx, 'incident')
    return { month: nameOf(month), ...counts, outcome: 'detached' }
  })

const writeOut = async (db: Db, actor: Pick<Actor, 'name'>, month: Date, folder: string, drop: boolean): Promise<Manifest> => {
  const columns = await archiveColumns(db, month)
  const made = await writeMonth(folder, month, columns, readArchivedMonth(db, month, columns, PAGE))
  if (!drop) return made
  await db.transaction(async (tx) => {
    const steps = await dropArchivedMonth(tx, month)
    const detail = { incidents: made.incidents.rows, steps, file: made.incidents.file, sha256: made.incidents.sha256 }
    await insertAudit(tx, actor, { action: 'incident.drop', noun: 'incident', nounId: nameOf(month), unitCode: null, detail })
  })
  return made
}

/** Archives the months before an instant, and those that an earlier run took off, the oldest first; `onMonth` is told of each. */
export const archiveIncidents = async (
  db: Db,
  actor: Pick<Actor, 'name'>,
  { before, to, drop = false, withOpen = false }: ArchiveOptions,
  onMonth: (done: ArchivedMonth) => void = () => undefined,
): Promise<ArchivedMonth[]> => {
  const earlier = (await listArchivedMonths(db)).filter((month) => month < before)
  const months = await listMonthsBefore(db, before)
  const twice = months.find((month) => earlier.some((each) => each.getTime() === month.getTime()))
  if (twice && !drop) {
    throw new MonthIsBeside(`${nameOf(twice)} was archived before and lies in the database still: write and drop it first, or restore it.`)
  }
  const done: ArchivedMonth[] = []
  const tell = (one: ArchivedMonth) => {
    done.push(one)
    onMonth(one)
  }
  const goOn = async (month: Date, taken: Omit<ArchivedMonth, 'outcome'> | null) => {
    await dropKeys(db, month)
    if (to === undefined) return
    const { incidents } = await writeOut(db, actor, month, to, drop)
    tell({ month: nameOf(month), open: 0, ...taken, incidents: incidents.rows, outcome: drop ? 'dropped' : 'written' })
  }
  for (const month of earlier) await goOn(month, null)
  for (const month of months) {
    const taken = await takeOff(db, actor, month, withOpen)
    if (taken.outcome === 'kept' || to === undefined) tell(taken)
    if (taken.outcome === 'detached') await goOn(month, taken)
  }
  return done
}

/** A month that was archived before lies beside the table, and more of it came since. */
export class MonthIsBeside extends Error {
  override readonly name = 'MonthIsBeside'
}

/**
 * Brings an archived month back: the one that lies beside the table, otherwise all that `folder` has of it. Resolves with how many
 * incidents came back. Rejects with BadArchive.
 */
export const restoreIncidents = async (db: Db, actor: Pick<Actor, 'name'>, month: Date, folder: string): Promise<number> => {
  const isBeside = (await listArchivedMonths(db)).some((each) => each.getTime() === month.getTime())
  const sources = isBeside ? [null] : await readManifests(folder, month)
  return db.transaction(async (tx) => {
    let incidents = 0
    for (const from of sources) {
      if (from) {
        const columns = { incidents: from.incidents.columns, steps: from.steps.columns }
        await loadArchivedMonth(tx, month, columns, { incidents: readRows(folder, from.incidents), steps: readRows(folder, from.steps) })
      }
      incidents += await restoreMonth(tx, month, from && from.steps.columns)
    }
    await insertAudit(tx, actor, {
      action: 'incident.restore',
      noun: 'incident',
      nounId: nameOf(month),
      unitCode: null,
      detail: { incidents },
    })
    await announceReload(tx, 'incident')
    return incidents
  })
}
