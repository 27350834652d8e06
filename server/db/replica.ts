/**
 * A streaming replica beside the primary, for what only reads. No read is answered with less than had been committed when it was
 * asked: the primary says how far its log reaches, and the replica is asked once it has replayed that far. When it does not get
 * there within the bound, when it is gone, or when it is no replica of this database, the primary answers, and the replica is
 * looked at until it is good again. LISTEN, leading and writing never come here: a standby refuses them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Reader, ReplicaHealth, ReplicaReader, ReplicaState, Row } from './db.ts'
import { queryOf, type Sql, sql } from './sql.ts'
import { typeParsers } from './values.ts'

const LOOK_EVERY_MS = 1000
/** A replica that has not answered a look by then is gone. */
const PATIENCE_MS = 2000
/** Between two looks at how far it has come: a replica in good health is a few milliseconds behind. */
const STEPS_MS = [1, 2, 4, 8, 16, 25]

/** Of one page of the log, and of the header that each page and each segment begins with. */
const PAGE = 8192
const PAGE_HEADER = 24
const SEGMENT_HEADER = 40

export interface ReplicaOptions {
  connectionString: string
  /** By how much it may be behind. */
  maxLagMs: number
  poolSize?: number
  /** Told of the first state and of every other one after it. */
  onState?: ((state: ReplicaState) => void) | undefined
}

export interface Replica extends ReplicaHealth {
  readonly reader: ReplicaReader
  close(): Promise<void>
}

interface Position {
  system: string
  database: string
  recovering: boolean
  /** Bytes of log written (a primary) or replayed (a standby) since the beginning; null before the first. */
  position: number | null
}

/** Which cluster and database this is, and how far its log has come. */
const LOOK = sql`
  select (select system_identifier::text from pg_control_system()) as system,
    (select oid::text from pg_database where datname = current_database()) as database,
    pg_is_in_recovery() as recovering,
    pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, '0/0') as position`

const REPLAYED = sql`select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') as position`

/** How far the log of a primary reaches that knows of everything visible now, whether it was flushed or not. */
const markOf = async (primary: Reader): Promise<number> => {
  const [row] = await primary.query<{ position: number; offset: number }>(sql`
    select pg_wal_lsn_diff(at, '0/0') as position, (pg_walfile_name_offset(at)).file_offset as "offset"
    from (select pg_current_wal_insert_lsn() as at) as log`)
  const { position, offset } = row!
  // Where a record fills its page to the brim the next one goes behind the next page's header, but replay ends before that header.
  if (offset === SEGMENT_HEADER) return position - SEGMENT_HEADER
  return offset % PAGE === PAGE_HEADER ? position - PAGE_HEADER : position
}

/** True for what the replica cannot do anything about, so that the primary has to: it breaks, ends, or cancels in favour of its replay. */
const isReplicas = (cause: unknown): boolean =>
  !(cause instanceof pg.DatabaseError) || cause.code === '40001' || /^(08|53|57P)/.test(cause.code ?? '')

/** Ends a connection without waiting for an answer that may never come. */
const cut = (client: pg.Client | pg.PoolClient): void => {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}

