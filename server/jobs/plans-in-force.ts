/**
 * Looks for plans whose midnight has passed: at the start, since one may have passed while the server was off, and then twice a
 * minute. Any number of servers may look; the command sees to it that each plan comes into force once.
 */
import type { Logger } from 'pino'
import { putDuePlansInForce } from '../commands/plan-in-force.ts'
import { PlanReplays } from '../commands/plan-replay.ts'
import type { Db } from '../db/db.ts'
import { lookEvery } from './look-every.ts'

const LOOK_EVERY_MS = 30_000

/** Looks now, and every half minute until the returned function is called; that resolves once nothing is under way any more. */
export const startPlansInForce = (db: Db, log: Logger, now: () => Date = () => new Date()): (() => Promise<void>) => {
  const context = { db, replays: new PlanReplays(), now }
  const look = async () => {
    for (const { id, inForceAt, reason } of await putDuePlansInForce(context)) {
      if (inForceAt) log.info({ plan: id, inForceAt }, 'a plan came into force')
      else log.warn({ plan: id, reason }, 'a plan could not come into force')
    }
  }
  return lookEvery(LOOK_EVERY_MS, look, (cause) => log.error({ err: cause }, 'plans that are due wait for the database'))
}
