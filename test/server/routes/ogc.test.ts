import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Role } from '../../../server/model/access.ts'
import { startApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { type Collection, local, startOgc } from '../../fixtures/ogc-client.ts'
import { SAMPLE } from '../../fixtures/sample-county.ts'

eachDatabase((open) => {
  let db: Db
  let ogc: Awaited<ReturnType<typeof startOgc>>
  beforeAll(async () => {
    db = await open()
    ogc = await startOgc(db)
    return () => ogc.close()
  })

  describe('landing, conformance and collections', () => {
    it('lead from the landing page to everything by absolute links', async () => {
      const { body } = await ogc.get('/ogc').expect(200)
      const links = Object.fromEntries((body as Collection).links.map(({ rel, href }) => [rel, href]))
      expect(Object.keys(links).sort()).toEqual(['conformance', 'data', 'self', 'service-desc'])
      for (const href of Object.values(links)) {
        expect(href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ogc/)
        await ogc.get(local(href)).expect(200)
      }
    })

    it('declare Core, GeoJSON and OpenAPI 3.0', async () => {
      const { body } = await ogc.get('/ogc/conformance').expect(200)
      expect((body as { conformsTo: string[] }).conformsTo.map((uri) => uri.split('/').at(-1)).sort()).toEqual(['core', 'geojson', 'oas30'])
    })

    it('list what the role may read', async () => {
      const names = async (role: Role) =>
        ((await ogc.get('/ogc/collections', role).expect(200)).body as { collections: { id: string }[] }).collections.map(({ id }) => id)
      expect(await names('wall')).toEqual(['units', 'cameras', 'incidents'])
      expect(await names('grid_worker')).toEqual(['units', 'incidents'])
      expect(await names('planner')).toEqual(['units', 'cameras'])
      await ogc.get('/ogc/collections/cameras/items', 'grid_worker').expect(403)
      await ogc.app.request.get('/ogc/collections').expect(401)
    })

    it('tell where the features lie', async () => {
      const { body } = await ogc.get('/ogc/collections/incidents').expect(200)
      const { extent } = body as { extent: { spatial: { bbox: number[][] }; temporal: { interval: [string, null][] } } }
      const [west, south, east, north] = extent.spatial.bbox[0]!
      expect(west).toBeGreaterThan(121.2)
      expect(east).toBeLessThan(121.5)
      expect(south).toBeLessThan(north!)
      expect(extent.temporal.interval[0]![1]).toBeNull()
    })

    it('begin in time where the reader’s own incidents do', async () => {
      const first = async (role: Role) => (await ogc.get('/ogc/collections/incidents', role)).body.extent.temporal.interval[0][0]
      const oldest = async (prefix: string) =>
        (await db.query<{ at: Date }>(sql`select min(reported_at) as at from incident where unit_code like ${prefix + '%'}`))[0]!.at
      expect(await first('administrator')).toBe((await oldest('')).toISOString())
      expect(await first('dispatcher')).toBe((await oldest(`${SAMPLE}001`)).toISOString())
      expect(await first('dispatcher')).not.toBe(await first('administrator'))
    })

    it('follow the address that a trusted proxy names', async () => {
      const behind = await startApp(db, { trustProxy: 1 })
      const { body } = await behind.request.get('/ogc').set('X-Forwarded-Proto', 'https').set('X-Forwarded-Host', 'map.example').expect(200)
      expect(body.links[0].href).toBe('https://map.example/ogc')
      const direct = await ogc.app.request.get('/ogc').set('X-Forwarded-Host', 'evil.example').expect(200)
      expect(direct.body.links[0].href).not.toContain('evil')
      await ogc.app.request.get('/ogc').set('Host', 'a"><script>').expect(400)
      await behind.close()
    })
  })

  describe('one item', () => {
    it('is found by the id that the list gives it', async () => {
      for (const name of ['units', 'cameras', 'incidents']) {
        const [listed] = (await ogc.read(`/ogc/collections/${name}/items?limit=1`)).features
        const { body } = await ogc.get(`/ogc/collections/${name}/items/${listed!.id}`).expect(200)
        expect(body).toMatchObject({ type: 'Feature', id: listed!.id, properties: listed!.properties })
      }
    })

    it('is 404 when there is none', async () => {
      for (const id of ['units/items/999999', `units/items/${SAMPLE}00`, 'units/items/x', 'cameras/items/x', 'incidents/items/x']) {
        await ogc.get(`/ogc/collections/${id}`).expect(404)
      }
      await ogc.get('/ogc/collections/incidents/items/99999999-0000-4000-8000-000000000000').expect(404)
    })
  })

  describe('a jurisdiction', () => {
    it('sees all units of its county, and its own cameras and incidents only', async () => {
      const town = `${SAMPLE}001`
      expect((await ogc.read('/ogc/collections/units/items?limit=1', 'dispatcher')).numberMatched).toBe(
        (await ogc.read('/ogc/collections/units/items?limit=1')).numberMatched,
      )
      for (const name of ['cameras', 'incidents']) {
        const found = await ogc.pages(`/ogc/collections/${name}/items?limit=300`, 'dispatcher')
        const codes = found.flatMap(({ features }) => features.map(({ properties }) => String(properties['unitCode'])))
        expect(codes.length).toBe(found[0]!.numberMatched)
        expect(codes.length).toBeGreaterThan(50)
        expect(codes.every((code) => code.startsWith(town))).toBe(true)
      }
      expect((await ogc.read(`/ogc/collections/incidents/items?unit=${SAMPLE}002`, 'dispatcher')).numberMatched).toBe(0)
    })

    it('does not find single things of others', async () => {
      const [other] = (await ogc.read(`/ogc/collections/incidents/items?unit=${SAMPLE}002&limit=1`)).features
      await ogc.get(`/ogc/collections/incidents/items/${other!.id}`, 'dispatcher').expect(404)
    })

    it('keeps the texts of incidents to those who may read them', async () => {
      const text = async (role: Role) => (await ogc.read('/ogc/collections/incidents/items?limit=1', role)).features[0]!.properties['text']
      expect(await text('wall')).toBeUndefined()
      expect(await text('dispatcher')).toMatch(/^合成/)
    })
  })
})
