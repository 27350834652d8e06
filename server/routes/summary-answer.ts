/** From counts to the wall's figures: a pure fold, so that what the wall shows can be checked without a database. */
import { dueAt, isOverdue } from '#model/deadline.ts'
import { PLATFORMS, SEVERITIES, SOURCES, STATES } from '#model/incident.ts'
import { dayOf, dayStart } from '#model/time.ts'
import type { KindList } from '#contract/incident.ts'
import type { Summary } from '#contract/summary.ts'
import type { ClosedCount, DayFrame, OpenCount, OpenThen, OverdueRow, PastCount, RecentCount } from '../store/summary.ts'

export const STEP_MINUTES = 10
/** Whole days shown one by one. */
const DAYS = 14
/** Whole days that a rate is taken over. */
export const WINDOW = 30
/** A report is judged once it is this many whole days old. */
const ACCEPT_DAYS = 1
export const CLOSE_DAYS = 5

/** What is asked again every second. */
export interface LiveCounts {
  pos: number
  recent: RecentCount[]
  reds: Date[]
  open: OpenCount[]
  closed: ClosedCount
  overdue: OverdueRow[]
}
/** What holds until midnight. */
export interface PastCounts {
  childCodes: string[]
  past: PastCount[]
}

export interface Facts {
  unitCode: string
  timeZone: string
  kinds: KindList
  frame: DayFrame
  live: LiveCounts
  past: PastCounts
  cameras: Summary['cameras']
}

const sum = <T>(list: readonly T[], value: (each: T) => number): number => list.reduce((total, each) => total + value(each), 0)
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** Digits of the longest child's code: what counts are cut to. A unit without children is cut to its own. */
export const cutLength = (unitCode: string, childCodes: readonly string[]): number =>
  Math.max(unitCode.length, ...childCodes.map((code) => code.length))

/** What was open at `frame.now`, counted as `countOpen` counts what is open now, and the overdue among it, the most pressing first. */
export function foldOpen(stood: readonly OpenThen[], frame: DayFrame, childLength: number): { counts: OpenCount[]; overdue: OverdueRow[] } {
  const counts = new Map<string, OpenCount>()
  const overdue: OverdueRow[] = []
  for (const each of stood) {
    const { id, kind, severity, state, unitCode, supervisions } = each
    const cut = unitCode.slice(0, childLength)
    const key = `${cut} ${severity} ${state}`
    const row = counts.get(key) ?? { cut, severity, state, count: 0, overdue: 0, supervised: 0, older: 0 }
    const due = dueAt(each)
    const isLate = isOverdue(due, frame.now)
    if (isLate) overdue.push({ id, kind, severity, state, unitCode, dueAt: due!, supervisions })
    counts.set(key, {
      ...row,
      count: row.count + 1,
      overdue: row.overdue + Number(isLate),
      supervised: row.supervised + Number(supervisions > 0),
      older: row.older + Number(each.reportedAt <= frame.yesterdayNow),
    })
  }
  const rank = ({ severity }: OverdueRow) => SEVERITIES.indexOf(severity)
  overdue.sort((a, b) => rank(a) - rank(b) || a.dueAt.getTime() - b.dueAt.getTime() || a.id.localeCompare(b.id))
  return { counts: [...counts.values()], overdue }
}

/** Today's and yesterday's-until-now count of each key along one property. */
function pairs<K extends string>(recent: readonly RecentCount[], keyOf: (row: RecentCount) => K | null) {
  const found = new Map<K, { today: number; yesterday: number }>()
  for (const row of recent) {
    const key = keyOf(row)
    if (key === null || (row.day === 'yesterday' && !row.early)) continue
    const pair = found.get(key) ?? { today: 0, yesterday: 0 }
    pair[row.day] += row.count
    found.set(key, pair)
  }
  return (key: K) => found.get(key) ?? { today: 0, yesterday: 0 }
}

function histogram({ frame, live }: Facts): Summary['histogram'] {
  const stepMs = STEP_MINUTES * 60_000
  const stepsOf = (from: Date, to: Date) => new Array<number>(Math.ceil((to.getTime() - from.getTime()) / stepMs)).fill(0)
  const today = stepsOf(frame.todayStart, new Date(frame.now.getTime() + 1))
  const yesterday = stepsOf(frame.yesterdayStart, frame.todayStart)
  for (const { day, step, count } of live.recent) {
    const steps = day === 'today' ? today : yesterday
    if (step !== null && step < steps.length) steps[step]! += count
  }
  const reds = live.reds.map((at) => at.toISOString())
  return { stepMinutes: STEP_MINUTES, dayStart: frame.todayStart.toISOString(), today, yesterday, reds }
}

