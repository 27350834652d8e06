import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveIncidents, MonthIsBeside, restoreIncidents } from '../../../server/commands/archive-incidents.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { ensurePartitions } from '../../../server/store/partitions.ts'
import { BadArchive } from '../../../server/transfer/month-file.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const WHO = { name: 'somebody' }
const month = (text: string) => new Date(`${text}-01T00:00:00Z`)
const TEXTS = ['一\t二', 'a\nb\rc', '\\N', '\\.', '', 'x\u2028y "z", \\t']

eachDatabase((open, kind) => {
  let db: Db
  const folder = mkdtempSync(join(tmpdir(), 'gridward-archive-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  const report = async (n: number, at: string, state: 'closed' | 'reported' = 'closed') => {
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
    await db.execute(sql`
      insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source, text, external_key, geom, closed_at)
      values (${id}, ${at}, ${at}, '331004', '331004', 'inside', '0101', 'red', ${state}::incident_state, 'import', ${TEXTS[n % TEXTS.length]}, ${`k${n}`},
        'SRID=4326;POINT(121.4123456 28.5765432)', ${state === 'closed' ? at : null})`)
    await db.execute(sql`
      insert into incident_key (id, reported_at, county_code, external_key) select id, reported_at, county_code, external_key from incident where id = ${id}::uuid`)
    for (const note of ['first', null]) {
      await db.execute(
        sql`insert into incident_transition (incident_id, at, transition, to_state, actor_name, note) values (${id}, ${at}, 'report', 'reported', '某岗', ${note})`,
      )
    }
  }
  const all = () => db.query(sql`select i.*, geom::text as geom, reported_at::text as "exactly" from incident i order by id`)
  const keys = () => db.query(sql`select * from incident_key order by id`)
  const steps = async () =>
    db.query(
      sql`select incident_id, at, transition, to_state, actor_name, note from incident_transition order by incident_id, note nulls last`,
    )
  const version = async () =>
    (await db.query<{ version: number }>(sql`select version from noun_version where noun = 'incident'`))[0]!.version
  const audit = () => db.query(sql`select action, noun_id as month, detail ->> 'incidents' as incidents from audit order by id`)
  const archive = (before: string, more: { to?: string; drop?: boolean; withOpen?: boolean } = {}) =>
    archiveIncidents(db, WHO, { before: month(before), ...more })

  beforeAll(async () => {
    db = await open()
    await db.transaction((tx) => ensurePartitions(tx, month('2024-01'), month('2024-05')))
    for (let n = 0; n < 12; n++) await report(n, `2024-0${1 + Math.floor(n / 4)}-1${n % 4}T23:59:59.${n}12345Z`)
    await report(12, '2024-03-31T23:59:59.999999Z', 'reported')
    await report(13, '2024-04-01T00:00:00Z')
  })

  describe('an old month', () => {
    it('is taken off, told and kept beside the table, and comes back as it was', async () => {
      const before = { all: await all(), keys: await keys(), steps: await steps(), version: await version() }
      expect(await archive('2024-02')).toEqual([{ month: '2024-01', incidents: 4, open: 0, outcome: 'detached' }])
      expect((await all()).map(({ id }) => id)).toEqual(before.all.slice(4).map(({ id }) => id))
      expect(await keys()).toHaveLength(10)
      expect(await version()).toBe(before.version + 1)
      expect(await archive('2024-02')).toEqual([])

      expect(await restoreIncidents(db, WHO, month('2024-01'), folder)).toBe(4)
      expect({ all: await all(), keys: await keys(), steps: await steps(), version: await version() }).toEqual({
        ...before,
        version: before.version + 2,
      })
      expect(await audit()).toEqual([
        { action: 'incident.archive', month: '2024-01', incidents: '4' },
        { action: 'incident.restore', month: '2024-01', incidents: '4' },
      ])
    })

    it('is kept while incidents in it are open, and goes when that is asked for', async () => {
      expect((await archive('2024-04')).map(({ month: name, open: n, outcome }) => `${name} ${n} ${outcome}`)).toEqual([
        '2024-01 0 detached',
        '2024-02 0 detached',
        '2024-03 1 kept',
      ])
      expect(await archive('2024-04', { withOpen: true })).toEqual([{ month: '2024-03', incidents: 5, open: 1, outcome: 'detached' }])
      expect(await all()).toHaveLength(1)
      for (const name of ['2024-01', '2024-02', '2024-03']) await restoreIncidents(db, WHO, month(name), folder)
      expect(await all()).toHaveLength(14)
    })

    it('is written whole before it is dropped, and comes back from the files as it was', async () => {
      const before = { all: await all(), keys: await keys(), steps: await steps() }
      const done = await archive('2024-03', { to: folder, drop: true })
      expect(done.map(({ month: name, incidents, outcome }) => `${name} ${incidents} ${outcome}`)).toEqual([
        '2024-01 4 dropped',
        '2024-02 4 dropped',
      ])
      expect(await steps()).toHaveLength(12)
      expect(readdirSync(folder).sort()).toEqual(
        ['2024-01', '2024-02'].flatMap((name) => [`incident-${name}-steps.copy.gz`, `incident-${name}.copy.gz`, `incident-${name}.json`]),
      )
      const lines = gunzipSync(readFileSync(join(folder, 'incident-2024-01.copy.gz')))
        .toString()
        .split('\n')
      expect(lines[0]).toMatch(/^id\treported_at\t/)
      expect(lines).toHaveLength(6)
      for (const name of ['2024-01', '2024-02']) expect(await restoreIncidents(db, WHO, month(name), folder)).toBe(4)
      expect({ all: await all(), keys: await keys(), steps: await steps() }).toEqual(before)
    })

    it('keeps what came to it since, and never writes over a file', async () => {
      await archive('2024-02', { to: folder, drop: true })
      await db.transaction((tx) => ensurePartitions(tx, month('2024-01'), month('2024-01')))
      await report(0, '2024-01-20T00:00:00Z')
      await report(20, '2024-01-21T00:00:00Z')
      await archive('2024-02', { to: folder, drop: true })
      expect(readdirSync(folder)).toContain('incident-2024-01.3.json')
      expect(await restoreIncidents(db, WHO, month('2024-01'), folder)).toBe(5)
      const found = await db.query<{ at: Date }>(sql`select reported_at as at from incident where external_key = 'k0'`)
      // The first archive that holds it wins; nothing stands there twice.
      expect(found.map(({ at }) => at.toISOString().slice(0, 10))).toEqual(['2024-01-10'])
      expect((await keys()).length).toBe((await all()).length)
    })

    it('is not archived over one that lies beside the table still', async () => {
      await archive('2024-02')
      await db.transaction((tx) => ensurePartitions(tx, month('2024-01'), month('2024-01')))
      await expect(archive('2024-02')).rejects.toThrow(MonthIsBeside)
      await restoreIncidents(db, WHO, month('2024-01'), folder)
    })

    // The embedded database has one session: nobody reads beside it.
    it.runIf(kind === 'postgres')('waits for whoever reads, and lets others through meanwhile', async () => {
      let archiving: ReturnType<typeof archive> | undefined
      await db.transaction(async (tx) => {
        await tx.query(sql`select count(*) from incident`)
        archiving = archive('2024-02')
        await expect
          .poll(async () => (await db.query<{ n: number }>(sql`select count(*) as n from pg_locks where not granted`))[0]!.n, {
            timeout: 20_000,
          })
          .toBeGreaterThan(0)
        // Stands behind the archive, which stands behind us; it only ends when the archive steps aside.
        await report(30, '2024-05-02T00:00:00Z')
      })
      expect(await archiving).toMatchObject([{ month: '2024-01', outcome: 'detached' }])
      await restoreIncidents(db, WHO, month('2024-01'), folder)
    })

    it('does not come back from files that were changed, or are not there', async () => {
      await archive('2024-03', { to: folder, drop: true })
      appendFileSync(join(folder, 'incident-2024-02.copy.gz'), 'x')
      const rows = (await all()).length
      await expect(restoreIncidents(db, WHO, month('2024-02'), folder)).rejects.toThrow(BadArchive)
      await expect(restoreIncidents(db, WHO, month('2023-02'), folder)).rejects.toThrow(/no archive of 2023-02/)
      expect(await all()).toHaveLength(rows)
    })
  })
})

it('the command says what it did, and what it wants', () => {
  const run = (...args: string[]) => {
    try {
      return execFileSync(process.execPath, ['--import', 'tsx', 'server/cli/archive.ts', ...args], { encoding: 'utf8', stdio: 'pipe' })
    } catch (cause) {
      return (cause as { stderr: string }).stderr
    }
  }
  expect(run('--help')).toContain('--restore 2023-12')
  expect(run('--before', '2024-13')).toContain('--before must be a month')
  expect(run('--before', '2024-01', '--drop')).toContain('Give --to with --drop')
  expect(run()).toContain('Give one of')
})
