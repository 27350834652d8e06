import supertest from 'supertest'
import { beforeAll, afterAll, describe, expect, it } from 'vitest'
import { createToken } from '../../../server/commands/tokens.ts'
import { changeUser } from '../../../server/commands/users.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { makeUser, PASSWORD, SAME_ORIGIN, signedIn, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'

const cookieOf = (answer: supertest.Response): string => String(answer.headers['set-cookie'] ?? '')
const wallLink = (db: Db, more: { expiresAt?: string } = {}) =>
  createToken(db, SYSTEM, { name: '指挥室大屏', purpose: 'wall', role: 'wall', unit: '', ...more })

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  beforeAll(async () => {
    db = await open()
    app = await startApp(db)
    await makeUser(db, 'desk', 'dispatcher')
  })
  afterAll(() => app.close())

  describe('signing in', () => {
    it('answers who one is and sets a cookie that scripts cannot read and other sites do not get', async () => {
      const answer = await app.request.post('/api/session').send({ username: ' Desk ', password: PASSWORD }).expect(200)
      expect(answer.body).toMatchObject({ name: 'desk', role: 'dispatcher', unitCode: '' })
      expect(answer.body.permissions).toContain('incident.accept')
      expect(answer.body.permissions).not.toContain('user.manage')
      expect(cookieOf(answer)).toMatch(/^gridward=.*HttpOnly.*SameSite=Lax/)
      expect(cookieOf(answer)).not.toContain('Secure')
    })
    it('says Secure behind a trusted proxy that speaks TLS, and only then', async () => {
      const behind = await startApp(db, { trustProxy: 1 })
      const send = (which: TestApp) =>
        which.request.post('/api/session').set('X-Forwarded-Proto', 'https').send({ username: 'desk', password: PASSWORD }).expect(200)
      expect(cookieOf(await send(behind))).toContain('Secure')
      expect(cookieOf(await send(app))).not.toContain('Secure')
      await behind.close()
    })
    it('says the same to an unknown name, a wrong password and a user who is switched off', async () => {
      const id = await makeUser(db, 'off', 'dispatcher')
      await changeUser(db, SYSTEM, id, { enabled: false })
      const answers = await Promise.all(
        [
          { username: 'nobody', password: PASSWORD },
          { username: 'desk', password: 'wrong password' },
          { username: 'off', password: PASSWORD },
        ].map((body) => app.request.post('/api/session').send(body).expect(401)),
      )
      const [first, ...others] = answers.map(({ body }) => ({ code: body.code, detail: body.detail }))
      expect(first!.code).toBe('wrong-credentials')
      for (const other of others) expect(other).toEqual(first)
      for (const answer of answers) expect(cookieOf(answer)).toBe('')
    })
    it('makes a new session id each time, so that none can be planted', async () => {
      const agent = supertest.agent(app.handler)
      const first = cookieOf(await agent.post('/api/session').send({ username: 'desk', password: PASSWORD }).expect(200))
      const second = cookieOf(await agent.post('/api/session').set(SAME_ORIGIN).send({ username: 'desk', password: PASSWORD }).expect(200))
      expect(second.split(';')[0]).not.toBe(first.split(';')[0])
      await app.request.get('/api/session').set('Cookie', first.split(';')[0]!).expect(401)
    })
    it('keeps no session for who did not sign in', async () => {
      const count = async () => (await db.query<{ n: number }>(sql`select count(*) as n from session`))[0]!.n
      const before = await count()
      expect(cookieOf(await app.request.get('/api/session').expect(401))).toBe('')
      expect(await count()).toBe(before)
    })
    it('ends at signing out, and the cookie is worth nothing afterwards', async () => {
      const agent = supertest.agent(app.handler)
      const cookie = cookieOf(await agent.post('/api/session').send({ username: 'desk', password: PASSWORD })).split(';')[0]!
      await agent.get('/api/session').expect(200)
      await agent.delete('/api/session').set(SAME_ORIGIN).expect(204)
      await agent.get('/api/session').expect(401)
      await app.request.get('/api/session').set('Cookie', cookie).expect(401)
    })
    it('survives a restart of the server', async () => {
      const first = await startApp(db)
      const cookie = cookieOf(await first.request.post('/api/session').send({ username: 'desk', password: PASSWORD })).split(';')[0]!
      await first.close()
      await app.request.get('/api/session').set('Cookie', cookie).expect(200)
    })
    it('writes a session once and prolongs it only after an hour', async () => {
      const cookie = cookieOf(await app.request.post('/api/session').send({ username: 'desk', password: PASSWORD })).split(';')[0]!
      expect(cookieOf(await app.request.get('/api/session').set('Cookie', cookie).expect(200))).toBe('')
      await db.execute(sql`update session set sess = jsonb_set(sess::jsonb, '{renewedAt}', '0')::json, expire = expire - interval '1 hour'`)
      const other = await startApp(db)
      const renewed = await other.request.get('/api/session').set('Cookie', cookie).expect(200)
      expect(cookieOf(renewed)).toMatch(/^gridward=/)
      const [row] = await db.query<{ hours: number }>(
        sql`select max(extract(epoch from expire - localtimestamp)) / 3600 as hours from session where (sess->>'renewedAt')::numeric > 0`,
      )
      expect(row!.hours).toBeGreaterThan(11.9)
      await other.close()
    })
  })

  describe('guessing', () => {
    it('is stopped for that name from that address, with Retry-After, and not for others', async () => {
      await makeUser(db, 'target', 'dispatcher')
      const guess = (username: string, password: string) => app.request.post('/api/session').send({ username, password })
      for (let n = 0; n < 10; n++) await guess('target', `guess number ${n}`).expect(401)
      const refused = await guess('TARGET', PASSWORD).expect(429)
      expect(refused.headers['content-type']).toContain('application/problem+json')
      expect(refused.body.code).toBe('too-many-requests')
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
      await guess('desk', PASSWORD).expect(200)
    })
    it('does not count what succeeds', async () => {
      for (let n = 0; n < 12; n++) await app.request.post('/api/session').send({ username: 'desk', password: PASSWORD }).expect(200)
    })
  })

  describe('writes with a cookie', () => {
    const writes = {
      'another site, by its own word': { 'Sec-Fetch-Site': 'cross-site' },
      'a sister site': { 'Sec-Fetch-Site': 'same-site' },
      'another origin': { Origin: 'http://evil.example' },
      'a sandboxed frame': { Origin: 'null' },
      'nobody knows where': {},
    }
    for (const [where, headers] of Object.entries(writes)) {
      it(`are refused from ${where}`, async () => {
        const agent = await signedIn(app, 'desk')
        const refused = await agent.delete('/api/session').set(headers).expect(403)
        expect(refused.body.code).toBe('cross-site')
        await agent.get('/api/session').expect(200)
      })
    }
    it('are taken from our own origin', async () => {
      const agent = await signedIn(app, 'desk')
      await agent.delete('/api/session').set({ Host: 'wall.example:8080', Origin: 'http://wall.example:8080' }).expect(204)
    })
    it('are refused unless they are JSON, which forms cannot send', async () => {
      const agent = await signedIn(app, 'desk')
      await agent.post('/api/session').set(SAME_ORIGIN).type('form').send({ username: 'desk', password: PASSWORD }).expect(415)
    })
    it('cannot sign a visitor in from another site either', async () => {
      const body = { username: 'desk', password: PASSWORD }
      await app.request.post('/api/session').set('Origin', 'http://evil.example').send(body).expect(403)
    })
  })

  describe('a wall link', () => {
    it('is exchanged once, by one, for a session that lasts until it is revoked', async () => {
      const { token, id } = await wallLink(db)
      const tries = await Promise.all(Array.from({ length: 5 }, () => app.request.post('/api/session').send({ token })))
      expect(tries.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410])
      const winner = tries.find(({ status }) => status === 200)!
      expect(winner.body).toMatchObject({ name: '指挥室大屏', role: 'wall' })
      const cookie = cookieOf(winner).split(';')[0]!
      expect(new Date(/Expires=([^;]+)/.exec(cookieOf(winner))![1]!).getTime() - Date.now()).toBeGreaterThan(399 * 86_400_000)
      await app.request.get('/api/session').set('Cookie', cookie).expect(200)
      // A kiosk opens its link again at every start: with its own session, which stays; another wall's helps nobody.
      const again = await app.request.post('/api/session').set('Cookie', cookie).set(SAME_ORIGIN).send({ token }).expect(200)
      expect(again.body).toEqual(winner.body)
      expect(again.headers['set-cookie']).toBeUndefined()
      const other = cookieOf(
        await app.request
          .post('/api/session')
          .send({ token: (await wallLink(db)).token })
          .expect(200),
      ).split(';')[0]!
      await app.request.post('/api/session').set('Cookie', other).set(SAME_ORIGIN).send({ token }).expect(410)

      await makeUser(db, 'chief')
      const chief = await signedIn(app, 'chief')
      await chief.delete(`/api/tokens/${id}`).set(SAME_ORIGIN).expect(204)
      await app.request.get('/api/session').set('Cookie', cookie).expect(401)
      await app.request.post('/api/session').set('Cookie', cookie).set(SAME_ORIGIN).send({ token }).expect(410)
    })
    it('that has expired is gone, while a wall that was opened in time stays', async () => {
      const { token, id } = await wallLink(db, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() })
      const cookie = cookieOf(await app.request.post('/api/session').send({ token }).expect(200)).split(';')[0]!
      const late = await wallLink(db, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() })
      await db.execute(sql`update token set expires_at = now() - interval '1 second' where id in (${id}, ${late.id})`)
      await app.request.post('/api/session').send({ token: late.token }).expect(410)
      const other = await startApp(db)
      await other.request.get('/api/session').set('Cookie', cookie).expect(200)
      await other.close()
    })
    it('is no API token, and an API token is no wall link', async () => {
      const wall = await wallLink(db)
      await app.request.get('/api/session').auth(wall.token, { type: 'bearer' }).expect(401)
      const api = await createToken(db, SYSTEM, { name: 'gis', purpose: 'api', role: 'planner', unit: '' })
      await app.request.post('/api/session').send({ token: api.token }).expect(401)
    })
  })
})
