/** Reports of a day, a week or a month: the figures are stored once; page, PDF and Excel are made of them by #model/report/document.ts. */
import { z } from 'zod'
import { PERIODS } from '#model/hot-spots/periods.ts'
import { LANGUAGES } from '#model/report/words.ts'
import { instant, kindCode } from './incident.ts'
import { unitCode } from './unit.ts'

const count = z.number().int()
const named = { name: z.string(), nameEn: z.string().nullable() }
/** A count of the period, of the period before, and of the same one a year ago. */
const triple = z.object({ now: count, before: count, lastYear: count })

/** Of what was reported in a window that is old enough to be judged: how much was done in time. */
const rate = z.object({
  /** First and last day of the window, in the county's calendar. */
  from: z.iso.date(),
  to: z.iso.date(),
  of: triple,
  done: triple,
})

export const reportFigures = z.object({
  unitCode,
  ...named,
  timeZone: z.string(),
  synthetic: z.boolean(),
  period: z.enum(PERIODS),
  from: instant,
  to: instant,
  /** First and last day. */
  firstDay: z.iso.date(),
  lastDay: z.iso.date(),
  /** First and last day of the period before, and of the one a year ago. */
  before: z.object({ firstDay: z.iso.date(), lastDay: z.iso.date() }),
  lastYear: z.object({ firstDay: z.iso.date(), lastDay: z.iso.date() }),
  madeAt: instant,
  reported: triple,
  closed: triple,
  /** As they stood when the period ended. */
  open: z.object({ now: count, before: count }),
  overdue: z.object({ now: count, before: count }),
  bySeverity: z.object({ red: triple, yellow: triple, green: triple }),
  acceptedWithinDay: rate,
  closedWithinFiveDays: rate,
  days: z.array(z.object({ day: z.iso.date(), count })),
  classes: z.array(triple.extend({ code: z.string(), ...named, kinds: z.array(triple.extend({ code: kindCode, ...named })) })),
  /** Units one level below. */
  places: z.array(
    triple.extend({
      code: unitCode,
      ...named,
      accepted: z.object({ of: count, done: count }),
      closed: z.object({ of: count, done: count }),
      overdue: count,
    }),
  ),
  hotSpots: z.object({
    cell: count,
    fdr: z.number(),
    tested: count,
    found: count,
    list: z.array(
      z.object({ place: z.object(named), count, expected: z.number(), before: count, places: count, z: z.number(), q: z.number() }),
    ),
  }),
  repeats: z.object({
    days: count,
    metres: count,
    found: count,
    repeated: count,
    list: z.array(z.object({ kind: z.object(named), place: z.object(named), count, from: instant, to: instant, settledBefore: count })),
  }),
})
export type ReportFigures = z.infer<typeof reportFigures>

const head = z.object({
  id: count,
  unitCode,
  period: z.enum(PERIODS),
  firstDay: z.iso.date(),
  lastDay: z.iso.date(),
  madeAt: instant,
  /** Null: by itself, when the period was over. */
  madeBy: z.string().nullable(),
})
export const report = head.extend({ figures: reportFigures })
export type Report = z.infer<typeof report>

export const reportList = z.object({ reports: z.array(head.extend({ reported: count })) })
export type ReportHead = z.infer<typeof reportList>['reports'][number]

export const reportListQuery = z.object({
  unit: unitCode.optional().describe('of this unit only; default: of all in the jurisdiction'),
  period: z.enum(PERIODS).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .refine((value) => value >= 1 && value <= 200)
    .default(60),
})
export const newReport = z.strictObject({
  unitCode: unitCode.optional().describe('default: the reader’s own jurisdiction, or the configured county'),
  period: z.enum(PERIODS),
  day: z.iso.date().optional().describe('a day of the period; default: the last period that is over'),
})
export const REPORT_FORMATS = ['pdf', 'excel'] as const
export const reportFileQuery = z.object({ format: z.enum(REPORT_FORMATS).default('pdf'), lang: z.enum(LANGUAGES).default('zh') })
export type NewReport = z.output<typeof newReport>
