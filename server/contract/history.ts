/** Other times: how a day or an instant is asked for, and when the units of a county changed. */
import { z } from 'zod'
import { county, unitCode } from './unit.ts'

const YEARS = /^(19|20|21)\d\d-/
const IN_REACH = 'a date lies between 1900 and 2199'

/**
 * As of when units are shown. A day is one of the county's own calendar and means the units in force as that day ended, so that a
 * plan shows on the day that it comes into force, and today means now. An instant means exactly that one.
 */
export const asOf = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true })],
    'a date is a day such as 2026-03-01, or an instant such as 2026-03-01T08:00:00+08:00',
  )
  .refine((text) => YEARS.test(text), IN_REACH)
  .describe('a day of the county’s calendar (YYYY-MM-DD: as it ended) or an RFC 3339 instant; default: now')
export type AsOf = z.infer<typeof asOf>

const count = z.number().int()

export const unitHistory = z.object({
  county,
  unitCode,
  /** Oldest first. Seen as of `at` (or of `day`, where it was the day's last change), the units are as the change left them. */
  changes: z.array(
    z.object({
      at: z.iso.datetime(),
      day: z.iso.date(),
      /** Grids of the unit and all below it. */
      gridsBefore: count,
      gridsAfter: count,
      /** Units of all levels that came, went, or got a new version. */
      added: count,
      ended: count,
      changed: count,
    }),
  ),
})
export type UnitHistory = z.infer<typeof unitHistory>
