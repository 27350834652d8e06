/** From counts to the figures of a report: a pure fold, so that it can be checked without a database. */
import type { HotSpots, Repeats } from '#contract/analysis.ts'
import type { KindList } from '#contract/incident.ts'
import type { ReportFigures } from '#contract/report.ts'
import type { Period, Span } from '#model/hot-spots/periods.ts'
import { dayOf, dayStart } from '#model/time.ts'
import type { PeriodCount } from '../store/analysis.ts'

type Named = { name: string; nameEn: string | null }

/** The period itself, the one before, and the same a year ago. */
export interface Three<T> {
  now: T
  before: T
  lastYear: T
}
export interface Facts {
  unitCode: string
  names: Named
  timeZone: string
  synthetic: boolean
  period: Period
  spans: Three<Span>
  madeAt: Date
  counts: Three<PeriodCount[]>
  /** What was reported in the period moved back by a day, and by five. */
  dayOld: { span: Span; counts: Three<PeriodCount[]> }
  fiveDaysOld: { span: Span; counts: Three<PeriodCount[]> }
  closed: Three<number>
  /** Unit and lateness of what was open when the period ended, and when the one before did. */
  open: { now: { unitCode: string; overdue: boolean }[]; before: { unitCode: string; overdue: boolean }[] }
  days: { day: string; count: number }[]
  kinds: KindList
  children: (Named & { code: string })[]
  hotSpots: HotSpots
  repeats: Repeats
  placeOf: (unitCode: string) => Named
  kindOf: (kind: string) => Named
}

const LISTED = 10

const sum = <T>(list: readonly T[], value: (each: T) => number): number => list.reduce((total, each) => total + value(each), 0)
const three = <A, B>({ now, before, lastYear }: Three<A>, of: (each: A) => B): Three<B> => ({
  now: of(now),
  before: of(before),
  lastYear: of(lastYear),
})
const counted = (counts: Three<PeriodCount[]>, holds: (row: PeriodCount) => boolean = () => true): Three<number> =>
  three(counts, (rows) => sum(rows.filter(holds), ({ count }) => count))

/** Every figure of the report. */
export function composeReport(facts: Facts): ReportFigures {
  const { spans, timeZone, counts, kinds, open, hotSpots, repeats } = facts
  const days = ({ from, to }: Span) => ({ firstDay: dayOf(from, timeZone), lastDay: dayOf(dayStart(to, timeZone, -1), timeZone) })
  const rate = ({ span, counts: rows }: Facts['dayOld'], done: (row: PeriodCount) => number): ReportFigures['acceptedWithinDay'] => {
    const { firstDay: from, lastDay: to } = days(span)
    return { from, to, of: counted(rows), done: three(rows, (each) => sum(each, done)) }
  }
  const below = (code: string) => (row: { cut: string }) => row.cut.startsWith(code)
  return {
    unitCode: facts.unitCode,
    ...facts.names,
    timeZone,
    synthetic: facts.synthetic,
    period: facts.period,
    from: spans.now.from.toISOString(),
    to: spans.now.to.toISOString(),
    ...days(spans.now),
    before: days(spans.before),
    lastYear: days(spans.lastYear),
    madeAt: facts.madeAt.toISOString(),
    reported: counted(counts),
    closed: facts.closed,
    open: { now: open.now.length, before: open.before.length },
    overdue: { now: open.now.filter(({ overdue }) => overdue).length, before: open.before.filter(({ overdue }) => overdue).length },
    bySeverity: {
      red: counted(counts, ({ severity }) => severity === 'red'),
      yellow: counted(counts, ({ severity }) => severity === 'yellow'),
      green: counted(counts, ({ severity }) => severity === 'green'),
    },
    acceptedWithinDay: rate(facts.dayOld, ({ accepted }) => accepted),
    closedWithinFiveDays: rate(facts.fiveDaysOld, ({ closed }) => closed),
    days: facts.days,
    classes: kinds.classes
      .map(({ code, name, nameEn, kinds: list }) => ({
        code,
        name,
        nameEn,
        ...counted(counts, ({ kind }) => kind.startsWith(code)),
        kinds: list.map((each) => ({
          code: each.code,
          name: each.name,
          nameEn: each.nameEn,
          ...counted(counts, ({ kind }) => kind === each.code),
        })),
      }))
      .sort((a, b) => b.now - a.now || a.code.localeCompare(b.code)),
    places: facts.children.map(({ code, name, nameEn }) => {
      const old = facts.dayOld.counts.now.filter(below(code))
      const older = facts.fiveDaysOld.counts.now.filter(below(code))
      return {
        code,
        name,
        nameEn,
        ...counted(counts, below(code)),
        accepted: { of: sum(old, ({ count }) => count), done: sum(old, ({ accepted }) => accepted) },
        closed: { of: sum(older, ({ count }) => count), done: sum(older, ({ closed }) => closed) },
        overdue: open.now.filter(({ unitCode, overdue }) => overdue && unitCode.startsWith(code)).length,
      }
    }),
    hotSpots: {
      cell: hotSpots.cell,
      fdr: hotSpots.fdr,
      tested: hotSpots.places,
      found: hotSpots.results.filter(({ heat }) => heat === 'hot').length,
      list: hotSpots.results
        .filter(({ heat }) => heat === 'hot')
        .slice(0, LISTED)
        .map(({ unitCode, count, expected, before, members, z, q }) => ({
          place: facts.placeOf(unitCode),
          count,
          expected,
          before: before ?? 0,
          places: members.length,
          z,
          q,
        })),
    },
    repeats: {
      days: repeats.days,
      metres: repeats.metres,
      found: repeats.found,
      repeated: repeats.repeated,
      list: repeats.results.slice(0, LISTED).map(({ kind, unitCode, count, from, to, settledBefore }) => ({
        kind: facts.kindOf(kind),
        place: facts.placeOf(unitCode),
        count,
        from,
        to,
        settledBefore,
      })),
    },
  }
}
