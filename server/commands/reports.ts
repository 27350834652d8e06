/** Makes and stores reports: of one period, when somebody asks, and of what is over, by itself. All figures are counted once, here. */
import type { NewReport, Report } from '#contract/report.ts'
import { Problem } from '#contract/problem.ts'
import { ancestorsOf, isCode } from '#model/code.ts'
import { dueAt, isOverdue } from '#model/deadline.ts'
import { movedBy, type Period, PERIODS, periodOf, type Span, spanLastYear } from '#model/hot-spots/periods.ts'
import { dayOf, dayStart, startOf } from '#model/time.ts'
import type { Db } from '../db/db.ts'
import { type Actor, SYSTEM } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { countClosedIn, countPeriod, type What } from '../store/analysis.ts'
import { insertAudit } from '../store/audit.ts'
import { findCounty, findTimeZone, listCounties } from '../store/counties.ts'
import { type Counting, countingIn } from '../store/heat-counts.ts'
import type { Kinds } from '../store/kinds.ts'
import { findReport, hasReport, listUnitNames, putReport } from '../store/reports.ts'
import { listChildCodes, listOpenThen } from '../store/summary.ts'
import { findHotSpots } from './hot-spots.ts'
import { findRepeats } from './incident-groups.ts'
import { countTrend } from './place-counts.ts'
import { composeReport, type Three } from './report-figures.ts'

export interface ReportContext {
  db: Db
  kinds: Kinds
  now: () => Date
  /** Without it the database counts. */
  counting?: Counting
}

const CELL = 400
const FDR = 0.05
const REPEAT_DAYS = 7
const REPEAT_METRES = 50
const LISTED = 10

/**
 * Counts and stores the report of a period. Throws `outside-jurisdiction`, `not-found` for a unit that is not there, and `bad-request`
 * for a period that is not over yet, since its figures would not stay.
 */
export async function makeReport(
  context: ReportContext,
  actor: Actor,
  { unitCode, period, day }: NewReport & { unitCode: string },
): Promise<Report> {
  requireWithin(actor, 'report.make', unitCode)
  const { db, now } = context
  const timeZone = await findTimeZone(db, unitCode)
  if (timeZone === null) throw new Problem('not-found', `There is no unit ${unitCode}.`)
  const madeAt = now()
  const span = day === undefined ? periodOf(period, madeAt, timeZone, 1) : periodOf(period, startOf(day, timeZone), timeZone)
  if (span.to > madeAt) {
    throw new Problem('bad-request', `The ${period} of ${day} is not over.`, [
      { where: 'body/day', message: 'lies in a period that is not over' },
    ])
  }
  const figures = await count(context, { unitCode, timeZone, period, span, madeAt })
  const id = await db.transaction(async (tx) => {
    const made = await putReport(tx, figures, actor === SYSTEM ? null : actor.displayName)
    await insertAudit(tx, actor, {
      action: 'report.make',
      noun: 'report',
      nounId: made,
      unitCode,
      detail: { period, firstDay: figures.firstDay },
    })
    return made
  })
  return (await findReport(db, id))!
}

interface Wanted {
  unitCode: string
  timeZone: string
  period: Period
  span: Span
  madeAt: Date
}

