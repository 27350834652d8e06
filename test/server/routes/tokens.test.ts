import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToken } from '../../../server/commands/tokens.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { makeCounties, makeToken, makeUser, SAME_ORIGIN, signedIn, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let admin: string
  beforeAll(async () => {
    db = await open()
    app = await startApp(db)
    await makeCounties(db)
    admin = await makeToken(db, 'administrator')
  })
  afterAll(() => app.close())
  const asAdmin = () => ({ Authorization: `Bearer ${admin}` })
  const whoIs = (header: string) => app.request.get('/api/session').set('Authorization', header)
  const basic = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

  describe('a token', () => {
    it('is shown once, kept as a hash, and says who comes with it', async () => {
      const made = await app.request
        .post('/api/tokens')
        .set(asAdmin())
        .send({ name: 'GIS 室', role: 'planner', unit: '331004' })
        .expect(201)
      expect(made.body.token).toMatch(/^gw_[\w-]{43}$/)
      expect(made.headers['cache-control']).toBe('no-store')
      const who = await whoIs(`Bearer ${made.body.token}`).expect(200)
      expect(who.body).toMatchObject({ name: 'GIS 室', role: 'planner', unitCode: '331004' })
      const [{ rows }] = (await db.query<{ rows: string }>(sql`select json_agg(t)::text as rows from token t`)) as [{ rows: string }]
      expect(rows).not.toContain(made.body.token.slice(3))
      const listed = await app.request.get('/api/tokens').set(asAdmin()).expect(200)
      expect(JSON.stringify(listed.body)).not.toContain(made.body.token.slice(3))
      expect(listed.body.tokens.find((each: { id: number }) => each.id === made.body.id).lastUsedAt).not.toBeNull()
    })
    it('is taken as Basic password, whatever the user name', async () => {
      await whoIs(basic('', admin)).expect(200)
      await whoIs(basic('qgis', admin)).expect(200)
    })
    it('opens no session and needs no same-origin word', async () => {
      const made = await app.request.post('/api/tokens').set(asAdmin()).set('Origin', 'http://elsewhere.example').send({
        name: 'machine',
        role: 'wall',
        unit: '',
      })
      expect(made.status).toBe(201)
      expect(made.headers['set-cookie']).toBeUndefined()
    })
    it('is refused when it is unknown, malformed, a user’s password or of another scheme', async () => {
      await makeUser(db, 'qgis')
      const wrong = ['Bearer gw_unknown', 'Bearer', `Token ${admin}`, basic('qgis', 'correct horse battery'), 'Basic %%%', basic('', '')]
      for (const header of wrong) {
        const answer = await whoIs(header).expect(401)
        expect(answer.body.code).toBe('wrong-credentials')
        expect(answer.headers['www-authenticate']).toBe('Bearer')
      }
    })
    it('does not fall back to a cookie that comes along', async () => {
      const agent = await signedIn(app, 'qgis')
      await agent.get('/api/session').expect(200)
      await agent.get('/api/session').set('Authorization', 'Bearer gw_unknown').expect(401)
    })
    it('ends at its expiry', async () => {
      const { token } = await createToken(db, SYSTEM, { name: 'short', purpose: 'api', role: 'wall', unit: '', expiresAt: inAnHour() })
      await whoIs(`Bearer ${token}`).expect(200)
      await db.execute(sql`update token set expires_at = now() - interval '1 second' where name = 'short'`)
      const other = await startApp(db)
      await other.request.get('/api/session').set('Authorization', `Bearer ${token}`).expect(401)
      await other.close()
    })
    it('ends at once when it is revoked, on every server of the database', async () => {
      const other = await startApp(db)
      const made = await app.request.post('/api/tokens').set(asAdmin()).send({ name: 'brief', role: 'wall', unit: '' }).expect(201)
      const ask = (which: TestApp) => which.request.get('/api/session').set('Authorization', `Bearer ${made.body.token}`)
      expect((await Promise.all([ask(app), ask(other)])).map(({ status }) => status)).toEqual([200, 200])
      await app.request.delete(`/api/tokens/${made.body.id}`).set(asAdmin()).expect(204)
      await ask(app).expect(401)
      await expect.poll(async () => (await ask(other)).status, { timeout: 4000 }).toBe(401)
      await other.close()
    })
  })

  describe('making one', () => {
    const make = (as: string, body: object) => app.request.post('/api/tokens').set('Authorization', `Bearer ${as}`).send(body)
    it('stays inside the maker’s jurisdiction', async () => {
      const town = await makeToken(db, 'administrator', '331004001')
      await make(town, { name: 'own', role: 'wall', unit: '331004001001' }).expect(201)
      for (const unit of ['331004', '331004002', '']) {
        const refused = await make(town, { name: 'other', role: 'wall', unit }).expect(403)
        expect(refused.body.code).toBe('outside-jurisdiction')
      }
      const listed = await app.request.get('/api/tokens').set('Authorization', `Bearer ${town}`).expect(200)
      expect(listed.body.tokens.every((each: { unitCode: string }) => each.unitCode.startsWith('331004001'))).toBe(true)
      const [first] = (await app.request.get('/api/tokens').set(asAdmin())).body.tokens.filter(
        (each: { unitCode: string }) => each.unitCode === '',
      )
      await app.request.delete(`/api/tokens/${first.id}`).set('Authorization', `Bearer ${town}`).expect(404)
    })
    it('says which part is wrong', async () => {
      const wrong = {
        'body/unit': { name: 'x', role: 'wall', unit: '331999' },
        'body/expiresAt': { name: 'x', role: 'wall', unit: '', expiresAt: '2020-01-01T00:00:00Z' },
        'body/role': { name: 'x', purpose: 'wall', role: 'administrator', unit: '' },
        'body/name': { name: '', role: 'wall', unit: '' },
      }
      for (const [where, body] of Object.entries(wrong)) {
        const answer = await make(admin, body).expect(400)
        expect(answer.body.errors[0].where).toBe(where)
      }
    })
    it('is for administrators', async () => {
      for (const role of ['commander', 'dispatcher', 'planner', 'grid_worker', 'wall'] as const) {
        await make(await makeToken(db, role), { name: 'x', role: 'wall', unit: '' }).expect(403)
      }
    })
    it('leaves an audit row that does not hold the secret', async () => {
      const made = await make(admin, { name: 'audited', role: 'wall', unit: '' }).expect(201)
      const rows = await db.query<{ action: string; detail: unknown }>(
        sql`select action, detail from audit where noun = 'token' and noun_id = ${String(made.body.id)}`,
      )
      expect(rows).toEqual([{ action: 'token.create', detail: { name: 'audited', purpose: 'api', role: 'wall' } }])
    })
  })

  it('lets a browser’s administrator revoke with a cookie and a same-origin word', async () => {
    const made = await app.request.post('/api/tokens').set(asAdmin()).send({ name: 'by hand', role: 'wall', unit: '' }).expect(201)
    const agent = await signedIn(app, 'qgis')
    await agent.delete(`/api/tokens/${made.body.id}`).expect(403)
    await agent.delete(`/api/tokens/${made.body.id}`).set(SAME_ORIGIN).expect(204)
  })
})
