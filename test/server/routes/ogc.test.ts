import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { items } from '../../../server/contract/ogc.ts'
import type { Role } from '../../../server/model/access.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE, SAMPLE_UNTIL } from '../../fixtures/sample-county.ts'

interface Collection {
  features: { id: string; geometry: { type: string; coordinates: unknown[] } | null; properties: Record<string, unknown> }[]
  links: { rel: string; href: string }[]
  numberMatched: number
  numberReturned: number
}

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  const tokens = new Map<string, string>()

  beforeAll(async () => {
    db = await open()
    await loadSample(db)
    app = await startApp(db)
    const readers: [Role, string][] = [
      ['administrator', ''],
      ['wall', SAMPLE],
      ['dispatcher', `${SAMPLE}001`],
      ['grid_worker', `${SAMPLE}001002001`],
      ['planner', SAMPLE],
    ]
    for (const [role, unit] of readers) tokens.set(role, await makeToken(db, role, unit))
    return () => app.close()
  })

  const get = (path: string, role: Role = 'administrator') =>
    app.request
      .get(path)
      .set('Authorization', `Bearer ${tokens.get(role)}`)
      .buffer(true)
      .parse((res, done) => {
        let text = ''
        res.setEncoding('utf8')
        res.on('data', (chunk: string) => (text += chunk))
        res.on('end', () => done(null, text === '' ? null : JSON.parse(text)))
      })
  const read = async (path: string, role: Role = 'administrator'): Promise<Collection> => {
    const { body } = await get(path, role).expect(200)
    return body as Collection
  }
  const local = (href: string) => href.replace(/^https?:\/\/[^/]+/, '')
  /** All pages; `between` runs after each. */
  const pages = async (path: string, role: Role = 'administrator', between = async () => {}): Promise<Collection[]> => {
    const found: Collection[] = []
    for (let next: string | undefined = path; next !== undefined;) {
      const page: Collection = await read(next, role)
      found.push(page)
      await between()
      const link = page.links.find(({ rel }) => rel === 'next')
      next = link && local(link.href)
    }
    return found
  }
  const ids = (found: Collection[]) => found.flatMap(({ features }) => features.map(({ id }) => id))
  const count = async (what: ReturnType<typeof sql>) => (await db.query<{ n: number }>(what))[0]!.n

  describe('landing, conformance and collections', () => {
    it('lead from the landing page to everything by absolute links', async () => {
      const { body } = await get('/ogc').expect(200)
      const links = Object.fromEntries((body as Collection).links.map(({ rel, href }) => [rel, href]))
      expect(Object.keys(links).sort()).toEqual(['conformance', 'data', 'self', 'service-desc'])
      for (const href of Object.values(links)) {
        expect(href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ogc/)
        await get(local(href)).expect(200)
      }
    })

    it('declare Core, GeoJSON and OpenAPI 3.0', async () => {
      const { body } = await get('/ogc/conformance').expect(200)
      expect((body as { conformsTo: string[] }).conformsTo.map((uri) => uri.split('/').at(-1)).sort()).toEqual(['core', 'geojson', 'oas30'])
    })

    it('list what the role may read', async () => {
      const names = async (role: Role) =>
        ((await get('/ogc/collections', role).expect(200)).body as { collections: { id: string }[] }).collections.map(({ id }) => id)
      expect(await names('wall')).toEqual(['units', 'cameras', 'incidents'])
      expect(await names('grid_worker')).toEqual(['units', 'incidents'])
      expect(await names('planner')).toEqual(['units', 'cameras'])
      await get('/ogc/collections/cameras/items', 'grid_worker').expect(403)
      await app.request.get('/ogc/collections').expect(401)
    })

    it('tell where the features lie', async () => {
      const { body } = await get('/ogc/collections/incidents').expect(200)
      const { extent } = body as { extent: { spatial: { bbox: number[][] }; temporal: { interval: [string, null][] } } }
      const [west, south, east, north] = extent.spatial.bbox[0]!
      expect(west).toBeGreaterThan(121.2)
      expect(east).toBeLessThan(121.5)
      expect(south).toBeLessThan(north!)
      expect(extent.temporal.interval[0]![1]).toBeNull()
    })

    it('follow the address that a trusted proxy names', async () => {
      const behind = await startApp(db, { trustProxy: 1 })
      const { body } = await behind.request.get('/ogc').set('X-Forwarded-Proto', 'https').set('X-Forwarded-Host', 'map.example').expect(200)
      expect(body.links[0].href).toBe('https://map.example/ogc')
      const direct = await app.request.get('/ogc').set('X-Forwarded-Host', 'evil.example').expect(200)
      expect(direct.body.links[0].href).not.toContain('evil')
      await app.request.get('/ogc').set('Host', 'a"><script>').expect(400)
      await behind.close()
    })
  })

  describe('items', () => {
    it('are GeoJSON as the contract says, with every feature once over all pages', async () => {
      for (const [name, table] of [
        ['units', sql`select count(*)::int as n from unit_version`],
        ['cameras', sql`select count(*)::int as n from camera`],
        ['incidents', sql`select count(*)::int as n from incident`],
      ] as const) {
        const truth = await count(table)
        const found = await pages(`/ogc/collections/${name}/items?limit=97`)
        expect(found.length, name).toBe(Math.ceil(truth / 97))
        expect(new Set(ids(found)).size).toBe(truth)
        expect(ids(found)).toHaveLength(truth)
        for (const page of found) {
          expect(items.safeParse(page).error).toBeUndefined()
          expect(page.numberMatched).toBe(truth)
          expect(page.numberReturned).toBe(page.features.length)
        }
      }
      const answer = await get('/ogc/collections/units/items?limit=1').expect('Content-Type', /^application\/geo\+json/)
      expect(answer.headers['cache-control']).toBe('private, no-cache')
    })

    it('say what they are in the contract’s own words, and that it is synthetic', async () => {
      const [unit] = (await read('/ogc/collections/units/items?level=grid&limit=1')).features
      expect(unit!.properties).toMatchObject({ level: 'grid', unitKind: 'general', parentCode: `${SAMPLE}001001`, synthetic: true })
      expect(unit!.geometry!.type).toBe('MultiPolygon')
      const [incident] = (await read('/ogc/collections/incidents/items?limit=1')).features
      expect(Object.keys(incident!.properties)).toEqual(expect.arrayContaining(['unitCode', 'reportedAt', 'text', 'placement', 'dueAt']))
      const [camera] = (await read('/ogc/collections/cameras/items?limit=1')).features
      expect(camera!.id).toBe(camera!.properties['code'])
    })

    it('stay whole while the data change between pages', async () => {
      const before = ids(await pages('/ogc/collections/incidents/items?limit=10000'))
      let n = 0
      const found = await pages('/ogc/collections/incidents/items?limit=400', 'administrator', async () => {
        n++
        const later = new Date(SAMPLE_UNTIL.getTime() + n * 1000)
        await db.execute(sql`insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source)
          values (${`10000000-0000-4000-8000-00000000000${n}`}, ${later}, ${later}, ${SAMPLE}, ${SAMPLE}, 'none', '0101', 'red', 'reported', 'import')`)
      })
      expect(n).toBeGreaterThan(3)
      expect(ids(found)).toEqual(before)
      expect(new Set(found.map(({ numberMatched }) => numberMatched))).toEqual(new Set([before.length]))
      await db.execute(sql`delete from incident where id::text like '10000000%'`)
    })

    it('keep microseconds apart: incidents of one instant are neither lost nor doubled', async () => {
      await db.execute(sql`
        insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source)
        select ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, timestamptz '2026-03-01T05:00:00.123456Z' + (n / 4) * interval '1 microsecond',
          now(), ${SAMPLE}, ${SAMPLE}, 'none', '9999', 'red', 'reported', 'import' from generate_series(1, 20) n`)
      const found = await pages('/ogc/collections/incidents/items?kind=9999&limit=3')
      expect(ids(found)).toHaveLength(20)
      expect(new Set(ids(found)).size).toBe(20)
      await db.execute(sql`delete from incident where kind = '9999'`)
    })

    it('are held at one instant while someone pages through units', async () => {
      const found = await pages('/ogc/collections/units/items?level=grid&limit=50', 'administrator', async () => {
        await db.execute(sql`
          update unit_version set valid_to = now() where code = ${`${SAMPLE}002001036`} and valid_to is null and valid_from < now()`)
      })
      expect(ids(found)).toContain(`${SAMPLE}002001036`)
      expect(ids(found)).toHaveLength(found[0]!.numberMatched)
      await db.execute(sql`update unit_version set valid_to = null where code = ${`${SAMPLE}002001036`}`)
    })

    it('can be filtered, and count what was filtered', async () => {
      const matched = async (name: string, filter: string) => (await read(`/ogc/collections/${name}/items?limit=1&${filter}`)).numberMatched
      const truth = (where: ReturnType<typeof sql>) => count(sql`select count(*)::int as n from incident where ${where}`)
      expect(await matched('incidents', 'severity=red')).toBe(await truth(sql`severity = 'red'`))
      expect(await matched('incidents', 'state=open')).toBe(await truth(sql`state not in ('closed', 'cancelled')`))
      expect(await matched('incidents', 'state=fed_back')).toBe(await truth(sql`state = 'fed_back'`))
      expect(await matched('incidents', 'kind=03')).toBe(await truth(sql`kind like '03%'`))
      expect(await matched('incidents', 'kind=0301&source=snapshot')).toBe(await truth(sql`kind = '0301' and source = 'snapshot'`))
      expect(await matched('incidents', 'placement=outside')).toBe(await truth(sql`placement = 'outside'`))
      expect(await matched('incidents', `unit=${SAMPLE}002`)).toBe(await truth(sql`unit_code like ${`${SAMPLE}002%`}`))
      expect(await matched('units', 'level=grid')).toBe(3 * 36 + 1)
      expect(await matched('units', 'unitKind=dedicated')).toBe(1)
      expect(await matched('units', `unit=${SAMPLE}001001`)).toBe(1 + 37 + 2)
      const offline = await count(sql`select count(*)::int as n from camera where state = 'offline'`)
      expect(await matched('cameras', 'state=offline')).toBe(offline)
      expect(offline).toBeGreaterThan(0)
    })

    it('can be cut out by a box, by what truly lies in it', async () => {
      const box = '121.305,28.505,121.331,28.533'
      const inside = async (table: 'unit_version' | 'incident' | 'camera') =>
        count(
          table === 'unit_version'
            ? sql`select count(*)::int as n from unit_version where ST_Intersects(geom, ST_MakeEnvelope(121.305, 28.505, 121.331, 28.533, 4326))`
            : table === 'camera'
              ? sql`select count(*)::int as n from camera where ST_X(geom) between 121.305 and 121.331 and ST_Y(geom) between 28.505 and 28.533`
              : sql`select count(*)::int as n from incident where ST_X(geom) between 121.305 and 121.331 and ST_Y(geom) between 28.505 and 28.533`,
        )
      expect((await read(`/ogc/collections/units/items?bbox=${box}`)).numberMatched).toBe(await inside('unit_version'))
      expect((await read(`/ogc/collections/cameras/items?bbox=${box}`)).numberMatched).toBe(await inside('camera'))
      expect((await read(`/ogc/collections/incidents/items?bbox=${box}`)).numberMatched).toBe(await inside('incident'))
      expect((await read(`/ogc/collections/cameras/items?bbox=121.305,28.505,-10,121.331,28.533,99`)).numberMatched).toBe(
        await inside('camera'),
      )
      const around = (await read('/ogc/collections/cameras/items?bbox=121.36,-90,121.30,90')).numberMatched
      expect(around).toBe(await count(sql`select count(*)::int as n from camera where not ST_X(geom) between 121.30 and 121.36`))
    })

    it('are those of an interval or an instant', async () => {
      const matched = async (name: string, datetime: string) =>
        (await read(`/ogc/collections/${name}/items?limit=1&datetime=${encodeURIComponent(datetime)}`)).numberMatched
      const from = new Date('2026-02-01T00:00:00Z')
      const to = new Date('2026-02-02T00:00:00Z')
      const february = await count(sql`select count(*)::int as n from incident where reported_at between ${from} and ${to}`)
      expect(await matched('incidents', '2026-02-01T00:00:00Z/2026-02-02T00:00:00Z')).toBe(february)
      expect(await matched('incidents', '2026-02-01T08:00:00+08:00/2026-02-02T00:00:00Z')).toBe(february)
      expect(february).toBeGreaterThan(0)
      expect(await matched('incidents', '../2020-01-01T00:00:00Z')).toBe(0)
      expect(await matched('units', '2024-06-01T00:00:00Z')).toBe(0)
      expect(await matched('units', '2025-06-01T00:00:00Z')).toBe(await count(sql`select count(*)::int as n from unit_version`))
    })

    it('take more than the most for the most, and refuse what they do not know', async () => {
      expect((await read('/ogc/collections/units/items?limit=999999999')).numberReturned).toBeGreaterThan(100)
      for (const query of [
        'limit=0',
        'limit=x',
        'colour=red',
        'bbox=1,2,3',
        'bbox=200,0,201,1',
        'bbox=0,NaN,1,1',
        'datetime=yesterday',
        'severity=red',
        'unit=12',
        'cursor=abc',
        'limit=1&limit=2',
        'f=html',
      ]) {
        const { body } = await get(`/ogc/collections/units/items?${query}`).expect(400)
        expect(body, query).toMatchObject({ code: 'bad-request', errors: [{ where: `query/${query.split('=')[0]}` }] })
      }
      await get('/ogc/collections/cameras/items?state=closed').expect(400)
      await get('/ogc/collections/incidents/items?state=online').expect(400)
      await get('/ogc/collections/pipes/items').expect(400)
    })

    it('refuse a cursor of other filters', async () => {
      const { links } = await read('/ogc/collections/incidents/items?limit=5&severity=red')
      const next = local(links.find(({ rel }) => rel === 'next')!.href)
      await get(next).expect(200)
      await get(next.replace('severity=red', 'severity=green')).expect(400)
      await get(next.replace('incidents', 'cameras').replace('&severity=red', '')).expect(400)
    })

    it('answer an unchanged page with 304 until the noun’s version rises', async () => {
      const first = await get('/ogc/collections/units/items?limit=3').expect(200)
      const again = () => get('/ogc/collections/units/items?limit=3').set('If-None-Match', first.headers['etag'] as string)
      await again().expect(304)
      await db.execute(sql`update noun_version set version = version + 1 where noun = 'unit'`)
      await again().expect(200)
    })
  })

  describe('one item', () => {
    it('is found by the id that the list gives it', async () => {
      for (const name of ['units', 'cameras', 'incidents']) {
        const [listed] = (await read(`/ogc/collections/${name}/items?limit=1`)).features
        const { body } = await get(`/ogc/collections/${name}/items/${listed!.id}`).expect(200)
        expect(body).toMatchObject({ type: 'Feature', id: listed!.id, properties: listed!.properties })
      }
    })

    it('is 404 when there is none', async () => {
      for (const id of ['units/items/999999', `units/items/${SAMPLE}00`, 'units/items/x', 'cameras/items/x', 'incidents/items/x']) {
        await get(`/ogc/collections/${id}`).expect(404)
      }
      await get('/ogc/collections/incidents/items/99999999-0000-4000-8000-000000000000').expect(404)
    })
  })

  describe('a jurisdiction', () => {
    it('sees all units of its county, and its own cameras and incidents only', async () => {
      const town = `${SAMPLE}001`
      expect((await read('/ogc/collections/units/items?limit=1', 'dispatcher')).numberMatched).toBe(
        (await read('/ogc/collections/units/items?limit=1')).numberMatched,
      )
      for (const name of ['cameras', 'incidents']) {
        const found = await pages(`/ogc/collections/${name}/items?limit=300`, 'dispatcher')
        const codes = found.flatMap(({ features }) => features.map(({ properties }) => String(properties['unitCode'])))
        expect(codes.length).toBe(found[0]!.numberMatched)
        expect(codes.length).toBeGreaterThan(50)
        expect(codes.every((code) => code.startsWith(town))).toBe(true)
      }
      expect((await read(`/ogc/collections/incidents/items?unit=${SAMPLE}002`, 'dispatcher')).numberMatched).toBe(0)
    })

    it('does not find single things of others', async () => {
      const [other] = (await read(`/ogc/collections/incidents/items?unit=${SAMPLE}002&limit=1`)).features
      await get(`/ogc/collections/incidents/items/${other!.id}`, 'dispatcher').expect(404)
    })

    it('keeps the texts of incidents to those who may read them', async () => {
      const text = async (role: Role) => (await read('/ogc/collections/incidents/items?limit=1', role)).features[0]!.properties['text']
      expect(await text('wall')).toBeUndefined()
      expect(await text('dispatcher')).toMatch(/^合成/)
    })
  })
})
