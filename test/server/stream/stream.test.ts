import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFiling, fileIncident } from '../../../server/commands/file-incident.ts'
import type { Db } from '../../../server/db/db.ts'
import { openPostgres } from '../../../server/db/postgres.ts'
import { sql } from '../../../server/db/sql.ts'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { announceReload, getStreamPosition, pruneOutbox } from '../../../server/store/outbox.ts'
import { openStream, type Stream, type StreamOptions } from '../../../server/stream/stream.ts'
import { eachDatabase, hasPostgres, postgresAddress } from '../../fixtures/database.ts'
import { loadSample, SAMPLE_UNTIL } from '../../fixtures/sample-county.ts'
import { createSseParser, type SseEvent } from '../../fixtures/sse.ts'

const log = pino({ level: 'silent' })

const file = async (db: Db, id: string = randomUUID()) => {
  const occurredAt = SAMPLE_UNTIL.toISOString()
  const input = { id, kind: '0101', severity: 'green', text: '', location: [121.3155, 28.506], occurredAt, source: 'grid_worker' } as const
  await fileIncident(createFiling({ db, isKind: () => true, now: () => SAMPLE_UNTIL }), SYSTEM, { ...input, location: [...input.location] })
  return id
}

/** Joins a stream and remembers what it says. */
const watch = (stream: Stream, after: number | null = null, jurisdiction = '') => {
  const events: SseEvent[] = []
  const parse = createSseParser((event) => events.push(event))
  const leave = stream.hub.join({ incidents: jurisdiction, plans: null }, after, {
    write: (bytes) => {
      parse(bytes.toString())
      return 0
    },
    end: () => undefined,
    destroy: () => undefined,
  })
  const messages = () => events.filter(({ event }) => event === 'message')
  const ids = () => messages().map(({ data }) => (JSON.parse(data) as { incident: { id: string } }).incident.id)
  const seen = (count: number) => expect.poll(() => messages().length, { timeout: 20_000 }).toBe(count)
  return { events, messages, ids, positions: () => messages().map(({ id }) => id!), seen, leave }
}

const ascending = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)

describe('the stream', () => {
  eachDatabase((open) => {
    let db: Db
    const streams: Stream[] = []
    const openOne = async (options: Partial<StreamOptions> = {}) => {
      const stream = await openStream(db, log, '1', options)
      streams.push(stream)
      return stream
    }
    beforeAll(async () => {
      db = await open()
      await loadSample(db, { cameras: 0, incidents: 0 })
    })
    afterEach(async () => {
      for (const stream of streams.splice(0)) await stream.close()
    })

    it('carries every report of many concurrent writers once, in gapless order', async () => {
      const stream = await openOne()
      const screen = watch(stream)
      const start = stream.hub.pos
      const filed = await Promise.all(Array.from({ length: 200 }, () => file(db)))
      await screen.seen(200)
      expect(screen.positions()).toEqual(ascending(start + 1, 200))
      expect([...screen.ids()].sort()).toEqual([...filed].sort())
    })

    it('takes up after a restart what was committed while no server ran', async () => {
      const before = await openOne()
      const start = before.hub.pos
      const first = await file(db)
      await watch(before, start).seen(1)
      await before.close()
      const second = await file(db)
      const after = await openOne()
      const screen = watch(after, start)
      await screen.seen(2)
      expect(screen.ids()).toEqual([first, second])
      expect(screen.positions()).toEqual([start + 1, start + 2])
    })

    it('says reset to whoever asks for more than is kept, and keeps its positions when all is pruned', async () => {
      const before = await openOne()
      const start = before.hub.pos
      for (let n = 0; n < 5; n++) await file(db)
      await watch(before, start).seen(5)
      await before.close()
      expect(await pruneOutbox(db, 2, new Date(0))).toBeGreaterThanOrEqual(3)
      const short = await openOne()
      expect(watch(short, start).events.map(({ event }) => event)).toEqual(['hello', 'reset'])
      expect(watch(short, start + 3).positions()).toEqual([start + 4, start + 5])
      await short.close()
      await pruneOutbox(db, 1_000_000, new Date(Date.now() + 60_000))
      const empty = await openOne()
      expect(empty.hub.pos).toBe(start + 5)
      expect(watch(empty, start + 4).events.map(({ event }) => event)).toEqual(['hello', 'reset'])
      const current = watch(empty, start + 5)
      await file(db)
      await current.seen(1)
      expect(current.positions()).toEqual([start + 6])
    })

    it('tells everybody once to reload a noun, and those who remember figures of it', async () => {
      const stream = await openOne()
      const screen = watch(stream, null, '990001001')
      let reloads = 0
      stream.onReload(() => reloads++)
      const version = await db.transaction((tx) => announceReload(tx, 'unit', SAMPLE_UNTIL))
      await screen.seen(1)
      expect(JSON.parse(screen.messages()[0]!.data)).toEqual({ noun: 'unit', change: 'reload', at: SAMPLE_UNTIL.toISOString(), version })
      expect(reloads).toBe(1)
    })

    it('does not move for what was rolled back', async () => {
      const stream = await openOne()
      const screen = watch(stream)
      const work = db.transaction(async (tx) => {
        await announceReload(tx, 'camera')
        throw new Error('changed my mind')
      })
      await expect(work).rejects.toThrow('changed my mind')
      await file(db)
      await screen.seen(1)
      expect(screen.ids()).toHaveLength(1)
      expect(await getStreamPosition(db)).toBe(screen.positions()[0])
    })

    it('finds what was committed without a bell', async () => {
      const stream = await openOne()
      const screen = watch(stream)
      await db.execute(sql`
        insert into outbox (county_code, unit_code, message)
        select county_code, unit_code, message from outbox where unit_code <> '' order by id desc limit 1`)
      await screen.seen(1)
    })
  })

  describe.skipIf(!hasPostgres())('of several servers on one PostgreSQL', () => {
    it('has the same positions everywhere, through the death of the one that led', async () => {
      const address = await postgresAddress()
      const dbs = await Promise.all([1, 2, 3].map(() => openPostgres({ connectionString: address })))
      await loadSample(dbs[0]!, { cameras: 0, incidents: 0 })
      const opened = []
      for (const db of dbs) opened.push(await openStream(db, log, '1'))
      const screens = opened.map((stream) => watch(stream))
      await Promise.all(Array.from({ length: 60 }, (_, n) => file(dbs[n % 3]!)))
      for (const screen of screens) await screen.seen(60)
      const expected = screens[0]!.messages().map(({ id, data }) => `${id} ${data}`)
      for (const screen of screens) expect(screen.messages().map(({ id, data }) => `${id} ${data}`)).toEqual(expected)

      // The first one leads. Its connections are cut, as if its machine had died, and it never comes back.
      await opened[0]!.close()
      await dbs[0]!.close()
      await Promise.all(Array.from({ length: 60 }, (_, n) => file(dbs[1 + (n % 2)]!)))
      for (const screen of screens.slice(1)) {
        await screen.seen(120)
        expect(screen.positions()).toEqual(ascending(1, 120))
      }
      for (const stream of opened.slice(1)) await stream.close()
      for (const db of dbs.slice(1)) await db.close()
    })
  })
})
