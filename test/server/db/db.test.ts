import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const COUNTY = ['code', 'name', 'time_zone'] as const

eachDatabase((open, kind) => {
  /** For what the embedded database cannot suffer: it has one session and no connection to lose. */
  const onPostgres = kind === 'postgres' ? it : () => undefined
  let db: Db
  beforeAll(async () => {
    db = await open()
    await db.script(
      'create table note (id bigint primary key, text text, at timestamptz, tags text[], detail jsonb, geom geometry(Point, 4326))',
    )
  })
  const texts = async () => (await db.query<{ text: string }>(sql`select text from note order by id`)).map(({ text }) => text)
  const clear = () => db.execute(sql`delete from note`)

  describe('values', () => {
    it('cross the wire as numbers, instants, arrays and objects', async () => {
      const at = new Date('2026-03-04T05:06:07.089Z')
      const [row] = await db.query(sql`
        select 9007199254740991::bigint as big, 1.25::numeric as exact, ${at}::timestamptz as at, date '2026-03-04' as day,
          ${['a', 'b "c"\\', null]}::text[] as tags, ${{ 名: [1, null] }}::jsonb as detail, array[1::bigint, null] as bigs, null::int as nothing`)
      expect(row).toEqual({
        big: 9007199254740991,
        exact: 1.25,
        at,
        day: '2026-03-04',
        tags: ['a', 'b "c"\\', null],
        detail: { 名: [1, null] },
        bigs: [1, null],
        nothing: null,
      })
    })

    it('live in UTC whatever the machine says', async () => {
      expect(await db.query(sql`select date_trunc('day', timestamptz '2026-01-01T23:30:00-02:00')::text as day`)).toEqual([
        { day: '2026-01-02 00:00:00+00' },
      ])
    })

    it('tell how many rows a write touched', async () => {
      expect(await db.execute(sql`insert into note (id) values (1), (2), (3)`)).toBe(3)
      expect(await clear()).toBe(3)
    })

    it('fail with the SQLSTATE of PostgreSQL', async () => {
      await expect(db.query(sql`select 1 / 0`)).rejects.toMatchObject({ code: '22012' })
      await expect(db.query(sql`selec 1`)).rejects.toMatchObject({ code: '42601' })
      expect(await db.query(sql`select 1 as one`)).toEqual([{ one: 1 }])
    })

    it('fail alone: the next statement gets its own answer, with parameters too', async () => {
      const failing = [sql`select 1 / ${0}::int`, sql`select ${1} from nowhere`, sql`select ${'x'}::int`]
      for (const bad of [...failing, ...failing]) {
        const [failed, two] = await Promise.allSettled([db.query(bad), db.query(sql`select ${2}::int as two`)])
        expect(failed).toMatchObject({ status: 'rejected', reason: { code: expect.stringMatching(/^[0-9A-Z]{5}$/) } })
        expect(two).toEqual({ status: 'fulfilled', value: [{ two: 2 }] })
      }
    })
  })

  describe('bulk', () => {
    it('loads what a parameter would have stored', async () => {
      const at = new Date('2026-03-04T05:06:07.089Z')
      const text = 'tab\t line\n back\\slash \\N \r 路桥 "quoted", {braces}'
      const detail = { text, list: [1, 'a\\b'] }
      const tags = ['x', text, '', null]
      const point = 'SRID=4326;POINT(121.3725 28.5817)'
      await db.bulk(
        'note',
        ['id', 'text', 'at', 'tags', 'detail', 'geom'],
        [
          [1, text, at, tags, detail, point],
          [3, null, undefined, [], null, null],
        ],
      )
      await db.execute(sql`insert into note values (2, ${text}, ${at}, ${tags}, ${detail}, ${point})`)
      const rows = await db.query(sql`select text, at, tags, detail, ST_AsText(geom) as geom from note order by id`)
      expect(rows[0]).toEqual({ text, at, tags, detail, geom: 'POINT(121.3725 28.5817)' })
      expect(rows[1]).toEqual(rows[0])
      expect(rows[2]).toEqual({ text: null, at: null, tags: [], detail: null, geom: null })
      await clear()
    })

    it('takes an async source of more than one buffer', async () => {
      const long = 'x'.repeat(1000)
      async function* rows() {
        for (let id = 0; id < 12_000; id++) yield [id, long]
      }
      expect(await db.bulk('note', ['id', 'text'], rows())).toBe(12_000)
      expect(await db.query(sql`select count(*) as rows, sum(length(text)) as letters from note`)).toEqual([
        { rows: 12_000, letters: 12_000_000 },
      ])
      await clear()
    })

    it('stores all or nothing', async () => {
      const twice = [
        [1, 'a'],
        [2, 'b'],
        [1, 'again'],
      ]
      await expect(db.bulk('note', ['id', 'text'], twice)).rejects.toMatchObject({ code: '23505' })
      async function* breaks() {
        yield [5, 'y'.repeat(6_000_000)]
        throw new Error('the source broke')
      }
      await expect(db.bulk('note', ['id', 'text'], breaks())).rejects.toThrow('the source broke')
      expect(await texts()).toEqual([])
    })

    it('is part of the transaction it runs in', async () => {
      const load = db.transaction(async (tx) => {
        await tx.bulk('note', ['id', 'text'], [[1, 'a']])
        expect(await tx.query(sql`select count(*) as rows from note`)).toEqual([{ rows: 1 }])
        throw new Error('changed my mind')
      })
      await expect(load).rejects.toThrow('changed my mind')
      expect(await texts()).toEqual([])
    })

    it('quotes names, so that they are never SQL', async () => {
      await expect(db.bulk('county; drop table county', COUNTY, [['331004', 'x', 'UTC']])).rejects.toMatchObject({ code: '42P01' })
      expect(await db.query(sql`select count(*) as rows from county`)).toEqual([{ rows: 0 }])
    })
  })

  describe('transaction', () => {
    it('commits what its work wrote and passes on its result', async () => {
      expect(await db.transaction(async (tx) => tx.execute(sql`insert into note (id, text) values (1, 'kept')`))).toBe(1)
      expect(await texts()).toEqual(['kept'])
      await clear()
    })

    it('rolls back and passes on what was thrown', async () => {
      const failing = db.transaction(async (tx) => {
        await tx.execute(sql`insert into note (id, text) values (1, 'lost')`)
        await tx.query(sql`select 1 / 0`)
      })
      await expect(failing).rejects.toMatchObject({ code: '22012' })
      expect(await texts()).toEqual([])
    })

    it('does not pass for success when the work swallowed a failed statement', async () => {
      const swallowing = db.transaction(async (tx) => {
        await tx.query(sql`select 1 / 0`).catch(() => undefined)
      })
      await expect(swallowing).rejects.toThrow('rolled back')
    })

    it('keeps statements of others out of it', async () => {
      let outside: Promise<unknown> | undefined
      const failing = db.transaction(async (tx) => {
        await tx.execute(sql`insert into note (id, text) values (1, 'inside')`)
        outside = db.execute(sql`insert into note (id, text) values (2, 'outside')`)
        await new Promise((resolve) => setTimeout(resolve, 50))
        throw new Error('undo')
      })
      await expect(failing).rejects.toThrow('undo')
      await outside
      expect(await texts()).toEqual(['outside'])
      await clear()
    })

    it('lets many run at once without mixing them', async () => {
      const writers = Array.from({ length: 20 }, (_, id) =>
        db.transaction(async (tx) => {
          await tx.execute(sql`insert into note (id, text) values (${id}, 'first')`)
          if (id % 2) throw new Error('odd')
          await tx.execute(sql`update note set text = 'second' where id = ${id}`)
        }),
      )
      await Promise.allSettled(writers)
      expect(await texts()).toEqual(Array<string>(10).fill('second'))
      await clear()
    })
  })

  describe('listen', () => {
    /** Waits until the counter has reached `count`; the file's time limit ends a wait in vain. */
    const reached = async (counter: { rings: number }, count: number) => {
      while (counter.rings < count) await new Promise((resolve) => setTimeout(resolve, 5))
    }

    it('rings once at the beginning and at each committed NOTIFY, until stopped', async () => {
      const bell = { rings: 0 }
      const other = { rings: 0 }
      const stop = await db.listen('bell', () => bell.rings++)
      const stopOther = await db.listen('Other bell', () => other.rings++)
      await reached(bell, 1)
      await db.execute(sql`notify bell`)
      await reached(bell, 2)
      await expect(
        db.transaction(async (tx) => {
          await tx.execute(sql`notify bell`)
          throw new Error('undo')
        }),
      ).rejects.toThrow('undo')
      await db.execute(sql`select pg_notify('Other bell', '')`)
      await reached(other, 2)
      expect(bell.rings).toBe(2)
      await stop()
      await db.execute(sql`notify bell`)
      await db.execute(sql`select pg_notify('Other bell', '')`)
      await reached(other, 3)
      expect(bell.rings).toBe(2)
      await stopOther()
    })

    onPostgres('comes back when its connection was cut, and rings for what it missed', async () => {
      const bell = { rings: 0 }
      const stop = await db.listen('bell', () => bell.rings++)
      await reached(bell, 1)
      await db.query(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()`,
      )
      await reached(bell, 2)
      await db.execute(sql`notify bell`)
      await reached(bell, 3)
      await stop()
    })
  })

  describe('lead', () => {
    it('has one leader for each key until it lets go', async () => {
      const first = await db.lead(7, () => undefined)
      expect(first).not.toBeNull()
      expect(await db.lead(7, () => undefined)).toBeNull()
      const other = await db.lead(8, () => undefined)
      expect(other).not.toBeNull()
      await first?.()
      const second = await db.lead(7, () => undefined)
      expect(second).not.toBeNull()
      await second?.()
      await other?.()
    })

    onPostgres('tells the leader that its connection is gone', async () => {
      let lost: () => void
      const gone = new Promise<void>((resolve) => (lost = resolve))
      await db.lead(9, () => lost())
      await db.query(sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 9`)
      await gone
      const next = await db.lead(9, () => undefined)
      expect(next).not.toBeNull()
      await next?.()
    })
  })
})
