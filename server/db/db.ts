/**
 * The driver seam: the only face of a database that the rest of the server sees.
 * Two drivers stand behind it, `postgres.ts` (pg pool) and `pglite.ts` (embedded), and they take the same SQL.
 */
import type { BinaryRows } from './binary-rows.ts'
import type { Sql } from './sql.ts'

export type Row = Record<string, unknown>

/** Rows as arrays in the order of their columns, or a whole binary COPY. */
export type Rows = Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]> | BinaryRows

/** What can only be read from. */
export interface Reader {
  /** Rows of one statement, column names as selected. Rejects with pg's DatabaseError (`code` = SQLSTATE). */
  query<R = Row>(sql: Sql): Promise<R[]>
}

/** What may be asked inside or outside a transaction. */
export interface Queryable extends Reader {
  /** Like `query`, but also tells how many rows a write touched. */
  execute(sql: Sql): Promise<number>
  /** Several statements in one text, without parameters. For migrations and session settings only. */
  script(text: string): Promise<void>
  /**
   * Loads many rows by COPY. `columns` are SQL names; each row is an array in that order.
   * `null` and `undefined` are NULL, Date an instant, objects JSON, and geometries EWKT or hex EWKB text.
   * Returns the number of rows. Inside a transaction it is part of it.
   */
  bulk(table: string, columns: readonly string[], rows: Rows): Promise<number>
}

/**
 * Reads that weigh on the database and write nothing: tiles, lists for GIS, analysis. They go to the streaming replica where there
 * is one that serves. Each sees whatever was committed before it was asked, so a reader finds what he has just written.
 */
export interface ReplicaReader extends Reader {
  /**
   * Where a long read on a connection of its own (a COPY) goes now: the replica's address when it has all that is committed,
   * otherwise the primary's; null for the embedded database, which has no address.
   */
  source(): Promise<string | null>
}

/**
 * serves: it is asked. behind: it lags more than it may. gone: it does not answer. foreign: it answers, but it is no streaming
 * replica of this database (any more). In all but the first the primary answers.
 */
export type ReplicaState = 'serves' | 'behind' | 'gone' | 'foreign'

/** How a replica does. */
export interface ReplicaHealth {
  readonly state: ReplicaState
  /** By how much it was behind when it was last looked at, in milliseconds; null while that is unknown. */
  readonly lagMs: number | null
  /** Reads that the replica answered, and reads that the primary answered in its place. */
  readonly reads: { readonly replica: number; readonly primary: number }
}

export interface Db extends Queryable {
  readonly kind: 'embedded' | 'postgres'
  readonly reader: ReplicaReader
  /** Null without a replica. */
  readonly replica: ReplicaHealth | null
  /** Runs `work` in one transaction on one connection; a throw rolls back and is passed on. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
  /**
   * Calls `onNotify` at each NOTIFY on `channel`, and once after every (re)connection, since what was rung meanwhile is lost.
   * Reconnects by itself until the returned function is called.
   */
  listen(channel: string, onNotify: () => void): Promise<() => Promise<void>>
  /**
   * Tries to take an advisory lock that lasts as long as its connection. Resolves null when another holds it.
   * `onLost` is called when the connection that holds it is gone.
   */
  lead(key: number, onLost: () => void): Promise<(() => Promise<void>) | null>
  close(): Promise<void>
}
