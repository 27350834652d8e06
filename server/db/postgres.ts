/**
 * PostgreSQL behind the seam: a pool for statements and transactions, COPY by streams, and for LISTEN and for leading
 * a connection of their own, since both live and die with the session.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Db, Queryable } from './db.ts'
import { listenOn } from './postgres-listen.ts'
import { openReplica, type ReplicaOptions } from './replica.ts'
import { queryOf } from './sql.ts'
import { assertCommitted, copyChunks, copyStatement, typeParsers } from './values.ts'

const COPY_BYTES = 256 * 1024

export interface PostgresOptions {
  connectionString: string
  /** Most connections of the pool; listeners and leaders come on top. */
  poolSize?: number
  /** How long a connection of its own may take to be made, ms: a listener tries again then, a leader gives up. */
  patienceMs?: number
  /** A streaming replica for what only reads, see replica.ts. */
  replica?: ReplicaOptions | undefined
}

function* pieces(data: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < data.length; at += COPY_BYTES) yield data.subarray(at, at + COPY_BYTES)
}

type Client = Pick<pg.ClientBase, 'query'>

const sessionOf = (client: Client): Omit<Queryable, 'bulk'> => ({
  query: async (sql) => (await client.query(queryOf(sql))).rows,
  execute: async (sql) => (await client.query(queryOf(sql))).rowCount ?? 0,
  script: async (text) => void (await client.query(text)),
})

const transactional = (client: pg.ClientBase): Queryable => ({
  ...sessionOf(client),
  async bulk(table, columns, rows) {
    if ('data' in rows) {
      const into = client.query(copyFrom(copyStatement(table, columns, 'stdin', true)))
      await pipeline(Readable.from(pieces(rows.data), { objectMode: false }), into)
      return rows.rows
    }
    const stream = client.query(copyFrom(copyStatement(table, columns, 'stdin')))
    let total = 0
    const source = async function* () {
      for await (const chunk of copyChunks(rows, COPY_BYTES)) {
        total += chunk.rows
        yield chunk.data
      }
    }
    await pipeline(Readable.from(source(), { objectMode: false }), stream)
    return total
  },
})

/** Opens a pool to PostgreSQL. Rejects with pg's error when it does not answer. */
export const openPostgres = async ({
  connectionString,
  poolSize = 10,
  patienceMs = 10_000,
  replica: beside,
}: PostgresOptions): Promise<Db> => {
  // One time zone for both drivers: what a day is, is said in the statement and never by the session.
  // Compiling takes longer than any of our statements runs, and PostGIS functions cost enough on paper to bring it on.
  const options = '-c TimeZone=UTC -c jit=off'
  const settings: pg.ClientConfig = { connectionString, types: typeParsers(), options, application_name: 'gridward' }
  const own: pg.ClientConfig = { ...settings, keepAlive: true, connectionTimeoutMillis: patienceMs }
  const pool = new pg.Pool({ ...settings, max: poolSize })
  // An idle connection that breaks is replaced by the pool; whoever uses one gets the error from its own statement.
  pool.on('error', () => undefined)
  const stops = new Set<() => Promise<void>>()
  const session = sessionOf(pool as unknown as Client)

  try {
    await pool.query('select 1')
  } catch (cause) {
    await pool.end()
    throw cause
  }
  const replica = beside ? await openReplica({ query: session.query, address: connectionString }, beside) : null

  const db: Db = {
    kind: 'postgres',
    ...session,
    reader: replica?.reader ?? { query: session.query, source: async () => connectionString },
    replica,
    bulk: (table, columns, rows) => db.transaction((tx) => tx.bulk(table, columns, rows)),
    async transaction(work) {
      const client = await pool.connect()
      let broken: Error | undefined
      // A connection that breaks between two statements says so only here; unheard, that would end the process.
      const onError = (cause: Error) => (broken = cause)
      client.on('error', onError)
      try {
        await client.query('begin')
        const result = await work(transactional(client))
        assertCommitted(await client.query('commit'))
        return result
      } catch (cause) {
        // When even the rollback fails the connection is of no more use: the pool drops it.
        await client.query('rollback').catch((failure: Error) => (broken = failure))
        throw cause
      } finally {
        client.off('error', onError)
        client.release(broken)
      }
    },
    async listen(channel, onNotify) {
      const stop = await listenOn(own, channel, onNotify)
      stops.add(stop)
      return async () => {
        stops.delete(stop)
        await stop()
      }
    },
    async lead(key, onLost) {
      // A server that is reached and says nothing would otherwise be waited for without end, and nobody would lead.
      const client = new pg.Client({ ...own, query_timeout: patienceMs })
      await client.connect()
      let released = false
      const lose = () => {
        if (released) return
        released = true
        stops.delete(stop)
        onLost()
      }
      const stop = async () => {
        released = true
        stops.delete(stop)
        await client.end().catch(() => undefined)
      }
      client.on('error', lose)
      client.on('end', lose)
      const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [key])
      if (!rows[0]?.taken) {
        await stop()
        return null
      }
      stops.add(stop)
      return stop
    },
    async close() {
      await Promise.all([...stops].map((stop) => stop()))
      await replica?.close()
      await pool.end()
    },
  }
  return db
}
