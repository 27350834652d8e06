/**
 * Counts behind the figures of one unit. What changes by the second is asked of two days, of the open ones and of what was closed
 * since yesterday, all by index; days that are over do not change any more and are asked once.
 */
import type { Placement, Severity, Source, State } from '#model/incident.ts'
import { codeAt, countyOf } from '#model/code.ts'
import type { Queryable } from '../db/db.ts'
import { empty, type Sql, sql } from '../db/sql.ts'
import { standing } from './clauses.ts'

/** Instants of the county's day at `now`. */
export interface DayFrame {
  now: Date
  todayStart: Date
  yesterdayStart: Date
  /** Yesterday at the same time of the clock. */
  yesterdayNow: Date
}

/** Rows of the incidents of a unit with all below it. */
const below = (unitCode: string): Sql =>
  sql`i.county_code = ${countyOf(unitCode)}::text ${codeAt(unitCode, 'county') === unitCode ? empty : sql`and i.unit_code like ${unitCode + '%'}`}`

/** Reports since yesterday's midnight, counted along one property each; the others are null. `early`: yesterday, until the same time. */
export interface RecentCount {
  day: 'today' | 'yesterday'
  early: boolean
  step: number | null
  classCode: string | null
  source: Source | null
  placement: Placement | null
  count: number
}

/** @param stepMinutes width of a step; steps count from the day's own midnight. */
export const countRecent = (db: Queryable, unitCode: string, frame: DayFrame, stepMinutes: number): Promise<RecentCount[]> =>
  db.query<RecentCount>(sql`
    with recent as (
      select case when reported_at >= ${frame.todayStart}::timestamptz then 'today' else 'yesterday' end as day,
        reported_at <= ${frame.yesterdayNow}::timestamptz as early,
        floor(extract(epoch from reported_at - case when reported_at >= ${frame.todayStart}::timestamptz
          then ${frame.todayStart}::timestamptz else ${frame.yesterdayStart}::timestamptz end) / (60 * ${stepMinutes}::int))::int as step,
        left(kind, 2) as class_code, source, placement
      from incident i
      where ${below(unitCode)} and reported_at >= ${frame.yesterdayStart}::timestamptz and reported_at <= ${frame.now}::timestamptz
    )
    select day, early, step, class_code as "classCode", source, placement, count(*)::int as count
    from recent
    group by grouping sets ((day, early, step), (day, early, class_code), (day, early, source), (day, early, placement))`)

/** Instants of today's red reports, oldest first. */
export const listReds = async (db: Queryable, unitCode: string, { todayStart, now }: DayFrame): Promise<Date[]> => {
  const rows = await db.query<{ at: Date }>(sql`
    select reported_at as at from incident i
    where ${below(unitCode)} and severity = 'red' and reported_at >= ${todayStart}::timestamptz and reported_at <= ${now}::timestamptz
    order by reported_at`)
  return rows.map(({ at }) => at)
}

export interface OpenCount {
  /** The unit's child in which they lie: the code cut to `childLength` digits. */
  cut: string
  severity: Severity
  state: State
  count: number
  overdue: number
  supervised: number
  /** Reported before yesterday's same time. */
  older: number
}

export const countOpen = (db: Queryable, unitCode: string, frame: DayFrame, childLength: number): Promise<OpenCount[]> =>
  db.query<OpenCount>(sql`
    select left(unit_code, ${childLength}::int) as cut, severity, state, count(*)::int as count,
      (count(*) filter (where due_at < ${frame.now}::timestamptz))::int as overdue,
      (count(*) filter (where supervisions > 0))::int as supervised,
      (count(*) filter (where reported_at <= ${frame.yesterdayNow}::timestamptz))::int as older
    from incident i
    where state not in ('closed', 'cancelled') and ${below(unitCode)}
    group by 1, 2, 3`)

export interface ClosedCount {
  today: number
  /** Until yesterday's same time. */
  yesterday: number
  /** Was open yesterday at the same time and is closed or cancelled since. */
  openThen: number
}

export const countClosed = async (db: Queryable, unitCode: string, frame: DayFrame): Promise<ClosedCount> => {
  const [row] = await db.query<ClosedCount>(sql`
    select (count(*) filter (where state = 'closed' and closed_at >= ${frame.todayStart}::timestamptz))::int as today,
      (count(*) filter (where state = 'closed' and closed_at <= ${frame.yesterdayNow}::timestamptz))::int as yesterday,
      (count(*) filter (where closed_at > ${frame.yesterdayNow}::timestamptz and reported_at <= ${frame.yesterdayNow}::timestamptz))::int
        as "openThen"
    from incident i
    where closed_at >= ${frame.yesterdayStart}::timestamptz and closed_at <= ${frame.now}::timestamptz and ${below(unitCode)}`)
  return row!
}

