import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { createFiling, type FilingContext, fileIncident } from '../../../server/commands/file-incident.ts'
import type { NewIncident } from '../../../server/contract/incident.ts'
import { streamMessage } from '../../../server/contract/stream.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import type { Actor } from '../../../server/middleware/actor.ts'
import { listTimeline } from '../../../server/store/incident-reads.ts'
import { ensurePartitions } from '../../../server/store/partitions.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE, SAMPLE_UNTIL } from '../../fixtures/sample-county.ts'

const worker = (unitCode: string): Actor => ({
  kind: 'user',
  id: 7,
  name: 'worker7',
  displayName: 'Worker 7',
  role: 'grid_worker',
  unitCode,
})
/** Inside grid 2 of village 001001. */
const INSIDE: [number, number] = [121.3155, 28.506]
const FAR: [number, number] = [120, 28]

const report = (changes: Partial<NewIncident> = {}): NewIncident => ({
  id: randomUUID(),
  kind: '0101',
  severity: 'red',
  text: 'water on the road',
  location: INSIDE,
  occurredAt: SAMPLE_UNTIL.toISOString(),
  source: 'grid_worker',
  ...changes,
})

describe('filing a report', () => {
  eachDatabase((open) => {
    let db: Db
    let context: FilingContext
    const count = async (table: 'incident' | 'incident_key' | 'outbox' | 'audit' | 'incident_transition', id: string) => {
      const found = {
        incident: sql`select count(*) as n from incident where id = ${id}::uuid`,
        incident_key: sql`select count(*) as n from incident_key where id = ${id}::uuid`,
        outbox: sql`select count(*) as n from outbox where message -> 'incident' ->> 'id' = ${id}`,
        audit: sql`select count(*) as n from audit where noun_id = ${id}`,
        incident_transition: sql`select count(*) as n from incident_transition where incident_id = ${id}::uuid`,
      }[table]
      return (await db.query<{ n: number }>(found))[0]!.n
    }

    beforeAll(async () => {
      db = await open()
      await loadSample(db, { cameras: 0, incidents: 0 })
      await db.transaction((tx) => ensurePartitions(tx, SAMPLE_UNTIL, SAMPLE_UNTIL))
      context = createFiling({ db, isKind: (code) => code !== '9999', now: () => SAMPLE_UNTIL })
    })

    it('finds the leaf, sets the first deadline, and writes incident, key, step, audit and outbox once each', async () => {
      const input = report()
      const { incident, created } = await fileIncident(context, worker(SAMPLE), input)
      expect(created).toBe(true)
      expect(incident).toMatchObject({
        unitCode: `${SAMPLE}001001002`,
        placement: 'inside',
        state: 'reported',
        countyCode: SAMPLE,
        version: 1,
      })
      expect(incident.dueAt).toEqual(new Date(SAMPLE_UNTIL.getTime() + 5 * 60_000))
      for (const table of ['incident', 'incident_key', 'outbox', 'audit', 'incident_transition'] as const) {
        expect([table, await count(table, input.id)]).toEqual([table, 1])
      }
      expect(await listTimeline(db, input.id)).toMatchObject([
        { transition: 'report', fromState: null, toState: 'reported', actor: 'Worker 7' },
      ])
    })

    it('says on the stream what a marker needs and nothing of what was written', async () => {
      const input = report({ text: 'a secret' })
      await fileIncident(context, worker(SAMPLE), input)
      const [row] = await db.query<{ message: unknown; unitCode: string }>(
        sql`select message, unit_code as "unitCode" from outbox where message -> 'incident' ->> 'id' = ${input.id}`,
      )
      expect(row!.unitCode).toBe(`${SAMPLE}001001002`)
      expect(streamMessage.parse(row!.message)).toEqual(row!.message)
      expect(JSON.stringify(row!.message)).not.toMatch(/secret|worker ?7/i)
    })

    it('gives a place on a shared border to the lowest code', async () => {
      const [row] = await db.query<{ lng: number; lat: number }>(sql`
        with line as (
          select ST_Intersection(a.geom, b.geom) as geom from unit_version a, unit_version b
          where a.code = ${`${SAMPLE}001001002`} and b.code = ${`${SAMPLE}001001003`}
        )
        select ST_X(p) as lng, ST_Y(p) as lat from (select ST_PointN(ST_GeometryN(geom, 1), 1) as p from line) as point`)
      const { incident } = await fileIncident(context, worker(SAMPLE), report({ location: [row!.lng, row!.lat] }))
      expect(incident.unitCode).toBe(`${SAMPLE}001001002`)
    })

    it('keeps a place in no leaf as outside, in the reporter’s county', async () => {
      const { incident } = await fileIncident(context, worker(SAMPLE), report({ location: FAR }))
      expect(incident).toMatchObject({ unitCode: SAMPLE, placement: 'outside' })
      const byAdministrator = await fileIncident(context, { ...worker(''), role: 'administrator' }, report({ location: FAR }))
      expect(byAdministrator.incident).toMatchObject({ unitCode: SAMPLE, placement: 'outside' })
    })

    it('refuses a place outside the jurisdiction, and one that is in no leaf from somebody below the county', async () => {
      const neighbour = worker(`${SAMPLE}001002`)
      await expect(fileIncident(context, neighbour, report())).rejects.toMatchObject({ code: 'outside-jurisdiction' })
      await expect(fileIncident(context, neighbour, report({ location: FAR }))).rejects.toMatchObject({ code: 'outside-jurisdiction' })
      await expect(fileIncident(context, { ...worker(SAMPLE), role: 'wall' }, report())).rejects.toMatchObject({ code: 'not-allowed' })
    })

    it('refuses an unknown kind and a time in the future, but not a clock that runs a little fast', async () => {
      const at = (minutes: number) => new Date(SAMPLE_UNTIL.getTime() + minutes * 60_000).toISOString()
      await expect(fileIncident(context, worker(SAMPLE), report({ kind: '9999' }))).rejects.toMatchObject({ code: 'bad-request' })
      await expect(fileIncident(context, worker(SAMPLE), report({ occurredAt: at(6) }))).rejects.toMatchObject({ code: 'bad-request' })
      const { incident } = await fileIncident(context, worker(SAMPLE), report({ occurredAt: at(4) }))
      expect(incident.reportedAt).toEqual(SAMPLE_UNTIL)
    })

    it('keeps a text with half a character, refuses one with a NUL, and lets no other report suffer for it', async () => {
      const good = report({ text: 'ok' })
      const [half, nul, other] = await Promise.allSettled([
        fileIncident(context, worker(SAMPLE), report({ text: 'a\ud800b' })),
        fileIncident(context, worker(SAMPLE), report({ text: 'a\u0000b' })),
        fileIncident(context, worker(SAMPLE), good),
      ])
      expect(half).toMatchObject({ status: 'fulfilled', value: { incident: { text: 'a\ufffdb' } } })
      expect(nul).toMatchObject({ status: 'rejected', reason: { code: '22P05' } })
      expect(other).toMatchObject({ status: 'fulfilled', value: { created: true } })
      expect(await count('outbox', good.id)).toBe(1)
    })

    it('answers a repeat with the same incident, whatever the repeat says', async () => {
      const input = report()
      const first = await fileIncident(context, worker(SAMPLE), input)
      const later = { ...context, now: () => new Date(SAMPLE_UNTIL.getTime() + 86_400_000) }
      const again = await fileIncident(later, worker(SAMPLE), { ...input, severity: 'green', text: 'other', location: [121.34, 28.53] })
      expect(again.created).toBe(false)
      expect(again.incident).toEqual(first.incident)
      expect(await count('incident', input.id)).toBe(1)
      expect(await count('outbox', input.id)).toBe(1)
    })

    it('takes a repeat that names a place outside the jurisdiction for the same incident', async () => {
      const own = worker(`${SAMPLE}001001`)
      const input = report()
      await fileIncident(context, own, input)
      expect(await fileIncident(context, own, { ...input, location: FAR })).toMatchObject({ created: false, incident: { id: input.id } })
    })

    it('shows nothing of an incident to somebody from elsewhere who sends its id', async () => {
      const input = report()
      await fileIncident(context, worker(SAMPLE), input)
      const stranger = worker(`${SAMPLE}002001`)
      await expect(fileIncident(context, stranger, input)).rejects.toMatchObject({ code: 'outside-jurisdiction' })
      await expect(fileIncident(context, stranger, { ...input, location: [121.3155, 28.585] })).rejects.toMatchObject({ code: 'conflict' })
    })

    it('makes one incident of twenty reports that arrive at once', async () => {
      const input = report()
      const all = await Promise.all(Array.from({ length: 20 }, () => fileIncident(context, worker(SAMPLE), input)))
      expect(all.filter(({ created }) => created)).toHaveLength(1)
      for (const { incident } of all) expect(incident).toEqual(all[0]!.incident)
      for (const table of ['incident', 'incident_key', 'outbox', 'audit', 'incident_transition'] as const) {
        expect([table, await count(table, input.id)]).toEqual([table, 1])
      }
    })
  })
})
