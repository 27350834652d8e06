/** Stored reports: one for each unit, period and first day; whoever makes it again replaces it. */
import type { Report, ReportFigures, ReportHead } from '#contract/report.ts'
import type { Period } from '#model/hot-spots/periods.ts'
import type { Queryable, Reader } from '../db/db.ts'
import { empty, sql } from '../db/sql.ts'
import { within } from './clauses.ts'

interface HeadRow extends Omit<ReportHead, 'madeAt' | 'reported'> {
  madeAt: Date
}
const HEAD = sql`
  id, unit_code as "unitCode", period, first_day as "firstDay", last_day as "lastDay", made_at as "madeAt", made_by as "madeBy"`

/** Newest first, of units within a prefix, or of one unit. */
export const listReports = async (
  db: Reader,
  { prefix, unitCode, period, limit }: { prefix: string; unitCode: string | undefined; period: Period | undefined; limit: number },
): Promise<ReportHead[]> => {
  const rows = await db.query<HeadRow & { reported: number }>(sql`
    select ${HEAD}, (figures -> 'reported' ->> 'now')::int as reported
    from report
    where true ${within(sql`unit_code`, prefix)} ${unitCode === undefined ? empty : sql`and unit_code = ${unitCode}`}
      ${period === undefined ? empty : sql`and period = ${period}`}
    order by last_day desc, first_day desc, unit_code, id limit ${limit}::int`)
  return rows.map((row) => ({ ...row, madeAt: row.madeAt.toISOString() }))
}

/** One report, or null. */
export const findReport = async (db: Reader, id: number): Promise<Report | null> => {
  const [row] = await db.query<HeadRow & { figures: ReportFigures }>(sql`select ${HEAD}, figures from report where id = ${id}::bigint`)
  return row ? { ...row, madeAt: row.madeAt.toISOString() } : null
}

/** Whether the report of a period is there. */
export const hasReport = async (db: Reader, unitCode: string, period: Period, firstDay: string): Promise<boolean> => {
  const rows = await db.query(
    sql`select 1 from report where unit_code = ${unitCode} and period = ${period} and first_day = ${firstDay}::date`,
  )
  return rows.length > 0
}

/** Writes a report, or writes over the one of the same period. Resolves with its id. */
export const putReport = async (tx: Queryable, figures: ReportFigures, madeBy: string | null): Promise<number> => {
  const { unitCode, period, firstDay, lastDay, madeAt } = figures
  const [row] = await tx.query<{ id: number }>(sql`
    insert into report (county_code, unit_code, period, first_day, last_day, made_at, made_by, figures)
    values (left(${unitCode}::text, 6), ${unitCode}::text, ${period}::text, ${firstDay}::date, ${lastDay}::date, ${madeAt}::timestamptz,
      ${madeBy}::text, ${JSON.stringify(figures)}::jsonb)
    on conflict (unit_code, period, first_day) do update set last_day = excluded.last_day, made_at = excluded.made_at,
      made_by = excluded.made_by, figures = excluded.figures
    returning id`)
  return row!.id
}

/** Names of units in force, by code. */
export const listUnitNames = async (
  db: Reader,
  codes: readonly string[],
): Promise<Map<string, { name: string; nameEn: string | null }>> => {
  const rows = await db.query<{ code: string; name: string; nameEn: string | null }>(sql`
    select code, name, name_en as "nameEn" from unit_version where valid_to is null and code = any(${codes}::text[])`)
  return new Map(rows.map(({ code, ...names }) => [code, names]))
}
