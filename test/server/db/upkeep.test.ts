import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openPglite } from '../../../server/db/pglite.ts'
import { sql } from '../../../server/db/sql.ts'
import { createUpkeep } from '../../../server/db/upkeep.ts'
import { embeddedFolder } from '../../fixtures/database.ts'

const MB = 1024 * 1024

it('the embedded database keeps its log and its dead rows small while it is written to, and rests while it is not', async () => {
  const dataDir = await embeddedFolder()
  const db = await openPglite({ dataDir })
  await db.script('create table busy (id int primary key, text text)')
  await db.execute(sql`insert into busy select id, repeat('x', 1000) from generate_series(1, 2000) id`)
  const look = createUpkeep(db, { checkpointBytes: 4 * MB, vacuumBytes: 12 * MB })
  const done: string[][] = []
  const sizes: number[] = []
  for (let round = 0; round < 24; round++) {
    await db.execute(sql`update busy set text = repeat('y', 1000)`)
    done.push(await look())
    const [size] = await db.query<{ bytes: number }>(sql`select pg_total_relation_size('busy') as bytes`)
    sizes.push(size!.bytes)
  }
  expect(done.flat().filter((each) => each === 'vacuum').length).toBeGreaterThanOrEqual(3)
  expect(sizes.at(-1)).toBeLessThan(10 * sizes[0]!)
  expect(sizes.at(-1)).toBeLessThanOrEqual(Math.max(...sizes.slice(0, 12)))
  expect(readdirSync(join(dataDir, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name)).length).toBeLessThanOrEqual(6)
  await look()
  expect(await look()).toEqual([])
  await db.close()
})
