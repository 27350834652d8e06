import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { asciiMap, at } from '../../fixtures/ascii-map.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { listenOn } from '../../fixtures/server.ts'

const COUNTY = '990301'
const units = JSON.stringify({
  type: 'FeatureCollection',
  features: asciiMap('AB').map(({ id, geometry }) => ({ type: 'Feature', properties: { 网格: id }, geometry })),
})
const profile = { columns: { name: '网格' }, county: COUNTY, countyName: '画县', timeZone: 'Asia/Shanghai' }

describe('import over HTTP', () => {
  eachDatabase((open) => {
    let db: Db
    let app: TestApp
    let admin: string
    beforeAll(async () => {
      db = await open()
      app = await startApp(db, { uploadLimitBytes: 200_000 })
      admin = await makeToken(db, 'administrator')
    })
    afterAll(() => app.close())
    const post = (path: string, body: string | Buffer, token = admin) =>
      app.request.post(path).set('Authorization', `Bearer ${token}`).set('Content-Type', 'application/octet-stream').send(body)

    it('keeps a profile and imports with it, dry first', async () => {
      await app.request.post('/api/import/units/profiles/画').set('Authorization', `Bearer ${admin}`).send(profile).expect(204)
      const path = `/api/import/units?fileName=${encodeURIComponent('网格.geojson')}&profile=${encodeURIComponent('画')}`
      const dry = await post(`${path}&dryRun=true`, units).expect(200)
      expect(dry.body).toMatchObject({ noun: 'units', county: COUNTY, dryRun: true, created: 2, refused: false })
      expect(await db.query(sql`select 1 from unit_version`)).toEqual([])
      expect((await post(path, units).expect(200)).body).toMatchObject({ dryRun: false, created: 2 })
      expect((await post(path, units).expect(200)).body).toMatchObject({ created: 0, unchanged: 2 })
      expect(await db.query(sql`select noun, file_name as file from import_run order by id limit 1`)).toEqual([
        { noun: 'units', file: '网格.geojson' },
      ])
    })

    it('takes incidents as CSV, and answers with every bad row', async () => {
      const [lng, lat] = at(0.5, 0.5)
      const csv = `key,kind,state,reportedAt,lng,lat\n1,0501,reported,2025-03-01 08:00,${lng},${lat}\n2,0501,reported,never,,\n`
      const answer = await post(`/api/import/incidents?county=${COUNTY}&datum=wgs84&fileName=a.csv`, csv).expect(200)
      expect(answer.body).toMatchObject({ created: 1, bad: 1, notes: [{ row: 3, code: 'bad-time', weight: 'fault' }] })
      const refused = await post(`/api/import/incidents?county=${COUNTY}&fileName=a.csv`, csv).expect(422)
      expect(refused.body).toMatchObject({ code: 'datum-needed' })
    })

    it('answers every file and option that cannot be used with a problem', async () => {
      const cases: [string, string | Buffer, number, string][] = [
        [`/api/import/units?county=${COUNTY}`, '', 422, 'bad-file'],
        [`/api/import/units?county=${COUNTY}`, '{"type":', 422, 'bad-file'],
        [`/api/import/units?county=${COUNTY}&fileName=a.zip`, 'PK', 422, 'bad-file'],
        [`/api/import/units?county=${COUNTY}`, Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x01]), 422, 'bad-file'],
        ['/api/import/units', units, 400, 'bad-request'],
        ['/api/import/units?county=9', units, 400, 'bad-request'],
        ['/api/import/units?colour=red', units, 400, 'bad-request'],
        ['/api/import/units?options=%7B', units, 400, 'bad-request'],
        ['/api/import/units?options=%7B%22kinds%22%3A%7B%22x%22%3A%22y%22%7D%7D', units, 400, 'bad-request'],
        ['/api/import/units?profile=none', units, 404, 'not-found'],
        ['/api/import/houses', units, 404, 'not-found'],
      ]
      for (const [path, body, status, code] of cases) {
        const answer = await post(path, body)
        expect([path, answer.status, answer.body.code, answer.type]).toEqual([path, status, code, 'application/problem+json'])
      }
      await app.request
        .post('/api/import/units/profiles/x')
        .set('Authorization', `Bearer ${admin}`)
        .send({ kinds: { '\u0000': '0501' } })
        .expect(400)
    })

    it('is for those who may', async () => {
      expect((await app.request.post('/api/import/units').set('Sec-Fetch-Site', 'same-origin').send('x')).status).toBe(401)
      const planner = await makeToken(db, 'planner', COUNTY)
      const path = `/api/import/units?county=${COUNTY}&options=${encodeURIComponent(JSON.stringify(profile))}`
      expect((await post(path, units, planner).expect(200)).body).toMatchObject({ unchanged: 2 })
      expect((await post(path.replace(/county=\d+/, 'county=990302'), units, planner).expect(403)).body).toMatchObject({
        code: 'outside-jurisdiction',
      })
      expect((await post(`/api/import/incidents?county=${COUNTY}&datum=wgs84`, 'x', planner).expect(403)).body).toMatchObject({
        code: 'not-allowed',
      })
      const dispatcher = await makeToken(db, 'dispatcher', COUNTY)
      expect(
        (await app.request.post('/api/import/units/profiles/x').set('Authorization', `Bearer ${dispatcher}`).send(profile)).status,
      ).toBe(403)
    })

    it('refuses a file beyond the limit, whether its size was said or not', async () => {
      const server = await listenOn(app.handler as Parameters<typeof listenOn>[0])
      try {
        const url = `${server.url}/api/import/units?county=${COUNTY}`
        const headers = { Authorization: `Bearer ${admin}` }
        const said = await fetch(url, { method: 'POST', headers, body: 'x'.repeat(300_000) })
        expect([said.status, ((await said.json()) as { code: string }).code]).toEqual([413, 'too-large'])
        const pieces = async function* () {
          for (let i = 0; i < 30; i++) yield Buffer.alloc(10_000, 'x')
        }
        const unsaid = await fetch(url, {
          method: 'POST',
          headers,
          body: Readable.toWeb(Readable.from(pieces())) as ReadableStream,
          duplex: 'half',
        } as RequestInit)
        expect(unsaid.status).toBe(413)
        const packed = await fetch(url, { method: 'POST', headers: { ...headers, 'Content-Encoding': 'gzip' }, body: 'x' })
        expect(packed.status).toBe(415)
      } finally {
        await server.close()
      }
    })
  })
})
