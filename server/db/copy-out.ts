/** A connection of its own for long reads from PostgreSQL by COPY, in whatever thread it is needed: see `ReplicaReader.source`. */
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Reader } from './db.ts'
import { queryOf } from './sql.ts'
import { typeParsers } from './values.ts'

export interface CopySource extends Reader {
  /** The bytes of a `copy … to stdout`, cut anywhere. Rejects under way when the connection is lost. */
  copy(statement: string): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** Connects. Rejects with pg's error when nobody answers. */
export const openCopySource = async (address: string, applicationName: string): Promise<CopySource> => {
  const client = new pg.Client({
    connectionString: address,
    types: typeParsers(),
    options: '-c TimeZone=UTC -c jit=off',
    application_name: applicationName,
    keepAlive: true,
  })
  // Whoever waits for an answer hears of it there.
  client.on('error', () => undefined)
  await client.connect()
  return {
    query: async (sql) => (await client.query(queryOf(sql))).rows,
    copy: (statement) => client.query(copyTo(statement)),
    close: () => client.end().catch(() => undefined),
  }
}
