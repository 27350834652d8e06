/** The check as a program of its own: on a sound county, at other dates, and after somebody wrote into the tables by hand. */
import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { openPglite } from '../../../server/db/pglite.ts'
import { openPostgres } from '../../../server/db/postgres.ts'
import { sql } from '../../../server/db/sql.ts'
import { embeddedFolder, hasPostgres, postgresAddress } from '../../fixtures/database.ts'
import { GRID_CODES, GROWING, loadGrowing } from '../../fixtures/growing-county.ts'

const CLI = new URL('../../../server/cli/check-coverage.ts', import.meta.url).pathname
const PATIENCE_MS = 240_000

interface Ground {
  /** Does something to the database while no program has it open. */
  change(work: (db: Db) => Promise<unknown>): Promise<void>
  env: Record<string, string>
}

const run = (env: Record<string, string>, ...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const { PATH, HOME } = process.env
  return new Promise((resolve) =>
    execFile(process.execPath, ['--import', 'tsx', CLI, ...args], { env: { PATH, HOME, ...env } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    ),
  )
}

const suite = (prepare: () => Promise<Ground>) => {
  it(
    'finds a county sound at every date, and names what is not, with its place',
    async () => {
      const { env, change } = await prepare()
      expect(await run(env)).toMatchObject({ code: 1, out: 'There is no county.\n' })
      await change(loadGrowing)
      const now = await run(env)
      expect(now).toEqual({ code: 0, err: '', out: `${GROWING} now: 8 units, 4 of them leaves, sound\n` })
      const all = await run(env, '--all')
      expect(all.code).toBe(0)
      expect(all.out.match(/: \d+ units, \d of them leaves, sound/g)).toEqual([3, 3, 4].map((n) => expect.stringContaining(`${n} of them`)))
      expect(all.out).toContain(`since 2026-02-10`)

      await change(async (db) => {
        await db.execute(sql`
          update unit_version set geom = ST_SnapToGrid(ST_Translate(geom, 0.0001, 0), 0.0000001)
          where code = ${GRID_CODES.C}`)
        await db.execute(sql`update unit_border set level = 'county' where left_code = ${GRID_CODES.D} and right_code = ${GRID_CODES.E}
          or left_code = ${GRID_CODES.E} and right_code = ${GRID_CODES.D}`)
      })
      const today = await run(env, '--county', GROWING)
      expect(today.code).toBe(1)
      expect(today.out).toMatch(/no-border +\d+, \d+: an edge .* at 121\.40\d+, 28\.50\d+/)
      expect(today.out).not.toContain(GRID_CODES.C)
      const then = await run(env, '--at', '2026-02-20')
      expect(then.code).toBe(1)
      expect(then.out).toMatch(new RegExp(`(overlap|gap) +.*${GRID_CODES.C}.* at 121\\.\\d{7}, 28\\.\\d{7}`))
      expect((await run(env, '--at', '2026-01-01')).out).toContain('0 units')
    },
    PATIENCE_MS,
  )
}

describe('npm run check:coverage', () => {
  describe('on the embedded database', () =>
    suite(async () => {
      const dataDir = await embeddedFolder()
      return {
        env: { DATA_DIR: dirname(dataDir) },
        async change(work) {
          const db = await openPglite({ dataDir })
          await work(db)
          await db.close()
        },
      }
    }))

  describe.skipIf(!hasPostgres())('on PostgreSQL', () => {
    suite(async () => {
      const connectionString = await postgresAddress()
      return {
        env: { DATABASE_URL: connectionString },
        async change(work) {
          const db = await openPostgres({ connectionString })
          await work(db)
          await db.close()
        },
      }
    })

    it(
      'refuses what it does not understand',
      async () => {
        const env = { DATABASE_URL: await postgresAddress() }
        expect(await run(env, '--at', 'yesterday')).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^a date is a day/) })
        expect(await run(env, '--at', '2026-02-20', '--all')).toMatchObject({ code: 1, err: 'Give --at or --all, not both.\n' })
        expect(await run(env, '--county', '1')).toMatchObject({ code: 1, err: expect.stringContaining('6 digits') })
        expect((await run(env, '--help')).out).toContain('npm run check:coverage')
      },
      PATIENCE_MS,
    )
  })
})
