import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { beforeAll, describe, expect, it } from 'vitest'
import { tileJson } from '../../../server/contract/tile.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { announceReload } from '../../../server/store/outbox.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'

/** Holds the whole sample. */
const TILE = '9/428/213'

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let all: string
  let county: string
  let town: string
  let worker: string

  beforeAll(async () => {
    db = await open()
    await loadSample(db)
    app = await startApp(db)
    all = await makeToken(db, 'administrator')
    county = await makeToken(db, 'wall', SAMPLE)
    town = await makeToken(db, 'dispatcher', `${SAMPLE}001`)
    worker = await makeToken(db, 'grid_worker', `${SAMPLE}001`)
    return () => app.close()
  })

  const get = (path: string, token = all) =>
    app.request
      .get(path)
      .set('Authorization', `Bearer ${token}`)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => done(null, Buffer.concat(chunks)))
      })
  const layersOf = (bytes: Buffer) => new VectorTile(new PbfReader(bytes)).layers
  const addressOf = async (name: string, token = all): Promise<string> => {
    const { body } = await app.request.get(`/tiles/${name}.json`).set('Authorization', `Bearer ${token}`).expect(200)
    return (body.tiles[0] as string).replace(/^http:\/\/[^/]+/, '').replace('{z}/{x}/{y}', TILE)
  }

  describe('TileJSON', () => {
    it.each(['units', 'cameras', 'incidents'])('of %s keeps the contract and names the layers that the tiles have', async (name) => {
      const { body } = await app.request.get(`/tiles/${name}.json`).set('Authorization', `Bearer ${all}`).expect(200)
      const description = tileJson.parse(body)
      expect(description.tiles[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/tiles\/\w+\/\{z\}\/\{x\}\/\{y\}\.mvt\?v=/)
      expect(description.attribution).toBe('invented')
      const { body: bytes } = await get(`/tiles/${name}/${TILE}.mvt`).expect(200)
      const layers = layersOf(bytes as Buffer)
      expect(Object.keys(layers).sort()).toEqual(description.vector_layers.map(({ id }) => id).sort())
      for (const { id, fields } of description.vector_layers) {
        const named = Object.keys(layers[id]!.feature(0).properties)
        expect(Object.keys(fields)).toEqual(expect.arrayContaining(named))
      }
    })

    it('is for those who may read the noun', async () => {
      await get('/tiles/cameras.json', worker).expect(403)
      await get(`/tiles/cameras/${TILE}.mvt`, worker).expect(403)
      await app.request.get('/tiles/units.json').expect(401)
      await get('/tiles/pipes.json').expect(404)
    })
  })

  describe('a tile', () => {
    it('is 204 where nothing lies, 404 outside the pyramid', async () => {
      await get('/tiles/units/10/0/0.mvt').expect(204)
      for (const id of ['17/0/0', '-1/0/0', '3/8/0', '3/0/-1', '3/0.5/0', '99999999999/0/0'])
        await get(`/tiles/units/${id}.mvt`).expect(404)
      await get('/tiles/units/a/b/c.mvt').expect(400)
    })

    it('comes compressed as the client takes it, the same bytes inside', async () => {
      const of = async (accept: string) => {
        const answer = await get(`/tiles/units/${TILE}.mvt`).set('Accept-Encoding', accept).expect(200)
        return {
          encoding: answer.headers['content-encoding'],
          length: Number(answer.headers['content-length']),
          vary: answer.headers['vary'],
        }
      }
      const [plain, gzip, br] = [await of('identity'), await of('gzip'), await of('gzip, deflate, br')]
      expect([plain.encoding, gzip.encoding, br.encoding]).toEqual([undefined, 'gzip', 'br'])
      expect(br.length).toBeLessThan(plain.length)
      expect(gzip.length).toBeLessThan(plain.length)
      expect(plain.vary).toMatch(/Accept-Encoding/)
      expect(plain.vary).toMatch(/Authorization/)
    })

    it('may be kept for ever under its version, and is asked for anew without one', async () => {
      const versioned = await get(await addressOf('units')).expect(200)
      expect(versioned.headers['cache-control']).toMatch(/private.*immutable/)
      const bare = await get(`/tiles/units/${TILE}.mvt`).expect(200)
      expect(bare.headers['cache-control']).toBe('private, no-cache')
      await get(`/tiles/units/${TILE}.mvt`).set('If-None-Match', bare.headers['etag']!).expect(304)
    })

    it('is drawn anew at once for whoever knows of the newer version', async () => {
      const before = await get(`/tiles/cameras/${TILE}.mvt`).expect(200)
      await db.transaction(async (tx) => {
        await tx.execute(sql`delete from camera where unit_code like ${`${SAMPLE}001%`}`)
        await announceReload(tx, 'camera')
      })
      const after = await get(await addressOf('cameras')).expect(200)
      expect(after.headers['etag']).not.toBe(before.headers['etag'])
      const sum = (bytes: Buffer) => {
        const layer = layersOf(bytes)['cameras']!
        return Array.from({ length: layer.length }, (_, i) => Number(layer.feature(i).properties['count'])).reduce((a, b) => a + b, 0)
      }
      const [{ n }] = (await db.query<{ n: number }>(sql`select count(*)::int as n from camera`)) as [{ n: number }]
      expect(sum(after.body as Buffer)).toBe(n)
      expect(sum(before.body as Buffer)).toBeGreaterThan(n)
    })

    it('is clipped to the reader, under an address that is his jurisdiction’s own', async () => {
      const count = async (token: string) =>
        layersOf((await get(`/tiles/incidents/${TILE}.mvt`, token).expect(200)).body as Buffer)['incidents']!.length
      expect(await count(town)).toBeLessThan(await count(county))
      const units = async (token: string) =>
        layersOf((await get(`/tiles/units/${TILE}.mvt`, token).expect(200)).body as Buffer)['units']!.length
      expect(await units(town)).toBe(await units(county))
      expect(await addressOf('incidents', town)).not.toBe(await addressOf('incidents', county))
      expect(await addressOf('units', town)).toBe(await addressOf('units', county))
    })

    it('holds nothing of an incident that is personal', async () => {
      const { body } = await get('/tiles/incidents/14/13713/6836.mvt').expect(200)
      const layer = layersOf(body as Buffer)['incidents']!
      for (let i = 0; i < layer.length; i++) {
        expect(Object.keys(layer.feature(i).properties).sort()).toEqual(['id', 'kind', 'reportedAt', 'severity', 'state', 'unitCode'])
      }
    })
  })
})
