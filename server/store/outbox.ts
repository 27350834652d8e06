/**
 * The outbox: what the stream will say, written in the command's own transaction without a position. The sequencer gives out
 * `pos` after commit, gapless: an identity alone would lose rows to readers, as identities commit out of order.
 * NOTIFY is only the bell; whoever misses it looks again within a second.
 */
import type { StreamMessage } from '#contract/stream.ts'
import type { Db, Queryable } from '../db/db.ts'
import { named, type Sql, sql } from '../db/sql.ts'

/** Rung when something without a position was committed. */
export const OUTBOX_BELL = 'gridward_outbox'
/** Rung when positions were given out. */
export const STREAM_BELL = 'gridward_stream'

export interface OutboxRow {
  countyCode: string
  /** Who holds this unit in the jurisdiction sees the message; '' is seen by everybody. */
  unitCode: string
  message: StreamMessage
}

/** `insert into outbox …` as a fragment, to stand in the same statement as the change; `from` names a relation that must have a row. */
export const outboxFrom = ({ countyCode, unitCode, message }: OutboxRow, from: Sql): Sql => sql`
  insert into outbox (county_code, unit_code, message)
  select ${countyCode}::text, ${unitCode}::text, ${JSON.stringify(message)}::jsonb from ${from}`

/** The bell as a column of a select list. */
export const ringOutbox: Sql = sql`pg_notify(${OUTBOX_BELL}, '')`

/** Writes one message and rings the bell. */
export const insertOutbox = async (tx: Queryable, row: OutboxRow): Promise<void> => {
  await tx.query(sql`with said as (${outboxFrom(row, sql`(values (1)) as always`)}) select ${ringOutbox}`)
}

/**
 * For a bulk load, an import or a plan in force: raises the noun's version and tells every screen to reload that noun, once.
 * Call it last in the transaction that changed the rows. Resolves with the new version.
 */
export const announceReload = async (tx: Queryable, noun: 'unit' | 'camera' | 'incident', at: Date = new Date()): Promise<number> => {
  const [row] = await tx.query<{ version: number }>(sql`
    with bumped as (
      update noun_version set version = version + 1 where noun = ${noun}::text returning version
    ), said as (
      insert into outbox (county_code, unit_code, message)
      select '', '', jsonb_build_object('noun', ${noun}::text, 'change', 'reload', 'at', ${at.toISOString()}::text, 'version', version)
      from bumped
    )
    select version, ${ringOutbox} from bumped`)
  return row!.version
}

/**
 * Gives the next positions to at most `limit` committed rows, oldest first, and rings the stream's bell. Resolves with how many.
 * The row of stream_position is locked in a statement of its own, so that the next one sees what another leader had given out.
 */
export const sequenceOutbox = (db: Db, limit: number): Promise<number> =>
  db.transaction(async (tx) => {
    const [held] = await tx.query<{ pos: number }>(named('hold-position', sql`select pos from stream_position for update`))
    const [given] = await tx.query<{ count: number }>(
      named(
        'sequence',
        sql`
      with pending as (
        select id, row_number() over (order by id) as n
        from (select id from outbox where pos is null order by id limit ${limit}::int) as oldest
      ), given as (
        update outbox set pos = ${held!.pos}::bigint + pending.n from pending where outbox.id = pending.id returning 1
      ), moved as (
        update stream_position set pos = pos + (select count(*) from given) where exists (select 1 from given) returning pos
      )
      select (select count(*) from given)::int as count, case when exists (select 1 from moved) then pg_notify(${STREAM_BELL}, '') end`,
      ),
    )
    return given!.count
  })

/** True when rows wait for a position. */
export const hasUnsequenced = async (db: Queryable): Promise<boolean> => {
  const [row] = await db.query<{ waiting: boolean }>(
    named('has-unsequenced', sql`select exists (select 1 from outbox where pos is null) as waiting`),
  )
  return row!.waiting
}

/** The last position given out; it never goes back, however much of the outbox was pruned. */
export const getStreamPosition = async (db: Queryable): Promise<number> => {
  const [row] = await db.query<{ pos: number }>(named('position', sql`select pos from stream_position`))
  return row!.pos
}

export interface SequencedRow {
  pos: number
  unitCode: string
  noun: StreamMessage['noun']
  /** The StreamMessage as JSON text. */
  message: string
}

/** Sequenced rows after a position, in order, at most `limit`. */
export const listSequenced = (db: Queryable, after: number, limit: number): Promise<SequencedRow[]> =>
  db.query<SequencedRow>(
    named(
      'list-sequenced',
      sql`
    select pos, unit_code as "unitCode", message ->> 'noun' as noun, message::text as message from outbox where pos > ${after}::bigint order by pos limit ${limit}::int`,
    ),
  )

/** Deletes sequenced rows that lie more than `rows` positions back or are older than `before`. Resolves with how many. */
export const pruneOutbox = (db: Queryable, rows: number, before: Date): Promise<number> =>
  db.execute(sql`
    delete from outbox where pos is not null
      and (pos <= (select pos from stream_position) - ${rows}::bigint or at < ${before}::timestamptz)`)
