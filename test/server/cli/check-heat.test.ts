/** The check as a program of its own: without a server it fills an index for itself, with one it asks for the server's. */
import { execFile } from 'node:child_process'
import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { openPglite } from '../../../server/db/pglite.ts'
import { openPostgres } from '../../../server/db/postgres.ts'
import { makeCounties } from '../../fixtures/app.ts'
import { embeddedFolder, hasPostgres, postgresAddress } from '../../fixtures/database.ts'
import { heatIncident, writeHeatIncidents } from '../../fixtures/heat-incidents.ts'

const CLI = new URL('../../../server/cli/check-heat.ts', import.meta.url).pathname

const run = (env: Record<string, string>): Promise<{ code: number; out: string; err: string }> => {
  const { PATH, HOME } = process.env
  return new Promise((resolve) =>
    execFile(process.execPath, ['--import', 'tsx', CLI], { env: { PATH, HOME, ...env } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    ),
  )
}
const EQUAL = { code: 0, err: '', out: expect.stringMatching(/^equal: 400 incidents, \d+\.\d bytes each, at position \d+\n$/) as string }

describe('npm run check:heat', () => {
  it('says that there is no database where there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gridward-none-'))
    expect(await run({ DATA_DIR: folder })).toMatchObject({ code: 1, out: `There is no database in ${folder}.\n` })
    await rm(folder, { recursive: true })
  })

  it('fills an index from the embedded database and finds it equal', async () => {
    const cluster = await embeddedFolder()
    const db = await openPglite({ dataDir: cluster })
    await makeCounties(db)
    await writeHeatIncidents(db, fc.sample(heatIncident, 400))
    await db.close()
    expect(await run({ DATA_DIR: dirname(cluster) })).toEqual(EQUAL)
  })

  it.skipIf(!hasPostgres())('fills an index from PostgreSQL and finds it equal', async () => {
    const address = await postgresAddress()
    const db = await openPostgres({ connectionString: address })
    await makeCounties(db)
    await writeHeatIncidents(db, fc.sample(heatIncident, 400))
    await db.close()
    const folder = await mkdtemp(join(tmpdir(), 'gridward-heat-'))
    expect(await run({ DATA_DIR: folder, DATABASE_URL: address })).toEqual(EQUAL)
    await rm(folder, { recursive: true })
  })
})
