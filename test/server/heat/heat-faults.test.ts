/** The heat index when PostgreSQL is restarted in the middle of a fill, over a line that stands still meanwhile. */
import fc from 'fast-check'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { migrate } from '../../../server/db/migrate.ts'
import type { Db } from '../../../server/db/db.ts'
import { openPostgres } from '../../../server/db/postgres.ts'
import { createHeat } from '../../../server/heat/heat.ts'
import { ensurePartitions } from '../../../server/store/partitions.ts'
import { openStream } from '../../../server/stream/stream.ts'
import { makeCounties } from '../../fixtures/app.ts'
import { findPrograms, startCluster } from '../../fixtures/clusters.ts'
import { heatIncident, SPAN, writeHeatIncidents } from '../../fixtures/heat-incidents.ts'

const COUNT = 2000

/** A line to a PostgreSQL that hands on so many bytes of what it says and then no more, until it is told to go on. */
async function stallingLine(url: string, bytes: number) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let left = bytes
  let waiting: (() => void)[] = []
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    near.pipe(far)
    far.on('data', (chunk: Buffer) => {
      near.write(chunk)
      left -= chunk.length
      if (left > 0) return
      far.pause()
      waiting.push(() => far.resume())
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = new URL(url)
  address.hostname = '127.0.0.1'
  address.port = String((server.address() as AddressInfo).port)
  return {
    address: address.href,
    isStalled: () => waiting.length > 0,
    goOn() {
      left = Infinity
      for (const resume of waiting) resume()
      waiting = []
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The same database, whose long reads go to another address. */
const readingBy = (db: Db, address: string): Db =>
  Object.create(db, { reader: { value: { query: db.reader.query, source: async () => address } } }) as Db

const PATIENCE = { timeout: 60_000, interval: 50 }

describe.skipIf(findPrograms() === null)('the heat index', () => {
  it('is filled, and equal, after the database was restarted in the middle of the fill', async () => {
    const cluster = await startCluster(findPrograms()!, { fsync: 'on' })
    const log = pino({ level: 'silent' })
    const db = await openPostgres({ connectionString: cluster.url })
    await migrate(db)
    await makeCounties(db)
    await db.transaction((tx) => ensurePartitions(tx, new Date(SPAN.from), new Date(SPAN.to)))
    await writeHeatIncidents(db, fc.sample(heatIncident, COUNT))
    const stream = await openStream(db, log, 'test')
    // What the fill reads comes through a line that stands still after a third of it.
    const line = await stallingLine(cluster.url, 60_000)
    const heat = createHeat({ db: readingBy(db, line.address), stream, log })
    heat.start()
    await vi.waitFor(() => expect(heat.status.incidents).toBeGreaterThan(100), PATIENCE)
    await vi.waitFor(() => expect(line.isStalled()).toBe(true), PATIENCE)
    expect(heat.status).toMatchObject({ state: 'filling', position: null })
    expect((await heat.check()).equal).toBeNull()

    await cluster.restart()
    line.goOn()
    await vi.waitFor(() => expect(heat.status.state).toBe('ready'), PATIENCE)
    await vi.waitFor(
      async () => expect(await heat.check()).toMatchObject({ equal: true, incidents: { index: COUNT, database: COUNT } }),
      PATIENCE,
    )

    await heat.close()
    await line.close()
    await stream.close()
    await db.close()
    await cluster.stop()
  })
})
