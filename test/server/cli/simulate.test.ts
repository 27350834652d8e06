import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../../server/db/migrate.ts'
import { openDb } from '../../../server/db/open.ts'
import { sql } from '../../../server/db/sql.ts'
import { loadSample } from '../../fixtures/sample-county.ts'
import { type ServerProcess, startServer } from '../../fixtures/server-process.ts'

const SIMULATE = new URL('../../../server/cli/simulate.ts', import.meta.url).pathname

describe('npm run simulate', () => {
  let dataDir: string
  let server: ServerProcess | undefined
  const open = () => openDb({ databaseUrl: undefined, embeddedDir: join(dataDir, 'cluster') })

  const simulate = (...args: string[]): Promise<{ status: number | null; text: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ['--import', 'tsx', SIMULATE, ...args], {
        env: { PATH: process.env['PATH'], DATA_DIR: dataDir },
      })
      let text = ''
      for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (part: Buffer) => (text += part.toString()))
      child.on('close', (status) => resolve({ status, text }))
    })

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gridward-simulate-'))
    const db = await open()
    await migrate(db)
    await loadSample(db, { cameras: 10, incidents: 500 })
    await db.close()
  })
  afterAll(async () => {
    await server?.kill('SIGTERM')
    await rm(dataDir, { recursive: true, force: true })
  })

  it('says what is wrong instead of starting', async () => {
    expect(await simulate('--rate', 'fast')).toMatchObject({ status: 1, text: expect.stringContaining('--rate must be a number') })
    expect(await simulate('--for', 'ever')).toMatchObject({ status: 1, text: expect.stringContaining('--for must be such as') })
    expect(await simulate('--wrong')).toMatchObject({ status: 1, text: expect.stringContaining('npm run simulate') })
    expect(await simulate()).toMatchObject({ status: 1, text: expect.stringContaining('No server runs on DATA_DIR') })
  })

  it('files reports and moves them on in the running server, and ends by itself', async () => {
    server = await startServer({ dataDir })
    const { status, text } = await simulate('--rate', '10', '--for', '3s')
    expect(status).toBe(0)
    const [, reports = 0, moves = 0] = (/(\d+) reports · (\d+) moves · \d+ refused · slowest \d+ ms\s*$/.exec(text) ?? []).map(Number)
    expect(reports).toBeGreaterThan(0)
    expect(moves).toBeGreaterThan(0)
    await server.kill('SIGTERM')
    server = undefined
    const db = await open()
    const [row] = await db.query(sql`
      select count(*) as filed, count(*) filter (where placement = 'inside') as inside,
        (select count(*) from incident_transition where from_state is not null) as moves
      from incident where text like '%模拟%'`)
    await db.close()
    expect(row).toMatchObject({ filed: reports, moves })
    expect(row!['inside']).toBeGreaterThan(reports / 2)
  })
})
