import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { generateCounty } from '../../../data/generator/generate-county.ts'
import { generateIncidents } from '../../../data/generator/incidents.ts'
import { AlreadySeeded, ensureDemo, seedCounty, seedDemo } from '../../../server/commands/seed.ts'
import { incidentBatches } from '../../../server/commands/seed-batches.ts'
import { stepsOf } from '../../../server/commands/seed-history.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { markPending } from '../../../server/store/seed-pending.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const UNTIL = new Date('2026-03-01T08:00:00+08:00')
const OPTIONS = { seed: 1, until: UNTIL, incidents: 700, microgrids: false, replace: false }
const county = generateCounty({ seed: 1 })
/** Fingerprint of what the first of the two databases was seeded with. */
let shared: string | undefined

describe('the steps of a generated incident', () => {
  it('begin with the report, go forward in time and lead lawfully to its state', () => {
    const incidents = [...generateIncidents({ seed: 3, until: UNTIL, count: 5000, days: 30, county })]
    expect(new Set(incidents.map(({ state }) => state)).size).toBeGreaterThan(7)
    for (const incident of incidents) {
      const steps = stepsOf(incident)
      expect(steps[0]).toMatchObject({ transition: 'report', fromState: null, at: incident.reportedAt })
      expect(steps.at(-1)!.toState).toBe(incident.state)
      for (const [index, step] of steps.slice(1).entries()) {
        expect(step.fromState).toBe(steps[index]!.toState)
        expect(step.at.getTime()).toBeGreaterThanOrEqual(steps[index]!.at.getTime())
      }
    }
  })
})

describe('the batches of generated incidents', () => {
  it('are the same from a thread of their own, each within a month', async () => {
    const options = { seed: 4, until: UNTIL, count: 900, days: 365, county }
    const digests = async (aside: boolean) => {
      const found: string[] = []
      for await (const { from, incidents, keys, steps } of incidentBatches(options, aside)) {
        const hash = createHash('sha256')
        for (const { data, rows } of [incidents, keys, steps]) hash.update(data).update(String(rows))
        found.push(`${from.toISOString().slice(0, 7)} ${hash.digest('hex')}`)
      }
      return found
    }
    const here = await digests(false)
    expect(here.map((line) => line.slice(0, 7))).toEqual(
      Array.from({ length: 12 }, (_, n) => new Date(Date.UTC(2025, 2 + n)).toISOString().slice(0, 7)),
    )
    expect(await digests(true)).toEqual(here)
  })
})

