/**
 * The driver seam: the only face of a database that the rest of the server sees.
 * Two drivers stand behind it, `postgres.ts` (pg pool) and `pglite.ts` (embedded), and they take the same SQL.
 */
import type { Sql } from './sql.ts'

export type Row = Record<string, unknown>

/** What may be asked inside or outside a transaction. */
export interface Queryable {
  /** Rows of one statement, column names as selected. Rejects with pg's DatabaseError (`code` = SQLSTATE). */
  query<R = Row>(sql: Sql): Promise<R[]>
  /** Like `query`, but also tells how many rows a write touched. */
  execute(sql: Sql): Promise<number>
  /** Several statements in one text, without parameters. For migrations and session settings only. */
  script(text: string): Promise<void>
  /**
   * Loads many rows by COPY. `columns` are SQL names; each row is an array in that order.
   * `null` and `undefined` are NULL, Date an instant, objects JSON, and geometries EWKT or hex EWKB text.
   * Returns the number of rows. Inside a transaction it is part of it.
   */
  bulk(table: string, columns: readonly string[], rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>): Promise<number>
}

export interface Db extends Queryable {
  readonly kind: 'embedded' | 'postgres'
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
