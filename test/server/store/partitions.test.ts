import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { ensurePartitions } from '../../../server/store/partitions.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const day = (text: string) => new Date(`${text}T00:00:00Z`)

eachDatabase((open, kind) => {
  let db: Db
  beforeAll(async () => {
    db = await open()
  })
  const report = (id: number, at: string) =>
    db.execute(sql`
    insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source)
    values (${`00000000-0000-4000-8000-${String(id).padStart(12, '0')}`}, ${at}, ${at}, '331004', '331004', 'none', 'x', 'green', 'reported', 'import')`)
  const make = (from: Date, to: Date) => db.transaction((tx) => ensurePartitions(tx, from, to))
  const where = async () =>
    (
      await db.query<{ at: Date; table: string }>(
        sql`select reported_at as at, tableoid::regclass::text as table from incident order by reported_at`,
      )
    ).map(({ at, table }) => `${at.toISOString().slice(0, 10)} ${table}`)

  describe('monthly partitions', () => {
    it('cover a span over the turn of a year, ends included, and are made once', async () => {
      expect(await make(day('2025-11-30'), day('2026-02-01'))).toEqual([
        'incident_2025_11',
        'incident_2025_12',
        'incident_2026_01',
        'incident_2026_02',
      ])
      expect(await make(day('2025-12-15'), day('2026-03-01'))).toEqual(['incident_2026_03'])
      expect(await make(day('2026-01-15'), day('2026-01-15'))).toEqual([])
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
      await make(day('2026-05-01'), day('2026-05-31'))
      expect((await where()).slice(2)).toEqual(['2026-05-10 incident_2026_05', '2026-06-10 incident_default'])
    })

    // The embedded database has one session: nothing can come in between there.
    it.runIf(kind === 'postgres')('let a row that arrives while its month is made wait, and take it', async () => {
      const late = await db.transaction(async (tx) => {
        await ensurePartitions(tx, day('2026-09-01'), day('2026-09-30'))
        const arriving = report(5, '2026-09-10T00:00:00Z')
        await expect
          .poll(async () => (await tx.query<{ n: number }>(sql`select count(*) as n from pg_locks where not granted`))[0]!.n, {
            timeout: 20_000,
          })
          .toBeGreaterThan(0)
        return { arriving }
      })
      expect(await late.arriving).toBe(1)
      expect(await where()).toContain('2026-09-10 incident_2026_09')
    })

    it('have the indexes and the key of their parent', async () => {
      const [row] = await db.query<{ missing: number }>(sql`
        select (select count(*) from pg_index where indrelid = 'incident'::regclass) -
          (select count(*) from pg_index where indrelid = 'incident_2026_05'::regclass) as missing`)
      expect(row).toEqual({ missing: 0 })
    })
  })
})