eachDatabase((open, kind) => {
  /** What costs minutes on the slower database and is the same SQL: the bundle's test starts that one as the user does. */
  const onPostgres = kind === 'postgres' ? it : () => undefined
  let db: Db
  beforeAll(async () => {
    db = await open()
  })
  const count = async (table: string) =>
    (
      await db.query<{ table: string; rows: number }>(sql`
      select 'unit' as table, count(*) as rows from unit_version where valid_to is null
      union all select 'border', count(*) from unit_border
      union all select 'camera', count(*) from camera
      union all select 'building', count(*) from building
      union all select 'post', count(*) from post join team on team.id = team_id and team.unit_code <> ''
      union all select 'incident', count(*) from incident i join incident_key k using (id, reported_at)
      union all select 'stray', count(*) from incident_default`)
    ).find((each) => each.table === table)!.rows
  const fingerprint = async () => {
    const rows = await db.query<{ line: string }>(sql`
      select concat_ws('|', id, reported_at, unit_code, kind, severity, state, text, ST_AsText(geom), due_at, closed_at, version) as line
      from incident order by id`)
    return createHash('sha256')
      .update(rows.map(({ line }) => line).join('\n'))
      .digest('hex')
  }

  /** Indexes and keys of the tables that a load fills without them, and of the months. */
  const structure = async () =>
    db.query(sql`
      select c.relname, regexp_replace(pg_get_indexdef(i.indexrelid), '_20[0-9_]+', '_', 'g') as index, k.contype, pg_get_constraintdef(k.oid) as key
      from pg_index i join pg_class c on c.oid = i.indrelid left join pg_constraint k on k.conindid = i.indexrelid
      where c.relname in ('incident', 'incident_key', 'incident_transition', 'incident_default') order by 1, 2`)

  describe('seeding', () => {
    let first: string

    it('loads the whole county and its incidents, each once and in its month', async () => {
      const before = await structure()
      expect(before.length).toBeGreaterThan(14)
      const report = await seedDemo(db, OPTIONS)
      expect(await structure()).toEqual(before)
      expect(report.countyCode).toBe('331004')
      expect(await count('unit')).toBe(county.units.length)
      expect(await count('border')).toBe(county.borders.length)
      expect(await count('camera')).toBe(county.cameras.length)
      expect(await count('building')).toBe(county.buildings.length)
      expect(await count('post')).toBe(county.posts.length)
      expect(await count('incident')).toBe(700)
      expect(await count('stray')).toBe(0)
      const [months] = await db.query(sql`
        select count(distinct i.indrelid) as months, count(*) as indexes from pg_index i join pg_inherits h on h.inhrelid = i.indrelid
        where h.inhparent = 'incident'::regclass and i.indrelid <> 'incident_default'::regclass`)
      expect(months).toEqual({ months: 14, indexes: 14 * 6 })
      first = await fingerprint()
    })

    it('keeps the sums and the places that the generator gave', async () => {
      const [sums] = await db.query(sql`
        select (select sum(households) from unit_version where is_leaf) as leaves, (select sum(households) from building) as buildings,
          (select count(*) from incident i join unit_version u on u.code = i.unit_code and u.is_leaf where not ST_Intersects(u.geom, i.geom)) as misplaced,
          (select count(*) from unit_version where not ST_IsValid(geom)) as invalid`)
      expect(sums).toMatchObject({ misplaced: 0, invalid: 0 })
      expect(sums!['leaves']).toBe(sums!['buildings'])
    })

    it('gives every incident the steps that led to its state', async () => {
      const [row] = await db.query(sql`
        select count(*) filter (where last.to_state <> i.state) as wrong, count(*) filter (where steps <> i.version) as miscounted
        from incident i join lateral (
          select count(*) as steps, (array_agg(to_state order by id desc))[1] as to_state from incident_transition where incident_id = i.id
        ) last on true`)
      expect(row).toEqual({ wrong: 0, miscounted: 0 })
    })

    it('tells every screen to reload, and nothing else', async () => {
      const said = await db.query<{ message: { noun: string; change: string } }>(sql`select message from outbox order by id`)
      expect(said.map(({ message }) => `${message.noun} ${message.change}`)).toEqual(['unit reload', 'camera reload', 'incident reload'])
    })

    it('refuses a county that is there, and gives the same data on both databases', async () => {
      await expect(seedDemo(db, OPTIONS)).rejects.toThrow(AlreadySeeded)
      expect(await count('incident')).toBe(700)
      expect(first).toBe((shared ??= first))
    })

    onPostgres('replaces a county when asked: the same seed and end give the same data', async () => {
      await seedDemo(db, { ...OPTIONS, replace: true })
      expect(await fingerprint()).toBe(first)
    })
  })

  describe('the demo of a first start', () => {
    it('leaves a database alone that has a county', async () => {
      expect(await ensureDemo(db, { until: UNTIL, incidents: 10 }, async () => county)).toBeNull()
      expect(await count('incident')).toBe(700)
    })

    onPostgres('adds the incidents to a county that came with the template', async () => {
      const fresh = await open()
      await fresh.transaction(async (tx) => {
        await seedCounty(tx, county)
        await markPending(tx, true)
      })
      const options = { until: UNTIL, incidents: 50 }
      expect(await ensureDemo(fresh, options, async () => county)).toMatchObject({ countyCode: '331004' })
      expect(await fresh.query(sql`select count(*) as rows from incident`)).toEqual([{ rows: 50 }])
      expect(await ensureDemo(fresh, options, async () => county)).toBeNull()
    })
  })
})
