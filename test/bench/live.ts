/**
 * Live: from a report (POST /api/incidents) to every one of 200 stream clients, at 50 and 200 reports a second, on both databases;
 * beside it, in the same run, what the database alone takes: INSERT + NOTIFY → one LISTEN connection, at the same rate.
 * Open loop: reports leave on time whatever the server does, and latency counts from the instant a report was due.
 *
 *   node --import tsx test/bench/live.ts [--seconds 10] [--clients 200] [--rates 50,200] [--only postgres|embedded]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Db } from '../../server/db/db.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openDb } from '../../server/db/open.ts'
import { sql } from '../../server/db/sql.ts'
import { onDatabases } from '../fixtures/benchmark.ts'
import { type Latencies, measured, openLoop, percentile, Phones, Screen } from '../fixtures/load.ts'
import { loadSample, SAMPLE } from '../fixtures/sample-county.ts'
import { startServer } from '../fixtures/server-process.ts'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '200' },
    rates: { type: 'string', default: '50,200' },
    only: { type: 'string' },
  },
})
const SECONDS = Number(options.seconds)
const CLIENTS = Number(options.clients)
const RATES = options.rates.split(',').map(Number)
const WARM_UP = 2

/** What the database alone takes. */
async function baseline(db: Db, rate: number): Promise<Latencies> {
  await db.script('create table if not exists bench_bell (n integer primary key, due double precision, body jsonb); truncate bench_bell')
  const body = JSON.stringify({ text: 'x'.repeat(300) })
  const latencies: number[] = []
  const heard = new Set<number>()
  let last = -1
  let running: Promise<void> | null = null
  const read = async () => {
    for (const { n, due } of await db.query<{ n: number; due: number }>(sql`select n, due from bench_bell where n > ${last - 50}::int`)) {
      last = Math.max(last, n)
      if (heard.has(n)) continue
      heard.add(n)
      latencies.push(performance.now() - due)
    }
  }
  let again = false
  const ring = () => {
    if (running) return void (again = true)
    running = read().finally(() => {
      running = null
      if (again) {
        again = false
        ring()
      }
    })
  }
  const stop = await db.listen('bench_bell', ring)
  await openLoop(rate, SECONDS, async (n, due) => {
    await db.query(sql`
      with added as (insert into bench_bell values (${n}::int, ${due}::float8, ${body}::jsonb) returning 1)
      select pg_notify('bench_bell', '') from added`)
  })
  await sleep(500)
  await stop()
  return measured(latencies, rate * SECONDS - heard.size, 0)
}

async function live(
  url: URL,
  tokens: { screen: string; worker: string },
  rate: number,
): Promise<Latencies & { post50: number; post99: number }> {
  const idOf = new Map<number, string>()
  const screens = Array.from(
    { length: CLIENTS },
    (_, n) =>
      new Screen(
        url,
        tokens.screen,
        n === 0 ? (pos, line) => idOf.set(pos, /"incident": ?\{"id": ?"([0-9a-f-]{36})"/.exec(line)?.[1] ?? '') : undefined,
      ),
  )
  await sleep(1000)
  const phones = new Phones(url, tokens.worker)
  const post = (due: number, counts: boolean) => phones.report(due, counts)
  await openLoop(rate, WARM_UP, (_, due) => post(due, false))
  await openLoop(rate, SECONDS, (_, due) => post(due, true))
  await sleep(2500)
  phones.close()
  const { dueOf, posts } = phones

  const latencies: number[] = []
  let missed = 0
  for (const screen of screens) {
    for (const [pos, id] of idOf) {
      const due = dueOf.get(id)
      if (due === undefined) continue
      const arrived = screen.arrivals.get(pos)
      if (arrived === undefined) missed++
      else latencies.push(arrived - due)
    }
    screen.socket.destroy()
  }
  missed += (dueOf.size - [...idOf.values()].filter((id) => dueOf.has(id)).length) * CLIENTS
  const sorted = Float64Array.from(posts).sort()
  const doubled = screens.reduce((sum, screen) => sum + screen.doubled, 0)
  return { ...measured(latencies, missed, doubled), post50: percentile(sorted, 0.5), post99: percentile(sorted, 0.99) }
}

async function run(kind: 'postgres' | 'embedded', databaseUrl: string | undefined): Promise<Record<string, unknown>[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gridward-bench-'))
  const rows: Record<string, unknown>[] = []
  const open = () => openDb({ databaseUrl, embeddedDir: join(dataDir, 'cluster') })
  const db = await open()
  await migrate(db)
  await loadSample(db, { cameras: 300, incidents: 20_000 })
  const bare = new Map<number, Latencies>()
  for (const rate of RATES) bare.set(rate, await baseline(db, rate))
  await db.close()
  const server = await startServer({ dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  const phone = await fetch(new URL('/api/tokens', server.url), {
    method: 'POST',
    headers: { Authorization: `Bearer ${server.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'phones', role: 'grid_worker', unit: SAMPLE }),
  })
  const { token: worker } = (await phone.json()) as { token: string }
  for (const rate of RATES) {
    const one = await live(new URL(server.url), { screen: server.token, worker }, rate)
    const base = bare.get(rate)!
    rows.push({
      database: kind,
      'reports/s': rate,
      clients: CLIENTS,
      'p50 ms': +one.p50.toFixed(1),
      'p99 ms': +one.p99.toFixed(1),
      'max ms': +one.max.toFixed(0),
      missed: one.missed,
      doubled: one.doubled,
      'POST p50': +one.post50.toFixed(1),
      'POST p99': +one.post99.toFixed(1),
      'bare p50': +base.p50.toFixed(1),
      'bare p99': +base.p99.toFixed(1),
      'p50 ÷ bare': +(one.p50 / base.p50).toFixed(1),
      'p99 ÷ bare': +(one.p99 / base.p99).toFixed(1),
    })
  }
  await server.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
  return rows
}

const rows = await onDatabases(options.only, run)
process.stdout.write(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`,
)
console.table(rows)
