/**
 * Looks after the monthly partitions of incidents: at the start and every hour, though only the turn of a month brings work, so that
 * rows of a month that nobody foresaw do not wait for a day. Any number of servers may look; one does it.
 */
import { join } from 'node:path'
import type { Logger } from 'pino'
import { keepPartitions } from '../commands/keep-partitions.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { lookEvery } from './look-every.ts'

const LOOK_EVERY_MS = 3_600_000

export type PartitionOptions = Pick<Config, 'incidentMonthsAhead' | 'incidentRetentionMonths' | 'dataDir'>

/** Looks now, and every hour until the returned function is called; that resolves once nothing is under way any more. */
export const startPartitions = (
  db: Db,
  log: Logger,
  options: PartitionOptions,
  now: () => Date = () => new Date(),
): (() => Promise<void>) => {
  const look = async () => {
    const kept = await keepPartitions({
      db,
      now: now(),
      monthsAhead: options.incidentMonthsAhead,
      retentionMonths: options.incidentRetentionMonths,
      archiveFolder: join(options.dataDir, 'archive'),
    })
    if (!kept) return
    if (kept.made.length > 0) log.info({ partitions: kept.made }, 'made the partitions of coming months')
    if (kept.moved > 0) log.warn({ rows: kept.moved }, 'moved incidents of months that nobody had foreseen to partitions of their own')
    for (const { outcome, ...month } of kept.archived) {
      if (outcome === 'kept') log.warn(month, 'kept a month that is older than the retention, since some of its incidents are open')
      else log.info(month, 'archived a month that is older than the retention')
    }
  }
  return lookEvery(LOOK_EVERY_MS, look, (cause) => log.error({ err: cause }, 'the partitions of incidents wait for the database'))
}
