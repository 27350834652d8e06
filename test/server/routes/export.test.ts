import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPORT_FORMATS } from '../../../server/contract/transfer-endpoints.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeCounties, makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { inMemory } from '../../fixtures/import-file.ts'
import { readRows } from '../../fixtures/read-rows.ts'

const ENDINGS = { geojson: 'geojson', shapefile: 'zip', geopackage: 'gpkg', kml: 'kml', topojson: 'topojson' }

describe('export over HTTP', () => {
  eachDatabase((open) => {
    let db: Db
    let app: TestApp
    let token: string
    beforeAll(async () => {
      db = await open()
      await makeCounties(db)
      app = await startApp(db)
      token = await makeToken(db, 'planner', '331004')
    })
    afterAll(() => app.close())
    const get = (query: string, who = token) =>
      app.request.get(`/api/units/export?${query}`).set('Authorization', `Bearer ${who}`).buffer(true).parse((res, done) => {
        const parts: Buffer[] = []
        res.on('data', (part: Buffer) => parts.push(part))
        res.on('end', () => done(null, Buffer.concat(parts)))
      }) // prettier-ignore
    const codesOf = async (body: Buffer, format: keyof typeof ENDINGS) =>
      (await readRows(inMemory(`a.${ENDINGS[format]}`, body))).rows.map(({ properties }) => properties['code'] ?? properties['CODE'])

    it.each(EXPORT_FORMATS)('gives the leaves as %s under a name that people read', async (format) => {
      const answer = await get(`format=${format}&unit=331004`).expect(200)
      expect(answer.headers['content-disposition']).toContain(`filename*=UTF-8''${encodeURIComponent(`甲县.${ENDINGS[format]}`)}`)
      expect(answer.headers['cache-control']).toBe('private, no-store')
      expect(await codesOf(answer.body, format)).toEqual(['331004001001001', '331004002'])
    })

    it('gives one level, and any date', async () => {
      expect(await codesOf((await get('level=town').expect(200)).body, 'geojson')).toEqual(['331004001', '331004002'])
      await db.execute(sql`update unit_version set valid_to = '2026-06-01Z' where code = '331004002'`)
      expect(await codesOf((await get('level=town').expect(200)).body, 'geojson')).toEqual(['331004001'])
      const then = await get('level=town&at=2026-03-01').expect(200)
      expect(then.headers['content-disposition']).toContain(encodeURIComponent('甲县-town-2026-03-01'))
      expect(await codesOf(then.body, 'geojson')).toEqual(['331004001', '331004002'])
      await get('at=2020-01-01').expect(404)
    })

    it('stays inside the jurisdiction, and is for those who may', async () => {
      const town = await makeToken(db, 'planner', '331004001')
      expect(await codesOf((await get('', town).expect(200)).body, 'geojson')).toEqual(['331004001001001'])
      await get('unit=331004002', town).expect(403)
      await get('unit=331004', town).expect(403)
      await get('', await makeToken(db, 'wall', '331004')).expect(403)
      for (const query of ['format=dwg', 'encoding=latin1', 'level=street', 'at=yesterday', 'x=y']) await get(query).expect(400)
    })
  })
})