async function count(
  { db, kinds, counting = countingIn(db.reader) }: ReportContext,
  { unitCode, timeZone, period, span, madeAt }: Wanted,
): Promise<Report['figures']> {
  const { reader } = db
  const what: What = { unitCode, kinds: undefined, severities: undefined, sources: undefined }
  const spans: Three<Span> = {
    now: span,
    before: periodOf(period, span.from, timeZone, 1),
    lastYear: spanLastYear(span, timeZone, period),
  }
  const childCodes = await listChildCodes(db, unitCode)
  const childLength = Math.max(unitCode.length, ...childCodes.map(({ length }) => length))
  const counted = async (days: number) => {
    const of = (each: Span) => countPeriod(reader, what, movedBy(each, days, timeZone), childLength)
    return { now: await of(spans.now), before: await of(spans.before), lastYear: await of(spans.lastYear) }
  }
  const openAt = async (at: Date) =>
    (await listOpenThen(db, unitCode, at)).map((each) => ({ unitCode: each.unitCode, overdue: isOverdue(dueAt(each), at) }))
  const dayBounds = boundsOfDays(span, timeZone)
  const where = { by: 'cell', cell: CELL, level: 'grid', fdr: FDR } as const
  const hotSpots = await findHotSpots(reader, { ...where, what, span, before: spans.before, timeZone }, counting)
  const lookBack = { from: movedBy(span, -REPEAT_DAYS, timeZone).from, to: span.to }
  const repeats = await findRepeats(reader, {
    what,
    span: lookBack,
    since: span.from,
    timeZone,
    days: REPEAT_DAYS,
    metres: REPEAT_METRES,
    limit: LISTED,
    after: 0,
  })
  const perDay = new Map<number, number>()
  for (const { step, count } of await countTrend(counting, what, dayBounds, { noun: 'unit', digits: 6 })) perDay.set(step, count)
  const places = [...hotSpots.results, ...repeats.results].map((each) => each.unitCode).filter(isCode)
  const names = await listUnitNames(reader, [unitCode, ...childCodes, ...places, ...places.flatMap(ancestorsOf)])
  const county = (await findCounty(db, unitCode.slice(0, 6)))!
  const kindNames = new Map(kinds.list.classes.flatMap((each) => each.kinds.map((kind) => [kind.code, kind] as const)))
  const nameOf = (code: string) => names.get(code) ?? { name: code, nameEn: null }
  return composeReport({
    unitCode,
    names: unitCode === county.code ? { name: county.name, nameEn: county.nameEn } : nameOf(unitCode),
    timeZone,
    synthetic: county.synthetic,
    period,
    spans,
    madeAt,
    counts: await counted(0),
    dayOld: { span: movedBy(span, -1, timeZone), counts: await counted(-1) },
    fiveDaysOld: { span: movedBy(span, -5, timeZone), counts: await counted(-5) },
    closed: {
      now: await countClosedIn(reader, what, spans.now),
      before: await countClosedIn(reader, what, spans.before),
      lastYear: await countClosedIn(reader, what, spans.lastYear),
    },
    open: { now: await openAt(span.to), before: await openAt(spans.before.to) },
    days: dayBounds.slice(0, -1).map((from, n) => ({ day: dayOf(from, timeZone), count: perDay.get(n) ?? 0 })),
    kinds: kinds.list,
    children: childCodes.map((code) => ({ code, ...nameOf(code) })),
    hotSpots,
    repeats,
    placeOf: (code) => {
      // Down to the village: grids are often called after it.
      const above = isCode(code) ? [...ancestorsOf(code).reverse(), code] : [code]
      const shown = above.filter((each) => each.length > unitCode.length && each.length <= 12)
      const list = (shown.length > 0 ? shown : [code]).map(nameOf)
      return { name: list.map(({ name }) => name).join(' · '), nameEn: list.map(({ name, nameEn }) => nameEn ?? name).join(' · ') }
    },
    kindOf: (code) => kindNames.get(code) ?? { name: code, nameEn: null },
  })
}

/** First instants of the days of a window, and its end. */
function boundsOfDays({ from, to }: Span, zone: string): Date[] {
  const bounds = [from]
  while (bounds.at(-1)! < to) bounds.push(dayStart(bounds.at(-1)!, zone, 1))
  return bounds
}

/** Makes the last day's, week's and month's report of every county where it is not there yet. Resolves with what was made. */
export async function makeDueReports(context: ReportContext): Promise<Pick<Report, 'id' | 'unitCode' | 'period' | 'firstDay'>[]> {
  const made: Pick<Report, 'id' | 'unitCode' | 'period' | 'firstDay'>[] = []
  for (const { code, timeZone } of await listCounties(context.db)) {
    // A county whose units have not come yet has nothing to report of.
    if ((await findTimeZone(context.db, code)) === null) continue
    for (const period of PERIODS) {
      const firstDay = dayOf(periodOf(period, context.now(), timeZone, 1).from, timeZone)
      if (await hasReport(context.db, code, period, firstDay)) continue
      const { id, unitCode } = await makeReport(context, SYSTEM, { unitCode: code, period })
      made.push({ id, unitCode, period, firstDay })
    }
  }
  return made
}
