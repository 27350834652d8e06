import express from 'express'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToken, revokeToken } from '../../../server/commands/tokens.ts'
import { changeUser } from '../../../server/commands/users.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { type Authentication, createAuthentication, tokenOf } from '../../../server/middleware/authenticate.ts'
import { problemHandler } from '../../../server/middleware/problems.ts'
import { sessionRoutes } from '../../../server/routes/session.ts'
import { makeUser, PASSWORD, SAME_ORIGIN } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'

describe('the token in an Authorization header', () => {
  it('is what follows Bearer, or the Basic password after the first colon', () => {
    expect(tokenOf('Bearer gw_abc')).toBe('gw_abc')
    expect(tokenOf('bearer   gw_abc ')).toBe('gw_abc')
    expect(tokenOf(`Basic ${Buffer.from('me:a:b').toString('base64')}`)).toBe('a:b')
  })
  it('is none in any other form', () => {
    for (const header of ['', 'Bearer', 'gw_abc', 'Digest a', 'Bearer a b', `Basic ${Buffer.from('none').toString('base64')}`]) {
      expect(tokenOf(header)).toBeNull()
    }
  })
})

/** Two servers on one database, each with an endless answer at /open that ends when its rights do. */
eachDatabase((open) => {
  let db: Db
  const servers: { server: Server; url: string; authentication: Authentication }[] = []
  const log = pino({ level: 'silent' })

  const start = async () => {
    const authentication = await createAuthentication(db, log)
    const { identity } = authentication
    const app = express()
    app.use(authentication.middleware, sessionRoutes({ db, identity }))
    app.get('/open', (req, res) => {
      res.type('text/plain').write(`${req.actor?.name ?? 'nobody'}\n`)
      const forget = identity.onRevoked(req, () => res.end('ended'))
      res.on('close', forget)
    })
    app.use(problemHandler(log))
    const server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, authentication })
  }
  beforeAll(async () => {
    db = await open()
    await start()
    await start()
  })
  afterAll(async () => {
    for (const { server, authentication } of servers.splice(0)) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await authentication.close()
    }
  })

  const signIn = async (body: object) => {
    const answer = await fetch(`${servers[0]!.url}/api/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { Cookie: answer.headers.get('set-cookie')!.split(';')[0]! }
  }
  /** Opens the endless answer on both servers; the promises resolve with the whole text once it has ended. */
  const openBoth = async (headers: Record<string, string>) => {
    const answers = await Promise.all(servers.map(({ url }) => fetch(`${url}/open`, { headers })))
    return answers.map((answer) => answer.text())
  }
  const stillOpen = Symbol('still open')
  const stateOf = (text: Promise<string>) => Promise.race([text, new Promise((resolve) => setImmediate(() => resolve(stillOpen)))])

  it('ends what a user had open, on every server, when he is switched off', async () => {
    const id = await makeUser(db, 'watcher', 'dispatcher')
    const texts = await openBoth(await signIn({ username: 'watcher', password: PASSWORD }))
    await changeUser(db, SYSTEM, id, { enabled: false })
    expect(await Promise.all(texts)).toEqual(['watcher\nended', 'watcher\nended'])
  })
  it('ends what a wall had open when its link is revoked', async () => {
    const { token, id } = await createToken(db, SYSTEM, { name: 'hall', purpose: 'wall', role: 'wall', unit: '' })
    const texts = await openBoth(await signIn({ token }))
    await revokeToken(db, SYSTEM, id)
    expect(await Promise.all(texts)).toEqual(['hall\nended', 'hall\nended'])
  })
  it('ends what a token had open when it has expired by the next check', async () => {
    const { token, id } = await createToken(db, SYSTEM, { name: 'feed', purpose: 'api', role: 'wall', unit: '' })
    const texts = await openBoth({ Authorization: `Bearer ${token}` })
    await db.execute(sql`update token set expires_at = now() - interval '1 second' where id = ${id}`)
    await Promise.all(servers.map(({ authentication }) => authentication.identity.changed()))
    expect(await Promise.all(texts)).toEqual(['feed\nended', 'feed\nended'])
  })
  it('ends what was open in a session that signs out, and leaves the others of that user alone', async () => {
    await makeUser(db, 'twice', 'dispatcher')
    const [here, there] = [await signIn({ username: 'twice', password: PASSWORD }), await signIn({ username: 'twice', password: PASSWORD })]
    const [own] = await openBoth(here)
    const [other] = await openBoth(there)
    await fetch(`${servers[0]!.url}/api/session`, { method: 'DELETE', headers: { ...here, ...SAME_ORIGIN } })
    expect(await own).toBe('twice\nended')
    expect(await stateOf(other!)).toBe(stillOpen)
    const id = (await db.query<{ id: number }>(sql`select id from app_user where username = 'twice'`))[0]!.id
    await changeUser(db, SYSTEM, id, { enabled: false })
    expect(await other).toBe('twice\nended')
  })
  it('leaves alone what has nothing to do with a change', async () => {
    const other = await makeUser(db, 'bystander', 'dispatcher')
    const id = await makeUser(db, 'changed', 'dispatcher')
    const bystander = await openBoth(await signIn({ username: 'bystander', password: PASSWORD }))
    const changed = await openBoth(await signIn({ username: 'changed', password: PASSWORD }))
    await changeUser(db, SYSTEM, id, { role: 'commander' })
    await Promise.all(changed)
    expect(await Promise.all(bystander.map(stateOf))).toEqual([stillOpen, stillOpen])
    await changeUser(db, SYSTEM, other, { enabled: false })
    await Promise.all(bystander)
  })
})
