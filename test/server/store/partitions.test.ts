import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { ensurePartitions } from '../../../server/store/partitions.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const day = (text: string) => new Date(`${text}T00:00:00Z`)

eachDatabase((open) => {
  let db: Db
  beforeAll(async () => {
    db = await open()
  })
  const report = (id: number, at: string) =>
    db.execute(sql`
    insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source)
    values (${`00000000-0000-4000-8000-${String(id).padStart(12, '0')}`}, ${at}, ${at}, '331004', '331004', 'none', 'x', 'green', 'reported', 'import')`)
  const where = async () =>
    (
      await db.query<{ at: Date; table: string }>(
        sql`select reported_at as at, tableoid::regclass::text as table from incident order by reported_at`,
      )
    ).map(({ at, table }) => `${at.toISOString().slice(0, 10)} ${table}`)

  describe('monthly partitions', () => {
    it('cover a span over the turn of a year, ends included, and are made once', async () => {
      expect(await ensurePartitions(db, day('2025-11-30'), day('2026-02-01'))).toEqual([
        'incident_2025_11',
        'incident_2025_12',
        'incident_2026_01',
        'incident_2026_02',
      ])
      expect(await ensurePartitions(db, day('2025-12-15'), day('2026-03-01'))).toEqual(['incident_2026_03'])
      expect(await ensurePartitions(db, day('2026-01-15'), day('2026-01-15'))).toEqual([])
    })

    it('take the rows of their month, and out of the default one those that came before them', async () => {
      await report(1, '2026-01-31T23:59:59.999Z')
      await report(2, '2026-02-01T00:00:00Z')
      await report(3, '2026-05-10T00:00:00Z')
      await report(4, '2026-06-10T00:00:00Z')
      expect(await where()).toEqual([
        '2026-01-31 incident_2026_01',
        '2026-02-01 incident_2026_02',
        '2026-05-10 incident_default',
        '2026-06-10 incident_default',
      ])
      await db.transaction((tx) => ensurePartitions(tx, day('2026-05-01'), day('2026-05-31')))
      expect((await where()).slice(2)).toEqual(['2026-05-10 incident_2026_05', '2026-06-10 incident_default'])
    })

    it('have the indexes and the key of their parent', async () => {
      const [row] = await db.query<{ missing: number }>(sql`
        select (select count(*) from pg_index where indrelid = 'incident'::regclass) -
          (select count(*) from pg_index where indrelid = 'incident_2026_05'::regclass) as missing`)
      expect(row).toEqual({ missing: 0 })
    })
  })
})
