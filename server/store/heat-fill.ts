/** What the index is filled from, and compared with: incidents month by month, in the binary form of COPY. */
import { SEVERITIES, SOURCES, STATES } from '#model/incident.ts'
import type { CheckSum } from '#model/heat/check-sums.ts'
import type { Reader } from '../db/db.ts'
import { type Sql, sql } from '../db/sql.ts'

/** First instants of a month of UTC and of the next. */
export interface Month {
  start: Date
  end: Date
}

const monthOf = (at: Date): Month => ({
  start: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth())),
  end: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1)),
})

/** The last report before an instant, so that the newest months come first; null: the last of all. */
const lastBefore = (before: Date | null): Sql =>
  before
    ? sql`select max(reported_at) as at from incident where reported_at < ${before}::timestamptz`
    : sql`select max(reported_at) as at from incident`

/** The newest month with incidents before an instant (null: of all); null when there is none. */
export const findMonthBefore = async (db: Reader, before: Date | null): Promise<Month | null> => {
  const [row] = await db.query<{ at: Date | null }>(lastBefore(before))
  return row?.at ? monthOf(row.at) : null
}

/**
 * The columns of a row, in order: reported_at timestamptz, x and y int4 on the grid of 1e-7 degree (null without a place), kind text,
 * severity, state and source as their words, unit_code text, id uuid.
 */
export const FILL_COLUMNS = 9

/** `copy … to stdout`, whose statement takes no parameters: the instants are written by us. */
export const copyMonth = ({ start, end }: Month): string => `
  copy (
    select reported_at, round(ST_X(geom) * 1e7)::int4, round(ST_Y(geom) * 1e7)::int4, kind, severity, state, source, unit_code, id
    from incident where reported_at >= '${start.toISOString()}' and reported_at < '${end.toISOString()}'
  ) to stdout (format binary)`

const field = (bytes: Sql): Sql => sql`coalesce(int4send(octet_length(${bytes})) || ${bytes}, int4send(-1))`

/** The same rows in the same bytes without COPY, for a database that cannot send them apart: hex. Empty when there are none. */
export const packMonth = async (db: Reader, { start, end }: Month): Promise<Uint8Array<ArrayBuffer>> => {
  const [row] = await db.query<{ bytes: string | null }>(sql`
    select encode(string_agg(
      int2send(${FILL_COLUMNS}::int2) || ${field(sql`timestamptz_send(reported_at)`)}
      || ${field(sql`int4send(round(ST_X(geom) * 1e7)::int4)`)} || ${field(sql`int4send(round(ST_Y(geom) * 1e7)::int4)`)}
      || ${field(sql`textsend(kind)`)} || ${field(sql`textsend(severity::text)`)} || ${field(sql`textsend(state::text)`)}
      || ${field(sql`textsend(source::text)`)} || ${field(sql`textsend(unit_code)`)} || ${field(sql`uuid_send(id)`)}, ''), 'hex') as bytes
    from incident where reported_at >= ${start}::timestamptz and reported_at < ${end}::timestamptz`)
  return new Uint8Array(Buffer.from(row?.bytes ?? '', 'hex'))
}

/** The database's sums, of all there is; by month and unit; see `checkSums` of the index for the mixing. */
export const listCheckSums = async (db: Reader): Promise<CheckSum[]> => {
  const rows = await db.query<{ month: number; unitCode: string; count: number; x: number; y: number; seconds: number; mixed: number }>(sql`
    select month, unit_code as "unitCode", count(*)::int as count, sum(x) as x, sum(y) as y, sum(seconds) as seconds,
      sum(mod(mod(x + y, 9973) + 9973, 9973) * mod(word * 256 + traits, 9973)) as mixed
    from (
      select ((extract(year from reported_at at time zone 'UTC') - 1970) * 12 + extract(month from reported_at at time zone 'UTC') - 1)::int as month,
        unit_code, coalesce(round(ST_X(geom) * 1e7)::bigint, 0) as x, coalesce(round(ST_Y(geom) * 1e7)::bigint, 0) as y,
        floor(extract(epoch from reported_at))::bigint as seconds,
        ((ascii(substr(kind, 1, 1)) * 128 + ascii(substr(kind, 2, 1))) * 128 + ascii(substr(kind, 3, 1))) * 128 + ascii(substr(kind, 4, 1))::bigint as word,
        ((array_position(${[...SEVERITIES]}::text[], severity::text) - 1) * ${STATES.length}::int
          + array_position(${[...STATES]}::text[], state::text) - 1) * ${SOURCES.length}::int
          + array_position(${[...SOURCES]}::text[], source::text) - 1 as traits
      from incident
    ) each
    group by month, unit_code`)
  return rows.map(({ month, unitCode, count, x, y, seconds, mixed }) => ({ month, unitCode, count, sums: [x, y, seconds, mixed] }))
}
