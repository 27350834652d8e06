import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureAdmin } from '../../../server/commands/users.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeCounties, makeToken, makeUser, PASSWORD, SAME_ORIGIN, signedIn, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let admin: string
  beforeAll(async () => {
    db = await open()
    app = await startApp(db)
    await makeCounties(db)
  })
  afterAll(() => app.close())
  const as = (token: string) => ({ Authorization: `Bearer ${token}` })
  const change = (id: number, body: object) => app.request.patch(`/api/users/${id}`).set(as(admin)).send(body)

  describe('the first administrator', () => {
    it('gets a generated password that is told once and works, and is not made again', async () => {
      const made = await ensureAdmin(db)
      expect(made).toMatchObject({ username: 'admin', generated: expect.stringMatching(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/) })
      await app.request.post('/api/session').send({ username: 'admin', password: made!.generated }).expect(200)
      expect(await ensureAdmin(db)).toBeNull()
      expect(await ensureAdmin(db, 'another password')).toBeNull()
    })
    it('must not have a short password', async () => {
      const empty = await open()
      await expect(ensureAdmin(empty, 'short')).rejects.toThrow('ADMIN_PASSWORD')
      expect(await ensureAdmin(empty, PASSWORD)).toEqual({ username: 'admin', generated: null })
    })
    it('cannot be switched off, demoted or moved while there is no other', async () => {
      admin = await makeToken(db, 'administrator')
      const [{ id }] = (await db.query<{ id: number }>(sql`select id from app_user where username = 'admin'`)) as [{ id: number }]
      for (const body of [{ enabled: false }, { role: 'commander' }, { unitCode: '331004' }]) {
        const refused = await change(id, body).expect(409)
        expect(refused.body.code).toBe('conflict')
      }
    })
    it('can when there is another, and of two that switch each other off one stays', async () => {
      const ids = [await makeUser(db, 'chief-1'), await makeUser(db, 'chief-2')]
      const [{ id }] = (await db.query<{ id: number }>(sql`select id from app_user where username = 'admin'`)) as [{ id: number }]
      await change(id, { enabled: false }).expect(200)
      const both = await Promise.all(ids.map((each) => change(each, { enabled: false })))
      expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
      await db.execute(sql`update app_user set enabled = true where username like 'chief-%'`)
    })
  })

  describe('a user', () => {
    it('is made, listed, renamed, and never shows his password', async () => {
      const body = { username: 'xinqiao', displayName: '新桥值班', password: PASSWORD, role: 'dispatcher', unitCode: '331004001' }
      const made = await app.request.post('/api/users').set(as(admin)).send(body).expect(201)
      expect(made.body).toEqual({
        id: expect.any(Number),
        username: 'xinqiao',
        displayName: '新桥值班',
        role: 'dispatcher',
        unitCode: '331004001',
        enabled: true,
        createdAt: expect.stringMatching(/Z$/),
      })
      const renamed = await change(made.body.id, { displayName: '新桥一班' }).expect(200)
      expect(renamed.body).toEqual({ ...made.body, displayName: '新桥一班' })
      const listed = await app.request.get('/api/users').set(as(admin)).expect(200)
      expect(listed.body.users).toContainEqual(renamed.body)
      expect(JSON.stringify(listed.body)).not.toContain('argon2')
    })
    it('has a name that nobody else has', async () => {
      const body = { username: 'xinqiao', displayName: 'x', password: PASSWORD, role: 'wall', unitCode: '' }
      const refused = await app.request.post('/api/users').set(as(admin)).send(body).expect(409)
      expect(refused.body.errors).toEqual([{ where: 'body/username', message: 'taken' }])
    })
    it('is nowhere but where a unit is', async () => {
      const body = { username: 'nowhere', displayName: 'x', password: PASSWORD, role: 'wall', unitCode: '331999' }
      const refused = await app.request.post('/api/users').set(as(admin)).send(body).expect(400)
      expect(refused.body.errors[0].where).toBe('body/unitCode')
    })
    it('who is switched off is out at once, and back with a new session only', async () => {
      const id = await makeUser(db, 'brief', 'dispatcher')
      const agent = await signedIn(app, 'brief')
      await agent.get('/api/session').expect(200)
      await change(id, { enabled: false }).expect(200)
      await agent.get('/api/session').expect(401)
      await change(id, { enabled: true }).expect(200)
      await agent.get('/api/session').expect(401)
      await (await signedIn(app, 'brief')).get('/api/session').expect(200)
    })
    it('who gets another role, place or password signs in again; a new name changes nothing', async () => {
      const id = await makeUser(db, 'mover', 'dispatcher')
      for (const body of [{ role: 'commander' }, { unitCode: '331004' }, { password: PASSWORD }]) {
        const agent = await signedIn(app, 'mover')
        await change(id, { displayName: '张贴' }).expect(200)
        await agent.get('/api/session').expect(200)
        await change(id, body).expect(200)
        await agent.get('/api/session').expect(401)
      }
      const who = await (await signedIn(app, 'mover')).get('/api/session').expect(200)
      expect(who.body).toMatchObject({ role: 'commander', unitCode: '331004' })
    })
    it('who changes his own password stays here and is out everywhere else', async () => {
      const id = await makeUser(db, 'careful')
      const [here, elsewhere] = [await signedIn(app, 'careful'), await signedIn(app, 'careful')]
      await here.patch(`/api/users/${id}`).set(SAME_ORIGIN).send({ password: PASSWORD }).expect(200)
      await here.get('/api/session').expect(200)
      await elsewhere.get('/api/session').expect(401)
    })
  })

  describe('an administrator of a town', () => {
    let town: string
    beforeAll(async () => {
      town = await makeToken(db, 'administrator', '331004001')
    })
    const body = (unitCode: string) => ({
      username: `user-${unitCode}`,
      displayName: 'x',
      password: PASSWORD,
      role: 'dispatcher',
      unitCode,
    })
    it('makes users inside his town only', async () => {
      await app.request.post('/api/users').set(as(town)).send(body('331004001001')).expect(201)
      for (const code of ['331004', '331004002', '029510']) {
        const refused = await app.request.post('/api/users').set(as(town)).send(body(code)).expect(403)
        expect(refused.body.code).toBe('outside-jurisdiction')
      }
      await app.request.post('/api/users').set(as(town)).send(body('')).expect(403)
    })
    it('sees and changes users of his town only, and moves nobody out', async () => {
      const county = await makeUser(db, 'county-desk', 'dispatcher', '331004')
      const own = await makeUser(db, 'town-desk', 'dispatcher', '331004001')
      const listed = await app.request.get('/api/users').set(as(town)).expect(200)
      const names = listed.body.users.map((each: { username: string }) => each.username)
      expect(names).toContain('town-desk')
      expect(names).not.toContain('county-desk')
      await app.request.patch(`/api/users/${county}`).set(as(town)).send({ enabled: false }).expect(404)
      await app.request.patch(`/api/users/${own}`).set(as(town)).send({ unitCode: '331004' }).expect(403)
      await app.request.patch(`/api/users/${own}`).set(as(town)).send({ role: 'commander' }).expect(200)
    })
  })

  it('writes down who changed whom, without passwords', async () => {
    const id = await makeUser(db, 'written', 'dispatcher')
    await change(id, { password: 'a brand new password', role: 'commander' }).expect(200)
    const rows = await db.query<{ action: string; detail: object }>(
      sql`select action, detail from audit where noun = 'user' and noun_id = ${String(id)} order by id`,
    )
    expect(rows.map(({ action }) => action)).toEqual(['user.create', 'user.change'])
    expect(rows[1]!.detail).toMatchObject({ username: 'written', changed: ['password', 'role'] })
    expect(JSON.stringify(rows)).not.toContain('brand new')
  })
})
