/**
 * Faults: while reports keep coming, the listener is cut, the server is killed and the database crashes. Whoever keeps sending a
 * report until it is acknowledged, and whoever resumes the stream from the last position, misses nothing and gets nothing twice.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { migrate } from '../../../server/db/migrate.ts'
import { openDb } from '../../../server/db/open.ts'
import { openPostgres } from '../../../server/db/postgres.ts'
import { sql } from '../../../server/db/sql.ts'
import { findPrograms, freePort, startCluster } from '../../fixtures/clusters.ts'
import { hasPostgres } from '../../fixtures/database.ts'
import { loadSample } from '../../fixtures/sample-county.ts'
import { type ServerProcess, startServer } from '../../fixtures/server-process.ts'
import { openSse } from '../../fixtures/sse.ts'

const WRITERS = 4
const cleanups: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

/** A folder, a filled database, and a way to start the server on always the same port. */
const prepare = async (databaseUrl?: string) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gridward-faults-'))
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }))
  const open = () => openDb({ databaseUrl, embeddedDir: join(dataDir, 'cluster') })
  const db = await open()
  await migrate(db)
  await loadSample(db, { cameras: 0, incidents: 0 })
  await db.close()
  const port = await freePort()
  let server: ServerProcess | undefined
  const start = async () => {
    server = await startServer({ dataDir, port, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
    return server
  }
  cleanups.push(async () => server?.kill('SIGKILL'))
  return { open, start, url: `http://localhost:${port}` }
}

/** Writers that send each report until it is acknowledged. */
const write = (url: string, token: string) => {
  const acknowledged: string[] = []
  let stopped = false
  const one = async () => {
    while (!stopped) {
      const body = JSON.stringify({
        id: randomUUID(),
        kind: '0101',
        severity: 'green',
        location: [121.3155, 28.506],
        occurredAt: new Date().toISOString(),
      })
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      for (;;) {
        const answer = await fetch(`${url}/api/incidents`, { method: 'POST', headers, body, signal: AbortSignal.timeout(5000) }).catch(
          () => null,
        )
        if (answer?.status === 201 || answer?.status === 200) break
        await sleep(50)
      }
      acknowledged.push((JSON.parse(body) as { id: string }).id)
      await sleep(10)
    }
  }
  const all = Array.from({ length: WRITERS }, one)
  return {
    acknowledged,
    stop: async () => {
      stopped = true
      await Promise.all(all)
    },
  }
}

/** A screen that resumes where it was, for as long as it is wanted. */
const watch = (url: string, token: string, after: number) => {
  const seen: { pos: number; id: string }[] = []
  let resets = 0
  let last = after
  let stopped = false
  let close = () => {}
  const run = async () => {
    while (!stopped) {
      const client = await openSse(
        `${url}/api/stream`,
        { authorization: `Bearer ${token}`, 'last-event-id': String(last) },
        ({ event, id, data }) => {
          if (id !== null) last = id
          if (event === 'reset') resets++
          if (event === 'message') seen.push({ pos: id!, id: (JSON.parse(data) as { incident: { id: string } }).incident.id })
        },
      ).catch(() => null)
      close = () => client?.close()
      await client?.ended
      await sleep(50)
    }
  }
  const running = run()
  return {
    seen,
    resets: () => resets,
    stop: async () => {
      stopped = true
      close()
      await running
    },
  }
}

/** Everything acknowledged was seen once, positions are gapless and in order, and the database has the same. */
const expectAll = async (
  watcher: ReturnType<typeof watch>,
  acknowledged: readonly string[],
  open: Awaited<ReturnType<typeof prepare>>['open'],
) => {
  const db = await open()
  const stored = await db.query<{ id: string; pos: number }>(sql`
    select message -> 'incident' ->> 'id' as id, pos from outbox order by pos`)
  const [count] = await db.query<{ n: number }>(sql`select count(*) as n from incident`)
  await db.close()
  const missed = acknowledged.filter((id) => !watcher.seen.some((each) => each.id === id))
  const doubled = watcher.seen.length - new Set(watcher.seen.map(({ id }) => id)).size
  expect({ missed, doubled, resets: watcher.resets() }).toEqual({ missed: [], doubled: 0, resets: 0 })
  expect(watcher.seen.map(({ pos }) => pos)).toEqual(watcher.seen.map((_, n) => n + 1))
  expect(watcher.seen).toEqual(stored.map(({ id, pos }) => ({ pos, id })))
  expect(count!.n).toBe(stored.length)
}

const more = async (list: readonly unknown[], count: number) => {
  const target = list.length + count
  await expect.poll(() => list.length, { timeout: 90_000, interval: 50 }).toBeGreaterThanOrEqual(target)
}

describe.skipIf(!hasPostgres())('on PostgreSQL', () => {
  it('misses and doubles nothing while listeners are cut, servers killed and the database crashes', { timeout: 400_000 }, async () => {
    const cluster = await startCluster(findPrograms()!, { fsync: 'on' })
    cleanups.push(() => cluster.stop())
    const { open, start, url } = await prepare(cluster.url)
    let server = await start()
    const writer = write(url, server.token)
    const watcher = watch(url, server.token, 0)
    await more(watcher.seen, 50)

    for (let n = 0; n < 3; n++) {
      const admin = await openPostgres({ connectionString: cluster.url, poolSize: 1 })
      await admin.query(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %' and pid <> pg_backend_pid()`,
      )
      await admin.close()
      await more(watcher.seen, 30)
    }
    for (let n = 0; n < 2; n++) {
      await server.kill('SIGKILL')
      server = await start()
      await more(watcher.seen, 30)
    }
    for (let n = 0; n < 2; n++) {
      await cluster.restart()
      await more(watcher.seen, 30)
    }
    await writer.stop()
    await expect.poll(() => writer.acknowledged.every((id) => watcher.seen.some((each) => each.id === id)), { timeout: 30_000 }).toBe(true)
    await watcher.stop()
    await server.kill('SIGTERM')
    await expectAll(watcher, writer.acknowledged, open)
  })
})

describe('on the embedded database', () => {
  it('misses and doubles nothing while the server is killed', { timeout: 400_000 }, async () => {
    const { open, start, url } = await prepare()
    let server = await start()
    const writer = write(url, server.token)
    const watcher = watch(url, server.token, 0)
    await more(watcher.seen, 50)
    for (let n = 0; n < 2; n++) {
      await server.kill('SIGKILL')
      server = await start()
      await more(watcher.seen, 30)
    }
    await writer.stop()
    await expect.poll(() => writer.acknowledged.every((id) => watcher.seen.some((each) => each.id === id)), { timeout: 30_000 }).toBe(true)
    await watcher.stop()
    await server.kill('SIGTERM')
    await expectAll(watcher, writer.acknowledged, open)
  })
})
