/** A real streaming replica beside a real primary: what goes there, and who answers while it is gone, behind or not what it should be. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { openPostgres } from '../../../server/db/postgres.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeCounties, makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { type Cluster, findPrograms, startCluster, TEMPLATE_DATABASE } from '../../fixtures/clusters.ts'
import { hasPostgres } from '../../fixtures/database.ts'
import { startReplica, type TestReplica } from '../../fixtures/replica.ts'

const MAX_LAG_MS = 300
const PATIENT = { timeout: 30_000 }

describe.skipIf(!hasPostgres())('a streaming replica', () => {
  let cluster: Cluster
  let copy: TestReplica
  let db: Db
  let app: TestApp
  let token: string
  const states: string[] = []
  const isThere = async (on: { query: Db['query'] }) =>
    (await on.query<{ there: boolean }>(sql`select pg_is_in_recovery() as there`))[0]!.there
  const state = () => db.replica!.state
  const get = (path: string) => app.request.get(path).set('Authorization', `Bearer ${token}`)
  const file = async (id: string) => {
    const report = { id, kind: '0101', severity: 'green', text: 'x', location: [121.05, 28.05], occurredAt: new Date().toISOString() }
    await app.request.post('/api/incidents').set('Authorization', `Bearer ${token}`).send(report).expect(201)
  }
  const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

  beforeAll(async () => {
    const programs = findPrograms()!
    cluster = await startCluster(programs)
    const address = cluster.url.replace(/postgres$/, TEMPLATE_DATABASE)
    copy = await startReplica(programs, cluster.url)
    db = await openPostgres({
      connectionString: address,
      replica: { connectionString: copy.of(address), maxLagMs: MAX_LAG_MS, onState: (next) => states.push(next) },
    })
    await makeCounties(db)
    token = await makeToken(db, 'administrator')
    app = await startApp(db)
  }, 120_000)
  afterAll(async () => {
    await app?.close()
    await db?.close()
    await copy?.stop()
    await cluster?.stop()
  })

  it('is asked for what only reads, and never for anything else', async () => {
    expect([await isThere(db.reader), await isThere(db), await db.transaction((tx) => isThere(tx))]).toEqual([true, false, false])
    await expect(db.reader.query(sql`insert into setting (key, value) values ('x', '1')`)).rejects.toMatchObject({ code: '25006' })
    expect(await db.reader.source()).toContain(copy.of(cluster.url).replace(/postgres$/, ''))
    expect(states).toEqual(['serves'])
  })

  it('draws tiles and lists features', async () => {
    const before = db.replica!.reads.replica
    await get('/tiles/units/10/856/428.mvt').expect(200)
    await get('/ogc/collections/incidents/items').expect(200)
    await get('/ogc/collections/units/items/331004').expect(200)
    expect(db.replica!.reads.replica - before).toBeGreaterThanOrEqual(5)
    expect(db.replica!.reads.primary).toBe(0)
    // What its connections asked last, as the replica itself tells it; no listener, no leader and no writer among them.
    const there = await openPostgres({ connectionString: copy.of(cluster.url), poolSize: 1 })
    const asked = await there.query<{ name: string; query: string }>(
      sql`select application_name as name, query from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    )
    await there.close()
    expect(new Set(asked.map(({ name }) => name))).toEqual(new Set(['gridward reader']))
    expect(asked.map(({ query }) => query).join()).toMatch(/from (unit_version|incident|unit_border)/)
    const heard = await db.query<{ n: number }>(sql`select count(*) as n from pg_stat_activity where query like 'listen %'`)
    expect(heard[0]!.n).toBeGreaterThan(0)
  })

  it('shows a reader at once what he has just written', async () => {
    const primary = db.replica!.reads.primary
    for (let n = 1; n <= 20; n++) {
      await file(uuid(n))
      const { body } = await get(`/ogc/collections/incidents/items/${uuid(n)}`).expect(200)
      expect(body.id).toBe(uuid(n))
    }
    expect(db.replica!.reads.primary).toBe(primary)
  })

  it('is left alone while it is behind, and asked again when it has caught up', async () => {
    await copy.script('select pg_wal_replay_pause()')
    await file(uuid(50))
    await get(`/ogc/collections/incidents/items/${uuid(50)}`).expect(200)
    expect(state()).toBe('behind')
    expect(await isThere(db.reader)).toBe(false)
    await copy.script('select pg_wal_replay_resume()')
    await expect.poll(state, PATIENT).toBe('serves')
    expect(await isThere(db.reader)).toBe(true)
    await get(`/ogc/collections/incidents/items/${uuid(50)}`).expect(200)
  })

  it('fails nobody when it dies: the primary answers, even what was under way, and hands back when it lives again', async () => {
    const under = db.reader.query<{ there: boolean }>(sql`select pg_is_in_recovery() as there from pg_sleep(1)`)
    await expect
      .poll(async () => {
        const there = await openPostgres({ connectionString: copy.of(cluster.url), poolSize: 1 })
        const [row] = await there.query<{ n: number }>(sql`select count(*) as n from pg_stat_activity where wait_event = 'PgSleep'`)
        await there.close()
        return row!.n
      })
      .toBe(1)
    await copy.kill()
    expect(await under).toEqual([{ there: false }])
    expect(await isThere(db.reader)).toBe(false)
    await expect.poll(state, PATIENT).toBe('gone')
    await get('/tiles/units/11/1712/857.mvt').expect(200)
    expect((await app.request.get('/readyz').expect(200)).body).toMatchObject({ status: 'ready', replica: 'gone' })
    expect((await get('/metrics').expect(200)).text).toMatch(
      /gridward_replica_serves 0[^]*gridward_replica_lag_seconds Nan[^]*from="primary"\} [1-9]/i,
    )
    await copy.start()
    await expect.poll(state, PATIENT).toBe('serves')
    expect(await isThere(db.reader)).toBe(true)
    expect((await app.request.get('/readyz').expect(200)).body).toMatchObject({ replica: 'serves' })
    expect((await get('/metrics').expect(200)).text).toMatch(/gridward_replica_serves 1/)
  })

  it('is not asked once it is no replica of this database', async () => {
    await db.script('create database another')
    const address = cluster.url.replace(/postgres$/, 'another')
    await expect
      .poll(
        () =>
          openPostgres({ connectionString: copy.of(address), poolSize: 1 }).then(
            (found) => found.close().then(() => true),
            () => false,
          ),
        PATIENT,
      )
      .toBe(true)
    const other = await openPostgres({
      connectionString: cluster.url.replace(/postgres$/, TEMPLATE_DATABASE),
      replica: { connectionString: copy.of(address), maxLagMs: MAX_LAG_MS },
    })
    expect(other.replica!.state).toBe('foreign')
    expect(await isThere(other.reader)).toBe(false)
    await other.close()
    await copy.script('select pg_promote()')
    await expect.poll(state, PATIENT).toBe('foreign')
    expect(await isThere(db.reader)).toBe(false)
    expect(await db.reader.source()).toContain(cluster.url.replace(/postgres$/, ''))
  })
})