export interface OverdueRow {
  id: string
  kind: string
  severity: Severity
  state: State
  unitCode: string
  dueAt: Date
  supervisions: number
}

/** The most pressing overdue incidents: the gravest first, among them the longest overdue. */
export const listOverdue = (db: Queryable, unitCode: string, now: Date, limit: number): Promise<OverdueRow[]> =>
  db.query<OverdueRow>(sql`
    select id, kind, severity, state, unit_code as "unitCode", due_at as "dueAt", supervisions
    from incident i
    where state not in ('closed', 'cancelled') and due_at < ${now}::timestamptz and ${below(unitCode)}
    order by severity desc, due_at, id limit ${limit}::int`)

/** An incident that was open at an instant, as it stood then. */
export interface OpenThen {
  id: string
  kind: string
  severity: Severity
  state: State
  unitCode: string
  reportedAt: Date
  acceptedAt: Date | null
  assignedAt: Date | null
  supervisions: number
}

/**
 * What was open at an instant that is over: reported until then, and closed later or not at all. State and supervisions are read off
 * its steps; the unit is the one that it has now, or had when it was closed.
 */
export const listOpenThen = (db: Queryable, unitCode: string, at: Date): Promise<OpenThen[]> =>
  db.query<OpenThen>(sql`
    select id, kind, severity, state, unit_code as "unitCode", reported_at as "reportedAt", supervisions,
      case when accepted_at <= ${at}::timestamptz then accepted_at end as "acceptedAt",
      case when assigned_at <= ${at}::timestamptz then assigned_at end as "assignedAt"
    from (
      select i.id, i.kind, i.severity, i.unit_code, i.reported_at, i.accepted_at, i.assigned_at, told.supervisions,
        coalesce((
          select t.to_state from incident_transition t where t.incident_id = i.id and t.at <= ${at}::timestamptz order by t.id desc limit 1
        ), 'reported') as state
      from incident i cross join lateral (
        select count(*)::int as supervisions from incident_transition t
        where t.incident_id = i.id and t.transition = 'supervise' and t.at <= ${at}::timestamptz
      ) told
      where ${below(unitCode)} and i.reported_at <= ${at}::timestamptz
        and (i.closed_at > ${at}::timestamptz or (i.closed_at is null and i.state not in ('closed', 'cancelled')))
    ) stood
    where state not in ('closed', 'cancelled')`)

export interface PastCount {
  /** YYYY-MM-DD in the county's zone. */
  day: string
  cut: string
  reported: number
  /** Accepted, or settled without that step, within 24 hours. */
  accepted: number
  /** Closed or cancelled within 5 × 24 hours. */
  closed: number
}

/** Reports in [from, to) by local day and child. */
export const countPast = (
  db: Queryable,
  unitCode: string,
  { from, to, zone, childLength }: { from: Date; to: Date; zone: string; childLength: number },
): Promise<PastCount[]> =>
  db.query<PastCount>(sql`
    select (reported_at at time zone ${zone}::text)::date as day, left(unit_code, ${childLength}::int) as cut, count(*)::int as reported,
      (count(*) filter (where coalesce(accepted_at, closed_at) <= reported_at + interval '24 hours'))::int as accepted,
      (count(*) filter (where closed_at <= reported_at + interval '120 hours'))::int as closed
    from incident i
    where ${below(unitCode)} and reported_at >= ${from}::timestamptz and reported_at < ${to}::timestamptz
    group by 1, 2`)

/** Codes of the units directly below that are in force at an instant; null: now. */
export const listChildCodes = async (db: Queryable, unitCode: string, at: Date | null = null): Promise<string[]> => {
  const rows = await db.query<{ code: string }>(sql`
    select code from unit_version where parent_code = ${unitCode} and code like ${unitCode + '%'} and ${standing(at)} order by code`)
  return rows.map(({ code }) => code)
}

/** Cameras of a unit with all below it, by state. */
export const countCameras = async (db: Queryable, unitCode: string): Promise<{ online: number; offline: number }> => {
  const [row] = await db.query<{ online: number; offline: number }>(sql`
    select (count(*) filter (where state = 'online'))::int as online, (count(*) filter (where state = 'offline'))::int as offline
    from camera where unit_code like ${unitCode + '%'}`)
  return row!
}
