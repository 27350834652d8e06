/** Real places from real files, on both databases; the figures are those that the data's own README states. */
import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { fromDisk, importAs, inMemory } from '../../fixtures/import-file.ts'
import profiles from '../../fixtures/st-louis-profile.json' with { type: 'json' }

const data = new URL('../../../../shared/data/incidents/', import.meta.url)
const units = () => fromDisk(new URL('stl_grids/STL_BOUNDARY_Grids.geoJSON', data))
const requests = () => fromDisk(new URL('stlouis_csb_january_2018_wgs84_clean.csv', data))
const unitOptions = { options: JSON.stringify(profiles.units) }
const incidentOptions = { options: JSON.stringify(profiles.incidents) }
const ST_LOUIS = '029510'

describe.skipIf(!existsSync(data))('St. Louis', () => {
  eachDatabase((open) => {
    let db: Db
    beforeAll(async () => {
      db = await open()
    })
    const one = async <R extends object>(query: ReturnType<typeof sql>) => (await db.query<R>(query))[0]!
    const versions = () =>
      one<{ unit: number; incident: number }>(sql`
      select max(version) filter (where noun = 'unit') as unit, max(version) filter (where noun = 'incident') as incident from noun_version`)

    it('says what an import of its grids would change, and changes nothing', async () => {
      const summary = await importAs(db, 'units', await units(), { ...unitOptions, dryRun: true })
      expect(summary).toMatchObject({ dryRun: true, refused: false, read: 205, created: 205, bad: 0, notes: [] })
      expect(
        await one(
          sql`select (select count(*) from unit_version) as units, (select count(*) from county) as counties, (select count(*) from audit) as audited`,
        ),
      ).toEqual({ units: 0, counties: 0, audited: 0 })
    })

    it('is imported as 205 grids and their exact union', async () => {
      expect(await importAs(db, 'units', await units(), { ...unitOptions, saveProfile: 'st-louis-units' })).toMatchObject({
        refused: false,
        created: 205,
        bad: 0,
      })
      const grids = await one(sql`
        select count(*) as n, count(*) filter (where ST_IsValid(geom)) as valid, min(code) as first, max(code) as last,
          bool_and(ST_Contains(geom, label_point)) as labelled, max(abs(area_m2 / ST_Area(geom::geography) - 1)) < 1e-4 as measured
        from unit_version where level = 'grid' and is_leaf and valid_to is null`)
      expect(grids).toEqual({ n: 205, valid: 205, first: '029510000000001', last: '029510000000205', labelled: true, measured: true })
      const whole = await one(sql`
        select c.name, c.parent_code as parent, ST_IsValid(c.geom) as valid, c.is_leaf as leaf,
          ST_Area(ST_SymDifference(c.geom, (select ST_Union(g.geom) from unit_version g where g.level = 'grid'))) < 1e-12 as exact
        from unit_version c where c.level = 'county'`)
      expect(whole).toEqual({ name: '圣路易斯市', parent: null, valid: true, leaf: false, exact: true })
      const overlaps = await one(sql`
        select count(*) as n from unit_version a join unit_version b on a.code < b.code and a.geom && b.geom
        where a.level = 'grid' and b.level = 'grid' and ST_Area(ST_Intersection(a.geom, b.geom)) > 1e-13`)
      expect(overlaps).toEqual({ n: 0 })
      const borders = await one(sql`
        select count(*) filter (where level = 'county') > 0 as outer, count(*) filter (where level = 'grid') > 300 as inner,
          count(*) filter (where (level = 'county') <> (left_code is null or right_code is null)) as wrong from unit_border`)
      expect(borders).toEqual({ outer: true, inner: true, wrong: 0 })
      expect(await one(sql`select actor, action, noun_id as id, unit_code as unit, detail->>'created' as created from audit`)).toEqual({
        actor: 'system',
        action: 'unit.import',
        id: ST_LOUIS,
        unit: ST_LOUIS,
        created: '205',
      })
    })

    it('imports its 1,532 requests: 1,484 inside, 48 without a place', async () => {
      const dry = await importAs(db, 'incidents', await requests(), { ...incidentOptions, dryRun: true })
      expect(dry).toMatchObject({ dryRun: true, created: 1532 })
      expect(await one(sql`select count(*) as n from incident`)).toEqual({ n: 0 })
      const summary = await importAs(db, 'incidents', await requests(), incidentOptions)
      expect(summary).toMatchObject({ refused: false, read: 1532, created: 1532, outside: 0, withoutPlace: 48, bad: 0 })
      expect(summary.notes.every((note) => note.code === 'early-time')).toBe(true)
      expect(
        await one(sql`
        select count(*) as n, count(*) filter (where placement = 'inside') as inside, count(*) filter (where placement = 'none' and geom is null) as none,
          count(*) filter (where placement = 'outside') as outside, count(*) filter (where unit_code = ${ST_LOUIS}) as loose from incident`),
      ).toEqual({ n: 1532, inside: 1484, none: 48, outside: 0, loose: 48 })
      expect(
        await one(sql`
        select count(*) as n from incident i join unit_version u on u.code = i.unit_code and u.is_leaf and not ST_Covers(u.geom, i.geom)`),
      ).toEqual({ n: 0 })
    })

    it('closed 28.6 % of 1,409 within one day and 56.6 % within five', async () => {
      expect(
        await one(sql`
        select count(*) as closed,
          round(100.0 * count(*) filter (where closed_at - reported_at <= interval '1 day') / count(*), 1) as within1,
          round(100.0 * count(*) filter (where closed_at - reported_at <= interval '5 days') / count(*), 1) as within5
        from incident where state = 'closed'`),
      ).toEqual({ closed: 1409, within1: 28.6, within5: 56.6 })
      // Midnight in St. Louis is 6 o'clock UTC: the first request was opened at 00:48 of its own clock.
      expect(await one(sql`select min(reported_at) as first from incident`)).toEqual({ first: new Date('2018-01-01T06:48:30Z') })
    })

    it('changes nothing when the same files come again, with the kept profile', async () => {
      const before = await versions()
      expect(await importAs(db, 'units', await units(), { profile: 'st-louis-units' })).toMatchObject({
        created: 0,
        updated: 0,
        unchanged: 205,
        ended: 0,
      })
      expect(await importAs(db, 'incidents', await requests(), incidentOptions)).toMatchObject({ created: 0, updated: 0, unchanged: 1532 })
      expect(await versions()).toEqual(before)
      expect(await one(sql`select count(*) as n, max(version) as version from incident`)).toEqual({ n: 1532, version: 1 })
      expect(await one(sql`select count(*) as n from unit_version`)).toEqual({ n: 206 })
    })

    it('changes one row when one state changes', async () => {
      const text = Buffer.from(await bytesOf(await requests())).toString('utf8')
      const row = text.split('\n').find((line) => line.includes(',DISPTCH,'))!
      const id = row.split(',')[0]!
      const changed = text.replace(row, row.replace(',,,DISPTCH,', ',2018-02-01 10:00:00.0,,CLOSED,'))
      const file = inMemory('february.csv', changed)
      expect(await importAs(db, 'incidents', file, incidentOptions)).toMatchObject({ created: 0, updated: 1, unchanged: 1531 })
      expect(await importAs(db, 'incidents', file, incidentOptions)).toMatchObject({ created: 0, updated: 0, unchanged: 1532 })
      const incident = await one<{ id: string }>(sql`
        select i.id, state, closed_at as "closedAt", due_at as "dueAt", version from incident i where external_key = ${id}`)
      expect(incident).toMatchObject({ state: 'closed', closedAt: new Date('2018-02-01T16:00:00Z'), dueAt: null, version: 2 })
      const steps = await db.query(
        sql`select transition, to_state as to from incident_transition where incident_id = ${incident.id}::uuid order by id`,
      )
      expect(steps).toEqual([
        { transition: 'report', to: 'reported' },
        { transition: 'import', to: 'assigned' },
        { transition: 'import', to: 'closed' },
      ])
    })

    it('keeps what was done here while the file says nothing new', async () => {
      const [open] = await db.query<{ id: string; key: string }>(
        sql`select id, external_key as key from incident where state = 'reported' limit 1`,
      )
      await db.execute(sql`update incident set state = 'accepted', accepted_at = now(), version = version + 1 where id = ${open!.id}::uuid`)
      expect(await importAs(db, 'incidents', await requests(), incidentOptions)).toMatchObject({ created: 0, updated: 1 })
      expect(await one(sql`select state from incident where id = ${open!.id}::uuid`)).toEqual({ state: 'accepted' })
    })
  })
})

async function bytesOf(file: Awaited<ReturnType<typeof requests>>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of file.open()) chunks.push(chunk)
  return Buffer.concat(chunks)
}
