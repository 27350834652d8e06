/**
 * From the day or instant that a reader asks for to the last change of the units at or before it. All days between two changes
 * are one and the same, so caches keyed by the answer grow with the changes, never with what is asked for.
 */
import { dayStart, parseTime } from '#model/time.ts'
import type { AsOf } from '#contract/history.ts'
import type { Db } from '../db/db.ts'
import { listCounties } from '../store/counties.ts'
import { listChangeInstants } from '../store/unit-history.ts'
import { createMemo } from './memo.ts'

/** The version is part of the key: a list of instants never grows old. */
const KEPT_MS = 3_600_000

export interface Moment {
  /** What stores ask for; null when it is what is in force now. */
  at: Date | null
  /** The same as a part of keys and ETags; '' for now. */
  tag: string
}
const NOW: Moment = { at: null, tag: '' }

export interface Moments {
  /**
   * @param prefix what is read: a county's code, or '' for all of them, whose days are those of the first county
   * @param version of the units, as `VersionSource` has it
   */
  resolve(prefix: string, asked: AsOf | undefined, version: string): Promise<Moment>
}

/** @param county the configured one, which comes first */
export function createMoments(db: Db, county: string | undefined): Moments {
  const instants = createMemo<number[]>(KEPT_MS)
  const zoneOf = async (prefix: string): Promise<string> => {
    const counties = await listCounties(db)
    const own = counties.find(({ code }) => code === (prefix || county)) ?? counties[0]
    return own?.timeZone ?? 'UTC'
  }
  return {
    async resolve(prefix, asked, version) {
      if (asked === undefined) return NOW
      const [zone, changes] = await Promise.all([
        zoneOf(prefix),
        instants.get(`${prefix} ${version}`, () => listChangeInstants(db, prefix)),
      ])
      const last = changes.findLast((change) => change <= instantOf(asked, zone))
      if (last === changes.at(-1)) return NOW
      // Before the first change there was nothing, and that too is one state.
      const at = last ?? changes[0]! - 1
      return { at: new Date(at), tag: `@${at}` }
    },
  }
}

/** Milliseconds of an instant, or of the last one of a day in `zone`. */
export function instantOf(asked: AsOf, zone: string): number {
  if (asked.length > 'YYYY-MM-DD'.length) return new Date(asked).getTime()
  return dayStart(parseTime(asked, zone)!, zone, 1).getTime() - 1
}
