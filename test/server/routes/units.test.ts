import { beforeAll, expect, it } from 'vitest'
import { appInfo } from '../../../server/contract/app.ts'
import { kindList } from '../../../server/contract/incident.ts'
import { unitList } from '../../../server/contract/unit.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let worker: string
  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 1, incidents: 1 })
    app = await startApp(db, {
      title: '样例大屏',
      dutyPhone: '0576-1',
      basemap: { kind: 'raster', tiles: 'https://a.example/{z}/{x}/{y}.png' },
    })
    worker = await makeToken(db, 'grid_worker', `${SAMPLE}001001003`)
    return () => app.close()
  })
  const get = (path: string) => app.request.get(path).set('Authorization', `Bearer ${worker}`)

  it('tell anybody what a page must know before it draws', async () => {
    const info = appInfo.parse((await app.request.get('/api/app').expect(200)).body)
    expect(info).toMatchObject({
      title: '样例大屏',
      dutyPhone: '0576-1',
      basemap: { kind: 'raster', url: 'https://a.example/{z}/{x}/{y}.png' },
    })
    expect(info.counties).toEqual([expect.objectContaining({ code: SAMPLE, synthetic: true, timeZone: 'Asia/Shanghai' })])
    expect(info.version).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('list every current unit of the county, each after the ones above it', async () => {
    const list = unitList.parse((await get('/api/units').expect(200)).body)
    const [{ n }] = (await db.query<{ n: number }>(sql`select count(*)::int as n from unit_version where valid_to is null`)) as [
      { n: number },
    ]
    expect(list.units).toHaveLength(n)
    expect(list.county.code).toBe(SAMPLE)
    const seen = new Set<string | null>([null])
    for (const unit of list.units) {
      expect(seen.has(unit.parentCode), unit.code).toBe(true)
      seen.add(unit.code)
      const [west, south, east, north] = unit.bbox
      expect(west < east && south < north).toBe(true)
    }
  })

  it('are not sent twice to who has them, until they change', async () => {
    const { headers } = await get('/api/units').expect(200)
    await get('/api/units').set('If-None-Match', headers['etag']!).expect(304)
    await db.execute(sql`update unit_version set name = '改名' where code = ${SAMPLE}`)
    await db.execute(sql`update noun_version set version = version + 1 where noun = 'unit'`)
    const { body } = await get('/api/units').set('If-None-Match', headers['etag']!).expect(200)
    expect(body.units[0].name).toBe('改名')
  })

  it('are of the reader’s county only', async () => {
    await get(`/api/units?unit=${SAMPLE}002`).expect(200)
    const { body } = await get('/api/units?unit=110101').expect(403)
    expect(body.code).toBe('outside-jurisdiction')
    await app.request.get('/api/units').expect(401)
  })

  it('come with 13 classes and 57 kinds', async () => {
    const { classes } = kindList.parse((await get('/api/kinds').expect(200)).body)
    expect([classes.length, classes.flatMap(({ kinds }) => kinds).length]).toEqual([13, 57])
  })
})