/** Begins to follow a replica of `primary`; whether it answers or not is its state and no failure. Resolves after the first look. */
export const openReplica = async (
  primary: Reader & { address: string },
  { connectionString, maxLagMs, poolSize = 10, onState = () => undefined }: ReplicaOptions,
): Promise<Replica> => {
  const settings: pg.ClientConfig = {
    connectionString,
    types: typeParsers(),
    options: '-c TimeZone=UTC -c jit=off',
    application_name: 'gridward reader',
    connectionTimeoutMillis: PATIENCE_MS,
    keepAlive: true,
  }
  const pool = new pg.Pool({ ...settings, max: poolSize })
  const clients = new Set<pg.PoolClient>()
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    clients.add(client)
    // A connection that breaks while it is in use says so here as well; unheard, that would end the process.
    client.on('error', () => undefined)
  })
  pool.on('remove', (client) => clients.delete(client))

  let state: ReplicaState | undefined
  let lagMs: number | null = null
  /** What it is known to have replayed. */
  let replayed = -1
  /** What it has still to reach, and since when. */
  let awaited: { mark: number; since: number } | undefined
  let watcher: pg.Client | undefined
  let closed = false
  const reads = { replica: 0, primary: 0 }

  const become = (next: ReplicaState) => {
    if (state === next || closed) return
    state = next
    onState(next)
  }
  const lose = () => {
    lagMs = null
    replayed = -1
    awaited = undefined
    if (watcher) cut(watcher)
    watcher = undefined
    // Whoever waits for an answer on a dead line hears now that none will come.
    for (const client of clients) cut(client)
    become('gone')
  }

  const reaches = async (client: pg.Client | pg.PoolClient, mark: number, until: number): Promise<boolean> => {
    for (let turn = 0; replayed < mark; turn++) {
      const { rows } = await client.query<{ position: number | null }>({
        ...queryOf(REPLAYED),
        query_timeout: PATIENCE_MS,
      } as pg.QueryConfig)
      replayed = Math.max(replayed, rows[0]!.position ?? -1)
      if (replayed >= mark) break
      const left = until - performance.now()
      if (left <= 0) return false
      await sleep(Math.min(left, STEPS_MS[Math.min(turn, STEPS_MS.length - 1)]!))
    }
    return true
  }

  const watch = async (): Promise<pg.Client> => {
    if (watcher) return watcher
    const client = new pg.Client(settings)
    const end = () => {
      if (watcher === client) lose()
    }
    client.on('error', end)
    client.on('end', end)
    await client.connect()
    return (watcher = client)
  }

  const look = async (): Promise<void> => {
    // Without the primary there is nothing to compare with, and nothing newer to be had.
    const [own] = await primary.query<Position>(LOOK)
    try {
      const client = await watch()
      const { rows } = await client.query<Position>({ ...queryOf(LOOK), query_timeout: PATIENCE_MS } as pg.QueryConfig)
      const its = rows[0]!
      if (!its.recovering || its.system !== own!.system || its.database !== own!.database) {
        replayed = -1
        awaited = undefined
        lagMs = null
        return become('foreign')
      }
      replayed = Math.max(replayed, its.position ?? -1)
      awaited ??= { mark: own!.position!, since: performance.now() }
      const reached = await reaches(client, awaited.mark, awaited.since + maxLagMs)
      lagMs = performance.now() - awaited.since
      if (reached) awaited = undefined
      become(reached && lagMs <= maxLagMs ? 'serves' : 'behind')
    } catch {
      lose()
    }
  }

  let looking: Promise<void> = look().catch(() => undefined)
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined)
  }, LOOK_EVERY_MS)
  await looking
  if (state === undefined) become('gone')

  /** Calls `work` on a connection to a replica that has all that is committed; null when there is none. */
  const onReplica = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<{ result: T } | null> => {
    if (state !== 'serves') return null
    const mark = await markOf(primary)
    // Gone, or every connection is busy: which of the two it is, the watcher knows.
    const client = await pool.connect().catch(() => null)
    if (!client) return null
    let broken = true
    try {
      const reached = await reaches(client, mark, performance.now() + maxLagMs)
      const result = reached ? { result: await work(client) } : null
      broken = false
      if (!reached) become('behind')
      return result
    } catch (cause) {
      if (!isReplicas(cause)) {
        broken = false
        throw cause
      }
      return null
    } finally {
      client.release(broken)
    }
  }

  return {
    get state() {
      return state!
    },
    get lagMs() {
      return lagMs
    },
    reads,
    reader: {
      async query<R = Row>(statement: Sql): Promise<R[]> {
        const answer = await onReplica(async (client) => (await client.query(queryOf(statement))).rows as R[])
        reads[answer ? 'replica' : 'primary']++
        return answer ? answer.result : primary.query<R>(statement)
      },
      source: async () => ((await onReplica(async () => undefined)) ? connectionString : primary.address),
    },
    async close() {
      closed = true
      clearInterval(timer)
      if (watcher) cut(watcher)
      await looking
      await pool.end()
    },
  }
}
