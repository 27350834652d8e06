import { fork } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { openPglite } from '../../../server/db/pglite.ts'
import { sql } from '../../../server/db/sql.ts'
import { embeddedFolder } from '../../fixtures/database.ts'

const WRITER = new URL('../../fixtures/embedded-writer.ts', import.meta.url)

/** Lets a process write to the cluster and kills it in the midst of it; resolves with the last row it had been promised. */
const writeAndKill = (dataDir: string, first: number, acknowledged: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const writer = fork(WRITER, [dataDir, String(first)], { execArgv: ['--import', 'tsx'], stdio: 'inherit' })
    let last = 0
    writer.on('message', (id: number) => {
      last = id
      if (id - first === acknowledged) writer.kill('SIGKILL')
    })
    writer.once('exit', (_status, signal) => (signal === 'SIGKILL' ? resolve(last) : reject(new Error('The writer ended by itself.'))))
  })

describe('the embedded database', () => {
  it('has every acknowledged row after its process was killed while writing, time and again', async () => {
    const dataDir = await embeddedFolder()
    let first = 1
    for (const acknowledged of [3, 150, 400]) {
      const last = await writeAndKill(dataDir, first, acknowledged)
      const db = await openPglite({ dataDir })
      const [row] = await db.query<{ rows: number; last: number }>(sql`select count(*) as rows, max(id) as last from promised`)
      // What was written but not yet promised may be there too; in between nothing may be missing.
      expect(row!.last).toBeGreaterThanOrEqual(last)
      expect(row!.rows).toBe(row!.last)
      first = row!.last + 1
      await db.close()
    }
  }, 300_000)

  it('fails what is asked of it after its end, and its end is no failure', async () => {
    let fatal: Error | undefined
    const db = await openPglite({ dataDir: await embeddedFolder(), onFatal: (cause) => (fatal = cause) })
    const running = db.query(sql`select pg_sleep(0.2), 1 as one`)
    await Promise.all([db.close(), db.close()])
    expect(await running).toMatchObject([{ one: 1 }])
    await expect(db.query(sql`select 1`)).rejects.toThrow()
    await expect(db.bulk('county', ['code'], [['331004']])).rejects.toThrow()
    expect(fatal).toBeUndefined()
  })

  it('does not open a folder that holds something else', async () => {
    await expect(openPglite({ dataDir: '/dev/null' })).rejects.toThrow('embedded database')
  })
})
