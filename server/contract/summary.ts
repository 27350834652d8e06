/** The figures of the wall: one answer for one unit, the same for everybody who may see that unit. */
import { z } from 'zod'
import { instant, kindCode, platform, severity, source, state } from './incident.ts'
import { unitCode } from './unit.ts'

/** A count of today so far and of yesterday until the same time of day. */
const pair = z.object({ today: z.number().int(), yesterday: z.number().int() })

const rate = z.object({
  /** Share in 0…1 over the whole window, null when nothing was reported in it. */
  share: z.number().nullable(),
  /** Only what was reported before this day (YYYY-MM-DD, county's zone) is old enough to be judged. */
  before: z.string(),
  days: z.array(z.object({ day: z.string(), share: z.number().nullable(), reported: z.number().int() })),
})

export const summary = z.object({
  unitCode,
  now: instant,
  timeZone: z.string(),
  /** Stream position at or before which everything is counted. */
  pos: z.number().int(),
  reported: pair.extend({ yesterdayTotal: z.number().int() }),
  closed: pair,
  open: pair.describe('Open now, and open yesterday at the same time'),
  overdue: z.number().int(),
  supervised: z.number().int(),
  outside: z.number().int().describe('Today’s reports that lie in no leaf unit'),
  withoutPlace: z.number().int().describe('Today’s reports without a place'),
  openBySeverity: z.object({ red: z.number().int(), yellow: z.number().int(), green: z.number().int() }),
  openByState: z.array(z.object({ state, count: z.number().int() })),
  /** Reports per step from local midnight; `today` ends with the running step. */
  histogram: z.object({
    stepMinutes: z.number().int(),
    dayStart: instant,
    today: z.array(z.number().int()),
    yesterday: z.array(z.number().int()),
    reds: z.array(instant),
  }),
  acceptedWithinDay: rate,
  closedWithinFiveDays: rate,
  days: z.array(z.object({ day: z.string(), reported: z.number().int() })).describe('The last 14 whole days and today'),
  platforms: z.array(pair.extend({ platform })),
  classes: z.array(pair.extend({ code: z.string() })),
  sources: z.array(pair.extend({ source })),
  /** The most pressing first. */
  overdueList: z.array(
    z.object({
      id: z.uuid(),
      kind: kindCode,
      severity,
      state,
      unitCode,
      dueAt: instant,
      supervisions: z.number().int(),
    }),
  ),
  /** The units one level below: closed-in-5-days share, best first, and what is open there. */
  children: z.array(
    z.object({
      code: unitCode,
      share: z.number().nullable(),
      reported: z.number().int(),
      open: z.number().int(),
      overdue: z.number().int(),
    }),
  ),
  cameras: z.object({ online: z.number().int(), offline: z.number().int() }),
})
export type Summary = z.infer<typeof summary>
