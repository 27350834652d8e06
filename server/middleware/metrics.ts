/** Figures for Prometheus: one registry an application. Labels are patterns and names, never what a client typed. */
import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Db, ReplicaHealth } from '../db/db.ts'
import { metered } from '../db/metered.ts'
import { routeOf } from './request-log.ts'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const PREFIX = 'gridward_'

export interface Metrics {
  registry: Registry
  /** Measures every request behind it. */
  requests: RequestHandler
  /** The same database, measured. */
  measure(db: Db): Db
  tile(name: string, known: boolean): void
  /** A value that is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void
  /** How the replica does, when there is one. */
  replica(health: ReplicaHealth): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  const http = new Histogram({
    name: `${PREFIX}http_request_seconds`,
    help: 'Time from a request’s first byte to the end of its answer, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  })
  const database = new Histogram({
    name: `${PREFIX}db_seconds`,
    help: 'Time of database calls, waiting for a connection included',
    labelNames: ['operation'],
    buckets: SECONDS,
    registers,
  })
  const running = new Gauge({ name: `${PREFIX}db_calls_running`, help: 'Database calls that wait or run now', registers })
  const failed = new Counter({
    name: `${PREFIX}db_failures_total`,
    help: 'Database calls that failed',
    labelNames: ['operation'],
    registers,
  })
  const tiles = new Counter({
    name: `${PREFIX}tiles_total`,
    help: 'Tiles served, by name and by whether the cache had them',
    labelNames: ['name', 'cache'],
    registers,
  })
  const gauge: Metrics['gauge'] = (name, help, read) =>
    void new Gauge({
      name: PREFIX + name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  return {
    registry,
    requests(req, res, next) {
      const end = http.startTimer()
      res.on('close', () => end({ method: req.method, route: routeOf(req), status: res.statusCode }))
      next()
    },
    measure: (db) =>
      metered(db, (operation) => {
        running.inc()
        const end = database.startTimer({ operation })
        return (ok) => {
          running.dec()
          end()
          if (!ok) failed.inc({ operation })
        }
      }),
    tile: (name, known) => tiles.inc({ name, cache: known ? 'hit' : 'miss' }),
    gauge,
    replica(health) {
      gauge('replica_serves', '1 while the replica is asked, 0 while the primary answers for it', () => (health.state === 'serves' ? 1 : 0))
      gauge('replica_lag_seconds', 'By how much the replica was behind when last looked at; NaN while unknown', () =>
        health.lagMs === null ? NaN : health.lagMs / 1000,
      )
      new Counter({
        name: `${PREFIX}reads_total`,
        help: 'Reads that may go to the replica, by who answered',
        labelNames: ['from'],
        registers,
        collect() {
          this.reset()
          for (const from of ['replica', 'primary'] as const) this.inc({ from }, health.reads[from])
        },
      })
    },
  }
}
