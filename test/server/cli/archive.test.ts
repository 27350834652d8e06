/** The command line as a program of its own, killed in the midst of its work: nothing is lost, and the next run finishes it. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { restoreIncidents } from '../../../server/commands/archive-incidents.ts'
import type { Db } from '../../../server/db/db.ts'
import { openPglite } from '../../../server/db/pglite.ts'
import { openPostgres } from '../../../server/db/postgres.ts'
import { sql } from '../../../server/db/sql.ts'
import { listArchivedMonths } from '../../../server/store/incident-archive.ts'
import { ensurePartitions } from '../../../server/store/partitions.ts'
import { readManifests } from '../../../server/transfer/month-file.ts'
import { embeddedFolder, hasPostgres, postgresAddress } from '../../fixtures/database.ts'

const CLI = new URL('../../../server/cli/archive.ts', import.meta.url).pathname
const PATIENCE_MS = 300_000
const EACH = 2000
const MONTHS = ['2024-01', '2024-02', '2024-03'].map((name) => new Date(`${name}-01T00:00:00Z`))
/** What the folder shows when the program is killed: a month half written; one vouched for and perhaps not dropped yet; the next. */
const MOMENTS = [/^incident-2024-01\.copy\.gz\.part$/, /^incident-2024-01(\.\d+)?\.json$/, /^incident-2024-02-steps\.copy\.gz\.part$/]

const fill = async (db: Db): Promise<void> => {
  await db.transaction((tx) => ensurePartitions(tx, MONTHS[0]!, MONTHS[2]!))
  await db.execute(sql`
    insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source, text, closed_at)
    select gen_random_uuid(), at, at, '331004', '331004', 'none', '0101', 'red', 'closed', 'import', repeat(md5(n::text), 5), at
    from generate_series(0, ${3 * EACH - 1}::int) n
    cross join lateral (select ('2024-01-05'::timestamptz + (n / ${EACH}::int) * interval '1 month' + n * interval '1 second') as at) each`)
  await db.execute(sql`insert into incident_key (id, reported_at, county_code) select id, reported_at, county_code from incident`)
  await db.execute(sql`
    insert into incident_transition (incident_id, at, transition, to_state, actor_name, note)
    select id, reported_at, 'report', 'reported', '某岗', note from incident cross join unnest(array['first', 'second']) note`)
}
/** All there is, as sums over the rows' text. */
const sums = async (db: Db) => {
  const of = async (rows: ReturnType<typeof sql>) =>
    (await db.query(sql`select count(*) as count, sum(hashtextextended(r::text, 0))::text as sum from (${rows}) r`))[0]
  return {
    incidents: await of(sql`select id, reported_at, unit_code, kind, state, text, closed_at from incident`),
    keys: await of(sql`select id, reported_at, county_code from incident_key`),
    steps: await of(sql`select incident_id, at, transition, to_state, actor_name, note from incident_transition`),
  }
}

describe.each(['embedded', 'PostgreSQL'] as const)('npm run archive on %s', (kind) => {
  const cleanups: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const clean of cleanups) await clean()
  })

  it.skipIf(kind === 'PostgreSQL' && !hasPostgres())(
    'loses nothing when it is killed in the midst, and is finished by the next run',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'gridward-archive-'))
      cleanups.push(() => rm(folder, { recursive: true }))
      const cluster = kind === 'embedded' ? await embeddedFolder() : undefined
      const address = cluster === undefined ? await postgresAddress() : undefined
      /** The embedded database is open in one process at a time. */
      const within = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
        const db = address === undefined ? await openPglite({ dataDir: cluster! }) : await openPostgres({ connectionString: address })
        return work(db).finally(() => db.close())
      }
      const archive = async (until: RegExp | null) => {
        const { PATH, HOME } = process.env
        const env = {
          PATH,
          HOME,
          LOG_LEVEL: 'error',
          INIT_CWD: folder,
          DATA_DIR: cluster === undefined ? folder : dirname(cluster),
          DATABASE_URL: address,
        }
        const child = spawn(process.execPath, ['--import', 'tsx', CLI, '--before', '2024-04', '--to', '.', '--drop'], { env, stdio: ['ignore', 'ignore', 'inherit'] }) // prettier-ignore
        const seen = until && watch(folder, (_change, name) => name !== null && until.test(name) && child.kill('SIGKILL'))
        const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
        seen?.close()
        return signal ?? code
      }

      const before = await within(async (db) => {
        await fill(db)
        return sums(db)
      })
      expect(before).toMatchObject({ incidents: { count: 3 * EACH }, keys: { count: 3 * EACH }, steps: { count: 6 * EACH } })
      for (const moment of MOMENTS) {
        expect(await archive(moment)).toBe('SIGKILL')
        await within(async (db) => {
          const beside = (await listArchivedMonths(db)).map(Number)
          for (const month of MONTHS) {
            const [row] = await db.query<{ count: number }>(sql`
              select count(*) as count from incident where reported_at >= ${month}::timestamptz and reported_at < ${month}::timestamptz + interval '1 month'`)
            // In the table, beside it, or in files that are what they say.
            if (row!.count !== EACH && !beside.includes(Number(month)))
              expect((await readManifests(folder, month)).map(({ incidents }) => incidents.rows)).toContain(EACH)
          }
        })
      }
      expect(await archive(null)).toBe(0)
      await within(async (db) => {
        expect(await listArchivedMonths(db)).toEqual([])
        expect(await sums(db)).toMatchObject({ incidents: { count: 0 }, keys: { count: 0 }, steps: { count: 0 } })
        for (const month of MONTHS) expect(await restoreIncidents(db, { name: 'somebody' }, month, folder)).toBe(EACH)
        expect(await sums(db)).toEqual(before)
      })
    },
    PATIENCE_MS,
  )
})

describe('npm run archive', () => {
  it('takes no month that is still to come', () => {
    const nextMonth = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1, 1)).toISOString().slice(0, 7)
    const { PATH } = process.env
    const said = spawnSync(process.execPath, ['--import', 'tsx', CLI, '--before', nextMonth], { env: { PATH }, encoding: 'utf8' })
    expect([said.status, said.stderr]).toEqual([1, 'Give --before a month that has begun.\n'])
  })
})