/** Local days from `first` to before `last`, counted from today. */
const daysBetween = ({ frame, timeZone }: Facts, first: number, last: number): string[] =>
  Array.from({ length: last - first }, (_, n) => dayOf(dayStart(frame.now, timeZone, first + n), timeZone))

function rate(facts: Facts, age: number, done: (row: PastCount) => number): Summary['acceptedWithinDay'] {
  const before = dayOf(dayStart(facts.frame.now, facts.timeZone, -age), facts.timeZone)
  const days = daysBetween(facts, -age - WINDOW, -age).map((day) => {
    const rows = facts.past.past.filter((row) => row.day === day)
    return { day, reported: sum(rows, (row) => row.reported), done: sum(rows, done) }
  })
  const whole = share(
    sum(days, (day) => day.done),
    sum(days, (day) => day.reported),
  )
  return { share: whole, before, days: days.map((day) => ({ day: day.day, share: share(day.done, day.reported), reported: day.reported })) }
}

function children(facts: Facts): Summary['children'] {
  const window = new Set(daysBetween(facts, -CLOSE_DAYS - WINDOW, -CLOSE_DAYS))
  const judged = facts.past.past.filter((row) => window.has(row.day))
  return facts.past.childCodes
    .map((code) => {
      const past = judged.filter((row) => row.cut.startsWith(code))
      const open = facts.live.open.filter((row) => row.cut.startsWith(code))
      const reported = sum(past, (row) => row.reported)
      return {
        code,
        share: share(
          sum(past, (row) => row.closed),
          reported,
        ),
        reported,
        open: sum(open, (row) => row.count),
        overdue: sum(open, (row) => row.overdue),
      }
    })
    .sort((a, b) => (b.share ?? -1) - (a.share ?? -1) || a.code.localeCompare(b.code))
}

/** The figures of one unit at `frame.now`. */
export function composeSummary(facts: Facts): Summary {
  const { unitCode, timeZone, kinds, frame, live, cameras } = facts
  const { recent, open, closed } = live
  const bySource = pairs(recent, (row) => row.source)
  const byClass = pairs(recent, (row) => row.classCode)
  const platformOf = new Map(kinds.classes.map(({ code, platform }) => [code, platform]))
  const byPlatform = pairs(recent, (row) => (row.classCode === null ? null : (platformOf.get(row.classCode) ?? null)))
  const byPlacement = pairs(recent, (row) => row.placement)
  const whole = pairs(recent, (row) => (row.step === null ? null : 'all'))('all')
  const today = dayOf(frame.now, timeZone)
  const openOf = (holds: (row: OpenCount) => boolean) => sum(open.filter(holds), (row) => row.count)
  return {
    unitCode,
    now: frame.now.toISOString(),
    timeZone,
    pos: live.pos,
    reported: {
      ...whole,
      yesterdayTotal: sum(
        recent.filter((row) => row.day === 'yesterday' && row.step !== null),
        (row) => row.count,
      ),
    },
    closed: { today: closed.today, yesterday: closed.yesterday },
    open: { today: sum(open, (row) => row.count), yesterday: sum(open, (row) => row.older) + closed.openThen },
    overdue: sum(open, (row) => row.overdue),
    supervised: sum(open, (row) => row.supervised),
    outside: byPlacement('outside').today,
    withoutPlace: byPlacement('none').today,
    openBySeverity: Object.fromEntries(
      SEVERITIES.map((each) => [each, openOf((row) => row.severity === each)]),
    ) as Summary['openBySeverity'],
    openByState: STATES.map((state) => ({ state, count: openOf((row) => row.state === state) })).filter(({ count }) => count > 0),
    histogram: histogram(facts),
    acceptedWithinDay: rate(facts, ACCEPT_DAYS, (row) => row.accepted),
    closedWithinFiveDays: rate(facts, CLOSE_DAYS, (row) => row.closed),
    days: [
      ...daysBetween(facts, -DAYS, 0).map((day) => ({
        day,
        reported: sum(
          facts.past.past.filter((row) => row.day === day),
          (row) => row.reported,
        ),
      })),
      { day: today, reported: whole.today },
    ],
    platforms: PLATFORMS.map((platform) => ({ platform, ...byPlatform(platform) })),
    classes: kinds.classes.map(({ code }) => ({ code, ...byClass(code) })),
    sources: SOURCES.map((source) => ({ source, ...bySource(source) })),
    overdueList: live.overdue.map((row) => ({ ...row, dueAt: row.dueAt.toISOString() })),
    children: children(facts),
    cameras,
  }
}

/** The same for whoever may not read single incidents: nothing in it tells of one. */
export const withoutIncidents = (summary: Summary): Summary => ({
  ...summary,
  histogram: { ...summary.histogram, reds: [] },
  overdueList: [],
})
