import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeToken, makeUser, PASSWORD, SAME_ORIGIN, signedIn, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { openSse } from '../../fixtures/sse.ts'

const NEXT = 'a quite different one'

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  /** A second server on the same database. */
  let other: TestApp
  let server: Server
  let url: string
  beforeAll(async () => {
    db = await open()
    app = await startApp(db)
    other = await startApp(db)
    server = createServer(other.handler as Parameters<typeof createServer>[1])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await other.close()
    await app.close()
  })
  type Agent = Awaited<ReturnType<typeof signedIn>>
  const change = (agent: Agent, body: object) => agent.post('/api/session/password').set(SAME_ORIGIN).send(body)
  const cookieOf = async (username: string): Promise<string> => {
    const answer = await app.request.post('/api/session').send({ username, password: PASSWORD }).expect(200)
    return String(answer.headers['set-cookie']).split(';')[0]!
  }

  describe('one’s own password', () => {
    it('is changed by whoever knows it; this session goes on, all others end, and the audit says so without it', async () => {
      const id = await makeUser(db, 'desk', 'dispatcher')
      const here = await signedIn(app, 'desk')
      const elsewhere = await signedIn(app, 'desk')
      await change(here, { current: PASSWORD, next: NEXT }).expect(204)
      await here.get('/api/session').expect(200)
      await elsewhere.get('/api/session').expect(401)
      await app.request.post('/api/session').send({ username: 'desk', password: PASSWORD }).expect(401)
      await app.request.post('/api/session').send({ username: 'desk', password: NEXT }).expect(200)
      const [row] = await db.query<{ actor: string; detail: object }>(
        sql`select actor, detail from audit where action = 'user.password' and noun_id = ${String(id)}`,
      )
      expect(row).toEqual({ actor: 'desk', detail: { username: 'desk', changed: ['password'] } })
    })

    it('stays when the present one is wrong, or the next too short, or nobody is signed in', async () => {
      await makeUser(db, 'wary', 'grid_worker')
      const agent = await signedIn(app, 'wary')
      const wrong = await change(agent, { current: 'not this one', next: NEXT }).expect(401)
      expect(wrong.body).toMatchObject({ code: 'wrong-credentials', errors: [{ where: 'body/current' }] })
      await change(agent, { current: PASSWORD, next: 'short' }).expect(400)
      await agent.post('/api/session/password').send({ current: PASSWORD, next: NEXT }).expect(403)
      await app.request.post('/api/session/password').set(SAME_ORIGIN).send({ current: PASSWORD, next: NEXT }).expect(401)
      await app.request.post('/api/session').send({ username: 'wary', password: PASSWORD }).expect(200)
    })

    it('cannot be guessed at a screen that was left open', async () => {
      await makeUser(db, 'away', 'dispatcher')
      const agent = await signedIn(app, 'away')
      for (let n = 0; n < 10; n++) await change(agent, { current: `guess ${n}`, next: NEXT }).expect(401)
      await change(agent, { current: PASSWORD, next: NEXT }).expect(429)
    })

    it('is nothing that a token has', async () => {
      const token = await makeToken(db, 'administrator')
      const answer = await app.request
        .post('/api/session/password')
        .auth(token, { type: 'bearer' })
        .send({ current: PASSWORD, next: NEXT })
        .expect(403)
      expect(answer.body.code).toBe('not-allowed')
    })
  })

  describe('a stream on another server', () => {
    it('ends when its session is signed out here, and no other one does', async () => {
      await makeUser(db, 'leaves', 'dispatcher')
      const [leaving, staying] = [await cookieOf('leaves'), await cookieOf('leaves')]
      const [ends, stays] = [
        await openSse(`${url}/api/stream`, { cookie: leaving }),
        await openSse(`${url}/api/stream`, { cookie: staying }),
      ]
      await Promise.all([ends, stays].map((stream) => stream.until(({ event }) => event === 'hello')))
      await app.request.delete('/api/session').set(SAME_ORIGIN).set('Cookie', leaving).expect(204)
      await ends.ended
      const beats = stays.events.length
      await stays.until((event) => stays.events.indexOf(event) >= beats)
      stays.close()
    })

    it('ends when the password is changed in another session', async () => {
      await makeUser(db, 'careful', 'dispatcher')
      const stream = await openSse(`${url}/api/stream`, { cookie: await cookieOf('careful') })
      await stream.until(({ event }) => event === 'hello')
      await change(await signedIn(app, 'careful'), { current: PASSWORD, next: NEXT }).expect(204)
      await stream.ended
    })
  })
})
