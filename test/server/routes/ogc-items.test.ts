import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { items } from '../../../server/contract/ogc.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { idsOf, local, startOgc } from '../../fixtures/ogc-client.ts'
import { SAMPLE, SAMPLE_UNTIL } from '../../fixtures/sample-county.ts'

eachDatabase((open) => {
  let db: Db
  let ogc: Awaited<ReturnType<typeof startOgc>>
  beforeAll(async () => {
    db = await open()
    ogc = await startOgc(db)
    return () => ogc.close()
  })
  const count = async (what: ReturnType<typeof sql>) => (await db.query<{ n: number }>(what))[0]!.n

  describe('items', () => {
    it('are GeoJSON as the contract says, with every feature once over all pages', async () => {
      for (const [name, table] of [
        ['units', sql`select count(*)::int as n from unit_version`],
        ['cameras', sql`select count(*)::int as n from camera`],
        ['incidents', sql`select count(*)::int as n from incident`],
      ] as const) {
        const truth = await count(table)
        const found = await ogc.pages(`/ogc/collections/${name}/items?limit=97`)
        expect(found.length, name).toBe(Math.ceil(truth / 97))
        expect(new Set(idsOf(found)).size).toBe(truth)
        expect(idsOf(found)).toHaveLength(truth)
        for (const page of found) {
          expect(items.safeParse(page).error).toBeUndefined()
          expect(page.numberMatched).toBe(truth)
          expect(page.numberReturned).toBe(page.features.length)
        }
      }
      const answer = await ogc.get('/ogc/collections/units/items?limit=1').expect('Content-Type', /^application\/geo\+json/)
      expect(answer.headers['cache-control']).toBe('private, no-cache')
    })

    it('say what they are in the contract’s own words, and that it is synthetic', async () => {
      const [unit] = (await ogc.read('/ogc/collections/units/items?level=grid&limit=1')).features
      expect(unit!.properties).toMatchObject({ level: 'grid', unitKind: 'general', parentCode: `${SAMPLE}001001`, synthetic: true })
      expect(unit!.geometry!.type).toBe('MultiPolygon')
      const [incident] = (await ogc.read('/ogc/collections/incidents/items?limit=1')).features
      expect(Object.keys(incident!.properties)).toEqual(expect.arrayContaining(['unitCode', 'reportedAt', 'text', 'placement', 'dueAt']))
      const [camera] = (await ogc.read('/ogc/collections/cameras/items?limit=1')).features
      expect(camera!.id).toBe(camera!.properties['code'])
    })

    it('stay whole while the data change between pages', async () => {
      const before = idsOf(await ogc.pages('/ogc/collections/incidents/items?limit=10000'))
      let n = 0
      const found = await ogc.pages('/ogc/collections/incidents/items?limit=400', 'administrator', async () => {
        n++
        const later = new Date(SAMPLE_UNTIL.getTime() + n * 1000)
        await db.execute(sql`insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source)
          values (${`10000000-0000-4000-8000-00000000000${n}`}, ${later}, ${later}, ${SAMPLE}, ${SAMPLE}, 'none', '0101', 'red', 'reported', 'import')`)
      })
      expect(n).toBeGreaterThan(3)
      expect(idsOf(found)).toEqual(before)
      expect(new Set(found.map(({ numberMatched }) => numberMatched))).toEqual(new Set([before.length]))
      await db.execute(sql`delete from incident where id::text like '10000000%'`)
    })

    it('keep microseconds apart: incidents of one instant are neither lost nor doubled', async () => {
      await db.execute(sql`
        insert into incident (id, reported_at, occurred_at, county_code, unit_code, placement, kind, severity, state, source)
        select ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, timestamptz '2026-03-01T05:00:00.123456Z' + (n / 4) * interval '1 microsecond',
          now(), ${SAMPLE}, ${SAMPLE}, 'none', '9999', 'red', 'reported', 'import' from generate_series(1, 20) n`)
      const found = await ogc.pages('/ogc/collections/incidents/items?kind=9999&limit=3')
      expect(idsOf(found)).toHaveLength(20)
      expect(new Set(idsOf(found)).size).toBe(20)
      await db.execute(sql`delete from incident where kind = '9999'`)
    })

    it('are held at one instant while someone pages through units', async () => {
      const found = await ogc.pages('/ogc/collections/units/items?level=grid&limit=50', 'administrator', async () => {
        await db.execute(sql`
          update unit_version set valid_to = now() where code = ${`${SAMPLE}002001036`} and valid_to is null and valid_from < now()`)
      })
      expect(idsOf(found)).toContain(`${SAMPLE}002001036`)
      expect(idsOf(found)).toHaveLength(found[0]!.numberMatched)
      await db.execute(sql`update unit_version set valid_to = null where code = ${`${SAMPLE}002001036`}`)
    })

    it('can be filtered, and count what was filtered', async () => {
      const matched = async (name: string, filter: string) =>
        (await ogc.read(`/ogc/collections/${name}/items?limit=1&${filter}`)).numberMatched
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
      expect((await ogc.read(`/ogc/collections/units/items?bbox=${box}`)).numberMatched).toBe(await inside('unit_version'))
      expect((await ogc.read(`/ogc/collections/cameras/items?bbox=${box}`)).numberMatched).toBe(await inside('camera'))
      expect((await ogc.read(`/ogc/collections/incidents/items?bbox=${box}`)).numberMatched).toBe(await inside('incident'))
      expect((await ogc.read(`/ogc/collections/cameras/items?bbox=121.305,28.505,-10,121.331,28.533,99`)).numberMatched).toBe(
        await inside('camera'),
      )
      const around = (await ogc.read('/ogc/collections/cameras/items?bbox=121.36,-90,121.30,90')).numberMatched
      expect(around).toBe(await count(sql`select count(*)::int as n from camera where not ST_X(geom) between 121.30 and 121.36`))
    })

    it('are those of an interval or an instant', async () => {
      const matched = async (name: string, datetime: string) =>
        (await ogc.read(`/ogc/collections/${name}/items?limit=1&datetime=${encodeURIComponent(datetime)}`)).numberMatched
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
      expect((await ogc.read('/ogc/collections/units/items?limit=999999999')).numberReturned).toBeGreaterThan(100)
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
        const { body } = await ogc.get(`/ogc/collections/units/items?${query}`).expect(400)
        expect(body, query).toMatchObject({ code: 'bad-request', errors: [{ where: `query/${query.split('=')[0]}` }] })
      }
      await ogc.get('/ogc/collections/cameras/items?state=closed').expect(400)
      await ogc.get('/ogc/collections/incidents/items?state=online').expect(400)
      await ogc.get('/ogc/collections/pipes/items').expect(404)
    })

    it('refuse a cursor of other filters', async () => {
      const { links } = await ogc.read('/ogc/collections/incidents/items?limit=5&severity=red')
      const next = local(links.find(({ rel }) => rel === 'next')!.href)
      await ogc.get(next).expect(200)
      await ogc.get(next.replace('severity=red', 'severity=green')).expect(400)
      await ogc.get(next.replace('incidents', 'cameras').replace('&severity=red', '')).expect(400)
    })

    it('answer an unchanged page with 304 until the noun’s version rises', async () => {
      const first = await ogc.get('/ogc/collections/units/items?limit=3').expect(200)
      const again = () => ogc.get('/ogc/collections/units/items?limit=3').set('If-None-Match', first.headers['etag'] as string)
      await again().expect(304)
      await db.execute(sql`update noun_version set version = version + 1 where noun = 'unit'`)
      await again().expect(200)
    })
  })
})
