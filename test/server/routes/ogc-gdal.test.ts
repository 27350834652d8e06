/** GDAL's own OGC API – Features driver reads all three collections of the demo, page by page, and counts what the database counts. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { seedDemo } from '../../../server/commands/seed.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeToken, startApp } from '../../fixtures/app.ts'
import { openEmbedded } from '../../fixtures/database.ts'
import { listenOn } from '../../fixtures/server.ts'

const run = promisify(execFile)
const INCIDENTS = 12_345
const TOWN = '331004001'
/** West, south, east, north of a part of it. */
const PART = [121.35, 28.5, 121.4, 28.55] as const
const hasGdal = (() => {
  try {
    return /OAPIF/.test(execFileSync('ogrinfo', ['--formats'], { encoding: 'utf8' }))
  } catch {
    return false
  }
})()

describe.skipIf(!hasGdal)('GDAL (ogrinfo with the OAPIF driver; skipped where it is not installed)', () => {
  let db: Db
  let url: string
  let token: string
  let townToken: string

  beforeAll(async () => {
    db = await openEmbedded()
    const until = new Date('2026-03-01T00:00:00Z')
    await seedDemo(db, { seed: 1, until, incidents: INCIDENTS, microgrids: false, replace: false })
    const app = await startApp(db)
    const server = await listenOn(app.handler as never)
    url = server.url
    token = await makeToken(db, 'administrator')
    townToken = await makeToken(db, 'dispatcher', TOWN)
    return async () => {
      await server.close()
      await app.close()
    }
  })

  const ogrinfo = async (secret: string, ...args: string[]): Promise<string> => {
    const env = { ...process.env, GDAL_HTTP_USERPWD: `gdal:${secret}`, GDAL_HTTP_AUTH: 'BASIC' }
    const { stdout, stderr } = await run('ogrinfo', args, { env, maxBuffer: 2 ** 28 })
    expect(stderr).not.toMatch(/ERROR|Warning/)
    return stdout
  }
  const count = async (what: ReturnType<typeof sql>) => (await db.query<{ n: number }>(what))[0]!.n

  it('lists the three collections with their extents and counts', async () => {
    const text = await ogrinfo(token, '-al', '-so', `OAPIF:${url}/ogc`)
    const layers = Object.fromEntries(
      [...text.matchAll(/Layer name: (\w+)[\s\S]*?Feature Count: (\d+)/g)].map(([, name, n]) => [name, Number(n)]),
    )
    expect(layers).toEqual({
      units: await count(sql`select count(*)::int as n from unit_version`),
      cameras: await count(sql`select count(*)::int as n from camera`),
      incidents: INCIDENTS,
    })
    expect(layers['units']).toBeGreaterThanOrEqual(1 + 10 + 222 + 635)
    expect(text).toMatch(/Extent: \(121\.\d+, 28\.\d+\)/)
    expect(text).toMatch(/reportedAt: DateTime/)
  })

  it.each([
    ['units', '1000'],
    ['cameras', '700'],
    ['incidents', '5000'],
  ])('reads every feature of %s in pages of %s', async (name, size) => {
    const text = await ogrinfo(token, '-q', '-geom=NO', '-oo', `PAGE_SIZE=${size}`, `OAPIF:${url}/ogc`, name)
    const seen = [...text.matchAll(/^OGRFeature\(\w+\):/gm)].length
    const table = name === 'units' ? sql`unit_version` : name === 'cameras' ? sql`camera` : sql`incident`
    expect(seen).toBe(await count(sql`select count(*)::int as n from ${table}`))
  })

  it('is shown no more than the token’s jurisdiction', async () => {
    const text = await ogrinfo(townToken, '-al', '-so', `OAPIF:${url}/ogc`)
    const incidents = Number(/Layer name: incidents[\s\S]*?Feature Count: (\d+)/.exec(text)![1])
    expect(incidents).toBe(await count(sql`select count(*)::int as n from incident where unit_code like ${`${TOWN}%`}`))
    expect(incidents).toBeLessThan(INCIDENTS)
  })

  it('hands its box on to the server', async () => {
    const text = await ogrinfo(token, '-q', '-geom=NO', '-spat', ...PART.map(String), `OAPIF:${url}/ogc`, 'cameras')
    const inside = sql`select count(*)::int as n from camera 
      where ST_X(geom) between ${PART[0]}::float8 and ${PART[2]}::float8 and ST_Y(geom) between ${PART[1]}::float8 and ${PART[3]}::float8`
    expect(await count(inside)).toBeGreaterThan(0)
    expect([...text.matchAll(/^OGRFeature/gm)].length).toBe(await count(inside))
  })
})
