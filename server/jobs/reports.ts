/**
 * Looks for days, weeks and months that are over and have no report: they are over at the county's midnight, and a server that was
 * off then makes them when it is back. Any number of servers may look: a period has one report.
 */
import type { Logger } from 'pino'
import { makeDueReports, type ReportContext } from '../commands/reports.ts'
import { lookEvery } from './look-every.ts'

/** Not at once: whoever starts a server wants to see the map first. */
const FIRST_LOOK_MS = 60_000
const LOOK_EVERY_MS = 60_000

/** Looks every minute until the returned function is called; that resolves once nothing is under way any more. */
export const startReports = (context: ReportContext, log: Logger, firstLookMs = FIRST_LOOK_MS): (() => Promise<void>) => {
  const look = async () => {
    for (const { id, unitCode, period, firstDay } of await makeDueReports(context)) {
      log.info({ report: id, unitCode, period, firstDay }, 'a report was made')
    }
  }
  return lookEvery(LOOK_EVERY_MS, look, (cause) => log.error({ err: cause }, 'reports that are due wait'), firstLookMs)
}
