import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { BinaryWriter } from '../../../server/db/binary-rows.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const COLUMNS = ['n', 'id', 'at', 'text', 'small', 'geom']
const degrees = (most: number) => fc.integer({ min: -most * 1e7, max: most * 1e7 }).map((each) => each / 1e7)
const row = fc.record({
  id: fc.uuid(),
  at: fc.option(fc.date({ min: new Date('1970-01-01Z'), max: new Date('2099-12-31Z'), noInvalidDate: true })),
  text: fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0'))),
  small: fc.integer({ min: -32768, max: 32767 }),
  geom: fc.tuple(degrees(180), degrees(90)),
})

eachDatabase((open) => {
  let db: Db
  beforeAll(async () => {
    db = await open()
    await db.script('create table binary_note (n integer, id uuid, at timestamptz, text text, small smallint, geom geometry(Point, 4326))')
  })

  describe('rows in binary', () => {
    it('arrive as they were written, whatever is in them', async () => {
      const writer = new BinaryWriter()
      await fc.assert(
        fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
          for (const [n, each] of rows.entries()) {
            writer.row(COLUMNS.length)
            writer.int4(n)
            writer.uuid(each.id)
            writer.instant(each.at)
            writer.text(each.text)
            writer.int2(each.small)
            writer.point(each.geom)
          }
          expect(await db.bulk('binary_note', COLUMNS, writer.take())).toBe(rows.length)
          const found = await db.query(sql`select id, at, text, small, array[ST_X(geom), ST_Y(geom)] as geom from binary_note order by n`)
          await db.execute(sql`delete from binary_note`)
          expect(found).toEqual(rows)
        }),
        { numRuns: 20 },
      )
    })

    it('grow beyond any room', async () => {
      const writer = new BinaryWriter()
      const long = '长'.repeat(700_000)
      for (const text of [long, '', long]) {
        writer.row(1)
        writer.text(text)
      }
      await db.bulk('binary_note', ['text'], writer.take())
      const found = await db.query<{ text: string }>(sql`select text from binary_note order by text`)
      expect(found.map(({ text }) => text.length)).toEqual([0, 700_000, 700_000])
    })

    it('are refused whole when one does not fit', async () => {
      const writer = new BinaryWriter()
      writer.row(2)
      writer.text('x')
      writer.int4(1)
      await expect(db.bulk('binary_note', ['text'], writer.take())).rejects.toMatchObject({ code: '22P04' })
      expect(await db.query(sql`select count(*) as rows from binary_note where text = 'x'`)).toEqual([{ rows: 0 }])
    })
  })
})
