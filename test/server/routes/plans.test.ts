import type { TestAgent } from '../../fixtures/app.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '#model/access.ts'
import type { Action } from '#model/actions/action.ts'
import type { Plan } from '#contract/plan.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeToken, makeUser, SAME_ORIGIN, signedIn, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { corner, loadSample, SAMPLE } from '../../fixtures/sample-county.ts'
import { listenOn } from '../../fixtures/server.ts'
import { openSse } from '../../fixtures/sse.ts'

const VILLAGE = `${SAMPLE}001001`
const TOWN = `${SAMPLE}001`
/** Moves the corner that four grids of the village share. */
const move = (i: number, j: number, by = 0.1): Action => ({ type: 'move-junction', from: corner(i, j), to: corner(i + by, j + by) })
const split: Action = { type: 'split', unit: `${VILLAGE}015`, line: [corner(1.9, 2.5), corner(3.1, 2.5)], newIds: ['n1'] }
const nothingThere: Action = { type: 'remove-vertex', at: [121, 28] }

const TOMORROW = '2026-03-02'
const NOW = new Date('2026-03-01T04:00:00Z')

eachDatabase((open) => {
  let db: Db
  let app: TestApp
  let [anna, ben, chief, town, admin]: TestAgent[] = []

  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 20, incidents: 50 })
    app = await startApp(db, {}, () => NOW)
    await makeUser(db, 'anna', 'planner', SAMPLE)
    await makeUser(db, 'ben', 'planner', SAMPLE)
    await makeUser(db, 'chief', 'commander', SAMPLE)
    await makeUser(db, 'town', 'planner', `${SAMPLE}002`)
    await makeUser(db, 'admin', 'administrator', SAMPLE)
    ;[anna, ben, chief, town, admin] = await Promise.all(
      ['anna', 'ben', 'chief', 'town', 'admin'].map(async (name) => (await signedIn(app, name)).set(SAME_ORIGIN)),
    )
  })
  afterAll(() => app.close())

  const begin = async (unitCode = SAMPLE, by = anna!): Promise<Plan> =>
    (await by.post('/api/plans').send({ name: '新方案', unitCode, note: '试' }).expect(201)).body
  const save = (plan: { id: number }, revision: number, from: number, actions: Action[], by = anna!) =>
    by.post(`/api/plans/${plan.id}/actions`).send({ revision, from, actions })
  const step = (plan: { id: number }, name: string, body: object, by = anna!) => by.post(`/api/plans/${plan.id}/${name}`).send(body)
  const read = async (plan: { id: number }, by = anna!): Promise<Plan> => (await by.get(`/api/plans/${plan.id}`).expect(200)).body

  it('is begun as a draft on today’s borders, and listed where its unit lies', async () => {
    const plan = await begin(TOWN)
    expect(plan).toMatchObject({ name: '新方案', unitCode: TOWN, note: '试', state: 'draft', revision: 0, actionCount: 0, author: 'anna' })
    expect(plan).toMatchObject({ outdated: false, editable: true, steps: ['submit', 'withdraw'], actions: [], comments: [] })
    expect(plan.base).toBe('2025-01-01T00:00:00.000Z')
    const ids = async (by: TestAgent, query = '') => (await by.get(`/api/plans${query}`).expect(200)).body.plans.map(({ id }: Plan) => id)
    expect(await ids(anna!)).toContain(plan.id)
    expect(await ids(anna!, `?unit=${TOWN}&state=draft`)).toContain(plan.id)
    expect(await ids(anna!, `?unit=${SAMPLE}002`)).not.toContain(plan.id)
    expect(await ids(town!)).not.toContain(plan.id)
    await town!.get(`/api/plans/${plan.id}`).expect(404)
    await anna!
      .post('/api/plans')
      .send({ name: 'x', unitCode: `${SAMPLE}009` })
      .expect(400)
    await town!.post('/api/plans').send({ name: 'x', unitCode: TOWN }).expect(403)
  })

  it('is renamed and talked about', async () => {
    const plan = await begin()
    const named = await ben!.patch(`/api/plans/${plan.id}`).send({ name: '改名' }).expect(200)
    expect(named.body).toMatchObject({ name: '改名', note: '试' })
    const said = await chief!
      .post(`/api/plans/${plan.id}/comments`)
      .send({ text: '这里?', where: [121.3, 28.5] })
      .expect(201)
    expect(said.body.comments).toMatchObject([{ author: 'chief', text: '这里?', where: [121.3, 28.5], step: null }])
    await anna!.post(`/api/plans/${plan.id}/comments`).send({ text: 'a\u0000' }).expect(400)
    await anna!.post(`/api/plans/${plan.id}/comments`).send({ text: '\ud800' }).expect(400)
  })

  describe('saving', () => {
    it('keeps what was done, takes back an undo, and answers a repeat like the first time', async () => {
      const plan = await begin()
      expect((await save(plan, 0, 0, [move(2, 2), split]).expect(200)).body).toMatchObject({ revision: 1, actionCount: 2 })
      expect((await save(plan, 0, 0, [move(2, 2), split]).expect(200)).body).toMatchObject({ revision: 1, actionCount: 2 })
      expect((await save(plan, 1, 2, [move(3, 3)]).expect(200)).body).toMatchObject({ revision: 2, actionCount: 3 })
      expect((await save(plan, 2, 1, []).expect(200)).body).toMatchObject({ revision: 3, actionCount: 1 })
      expect((await read(plan)).actions).toEqual([move(2, 2)])
      const kept = await db.query<{ replaced: Action[] }>(
        sql`select replaced from plan_save where plan_id = ${plan.id} order by revision desc limit 1`,
      )
      expect(kept[0]!.replaced).toEqual([split, move(3, 3)])
      await save(plan, 3, 2, []).expect(400)
    })

    it('stores nothing when the model refuses an action, and says which and where', async () => {
      const plan = await begin()
      const { body } = await save(plan, 0, 0, [move(2, 2), nothingThere, split]).expect(422)
      expect(body).toMatchObject({ code: 'action-refused', refused: { index: 1, reason: 'no-vertex-here', where: [121, 28] } })
      expect(await read(plan)).toMatchObject({ revision: 0, actions: [] })
      await save(plan, 0, 0, [split]).expect(200)
      expect((await save(plan, 1, 1, [split]).expect(422)).body.refused.index).toBe(1)
    })

    it('loses no update: the later save is told what is newer', async () => {
      const plan = await begin()
      await save(plan, 0, 0, [move(2, 2)]).expect(200)
      const answers = await Promise.all([save(plan, 1, 1, [split], anna), save(plan, 1, 1, [move(4, 4)], ben)])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
      const [won, lost] = answers[0].status === 200 ? (['anna', answers[1]] as const) : (['ben', answers[0]] as const)
      const winner = won === 'anna' ? split : move(4, 4)
      const loser = won === 'anna' ? move(4, 4) : split
      expect(lost.body).toMatchObject({ code: 'plan-moved', newerActions: { revision: 2, from: 1, actions: [winner], savedBy: won } })
      // What still applies is put behind it.
      await save(plan, 2, 2, [loser], won === 'anna' ? ben : anna).expect(200)
      expect((await read(plan)).actions).toEqual([move(2, 2), winner, loser])
    })

    it('tells from where two people differ when one of them went back', async () => {
      const plan = await begin()
      await save(plan, 0, 0, [move(2, 2), move(3, 3), move(4, 4)]).expect(200)
      await save(plan, 1, 1, [split], ben).expect(200)
      await save(plan, 2, 2, [move(4, 4)], ben).expect(200)
      const { body } = await save(plan, 1, 3, [move(5, 5)]).expect(409)
      expect(body.newerActions).toMatchObject({ revision: 3, from: 1, actions: [split, move(4, 4)] })
    })

    it('holds a plan to its own unit, and the county’s line and villages to their rights', async () => {
      const plan = await begin(VILLAGE)
      const outside = await save(plan, 0, 0, [move(8, 3)]).expect(403)
      expect(outside.body).toMatchObject({ code: 'outside-plan', refused: { index: 0, reason: 'outside-plan' } })
      const rim: Action = { type: 'move-vertex', from: corner(6, 2), to: corner(6.1, 2) }
      expect((await save(plan, 0, 0, [{ ...rim, type: 'move-junction' }]).expect(403)).body.code).toBe('outside-plan')
      // A border that ends on the plan's rim lets a vertex into it, and moves nothing.
      const toTheRim: Action = { type: 'split', unit: `${VILLAGE}018`, line: [corner(4.9, 2.5), corner(6.1, 2.5)], newIds: ['n1'] }
      await save(plan, 0, 0, [toTheRim]).expect(200)

      const wide = await begin()
      const line: Action = { type: 'move-outline', from: corner(12, 8), to: corner(12.1, 8) }
      expect((await save(wide, 0, 0, [line]).expect(403)).body).toMatchObject({ code: 'not-allowed', refused: { reason: 'plan.outline' } })
      await save(wide, 0, 0, [line], admin).expect(200)
      // Whoever may re-parent may move land between villages.
      await save(wide, 1, 1, [{ ...rim, type: 'move-junction' }]).expect(200)
    })

    it('refuses a parent that there is not', async () => {
      const plan = await begin()
      const stray: Action = { type: 'describe', unit: `${VILLAGE}015`, parentCode: `${SAMPLE}001777` }
      expect((await save(plan, 0, 0, [stray]).expect(422)).body.refused).toMatchObject({ reason: 'not-below-parent' })
    })

    it('takes a ring of 10,000 points, and none of more than the contract says', async () => {
      const plan = await begin()
      const [[west, south], [east, north]] = [corner(2.3, 2.3), corner(2.7, 2.7)]
      const ring = Array.from({ length: 100_000 }, (_, n): [number, number] => {
        const angle = (n / 100_000) * 2 * Math.PI
        return [(west + east) / 2 + ((east - west) / 2) * Math.cos(angle), (south + north) / 2 + ((north - south) / 2) * Math.sin(angle)]
      })
      const cut: Action = { type: 'cut-out', ring, unit: { id: 'n1', name: '市场', unitKind: 'dedicated', parentCode: VILLAGE } }
      expect((await save(plan, 0, 0, [cut])).body).toMatchObject({ code: 'bad-request' })
      const fewer = { ...cut, ring: ring.filter((_, n) => n % 10 === 0) }
      await save(plan, 0, 0, [fewer]).expect(200)
    })
  })

  describe('the steps', () => {
    it('lead from the draft to a day, with somebody else’s approval', async () => {
      const plan = await begin(TOWN)
      expect((await step(plan, 'submit', { revision: 0 }).expect(422)).body.code).toBe('plan-has-errors')
      await save(plan, 0, 0, [move(2, 2)]).expect(200)
      await step(plan, 'approve', { revision: 1 }, chief).expect(409)
      expect((await step(plan, 'submit', { revision: 0 }).expect(409)).body.code).toBe('plan-moved')
      const handed = await step(plan, 'submit', { revision: 1, comment: '请审' }).expect(200)
      expect(handed.body).toMatchObject({
        state: 'in_review',
        editable: false,
        comments: [{ text: '请审', step: 'submit', author: 'anna' }],
      })
      expect((await save(plan, 1, 1, [split]).expect(409)).body.code).toBe('unlawful-transition')
      await step(plan, 'approve', { revision: 1 }).expect(403)
      expect((await read(plan, chief)).steps).toEqual(['return', 'approve'])
      await step(plan, 'approve', { revision: 1 }, chief).expect(200)
      for (const [day, status] of [
        ['2026-02-28', 422],
        ['2026-03-01', 422],
        ['2062-03-02', 422],
        ['2026-02-30', 400],
        [undefined, 400],
      ] as const) {
        const { body } = await step(plan, 'publish', { revision: 1, effectiveOn: day }, chief).expect(status)
        expect(body.code).toBe(status === 422 ? 'bad-effective-date' : 'bad-request')
      }
      const scheduled = await step(plan, 'publish', { revision: 1, effectiveOn: TOMORROW }, chief).expect(200)
      expect(scheduled.body).toMatchObject({ state: 'scheduled', effectiveOn: TOMORROW, inForceAt: null })
      await step(plan, 'publish', { revision: 1, effectiveOn: TOMORROW }, chief).expect(409)
      const back = await step(plan, 'return', { revision: 1, comment: '再改' }, chief).expect(200)
      expect(back.body).toMatchObject({ state: 'draft', effectiveOn: null })
      await step(plan, 'withdraw', { revision: 1 }).expect(200)
      await step(plan, 'submit', { revision: 1 }).expect(409)
      expect((await anna!.patch(`/api/plans/${plan.id}`).send({ name: 'x' }).expect(409)).body.code).toBe('unlawful-transition')
    })

    it('let nobody approve what he wrote in himself, by a token neither', async () => {
      const plan = await begin()
      await save(plan, 0, 0, [move(2, 2)]).expect(200)
      await save(plan, 1, 1, [move(3, 3)], admin).expect(200)
      await step(plan, 'submit', { revision: 2 }).expect(200)
      expect((await step(plan, 'approve', { revision: 2 }, admin).expect(403)).body.code).toBe('own-plan')
      expect((await read(plan, admin)).steps).toEqual(['return', 'withdraw'])
      const { body } = await admin!.post('/api/tokens').send({ name: 't', role: 'administrator', unit: SAMPLE }).expect(201)
      const byToken = app.request.post(`/api/plans/${plan.id}/approve`).set('Authorization', `Bearer ${body.token}`)
      expect((await byToken.send({ revision: 2 }).expect(403)).body.code).toBe('own-plan')
      await step(plan, 'approve', { revision: 2 }, chief).expect(200)
    })

    it('leave an audit row and a message each', async () => {
      const plan = await begin()
      await save(plan, 0, 0, [move(2, 2)]).expect(200)
      await step(plan, 'submit', { revision: 1 }).expect(200)
      const audit = await db.query<{ action: string }>(
        sql`select action from audit where noun = 'plan' and noun_id = ${String(plan.id)} order by id`,
      )
      expect(audit.map(({ action }) => action)).toEqual(['plan.create', 'plan.save', 'plan.submit'])
      const told = await db.query<{ message: object }>(
        sql`select message from outbox where message ->> 'noun' = 'plan' and message ->> 'id' = ${String(plan.id)} order by id`,
      )
      expect(told.map(({ message }) => message)).toMatchObject([
        { change: 'created', revision: 0, state: 'draft' },
        { change: 'changed', revision: 1, state: 'draft' },
        { change: 'changed', revision: 1, state: 'in_review', unitCode: SAMPLE },
      ])
    })
  })

  it('is told of to the planners of its unit while they look, and to no wall', async () => {
    const server = await listenOn(app.handler as never)
    const listen = async (role: Role, unit: string) =>
      openSse(`${server.url}/api/stream`, { authorization: `Bearer ${await makeToken(db, role, unit)}` })
    const clients = await Promise.all([listen('planner', TOWN), listen('planner', `${SAMPLE}002`), listen('wall', SAMPLE)])
    await Promise.all(clients.map((client) => client.until(({ event }) => event === 'hello')))
    const plan = await begin(VILLAGE)
    await save(plan, 0, 0, [move(2, 2)]).expect(200)
    const last = await clients[0]!.until(({ event, data }) => event === 'message' && JSON.parse(data).revision === 1)
    expect(JSON.parse(last.data)).toMatchObject({ noun: 'plan', change: 'changed', id: plan.id, unitCode: VILLAGE, state: 'draft' })
    await Promise.all(clients.map((client) => client.until(({ event, id }) => event === 'beat' && id! >= last.id!)))
    expect(clients.map(({ events }) => events.filter(({ event }) => event === 'message').length)).toEqual([2, 0, 0])
    for (const client of clients) client.close()
    await server.close()
  })

  it('tells what it changes for whom', async () => {
    const plan = await begin()
    const place = (i: number, j: number) => `SRID=4326;POINT(${corner(i, j).join(' ')})`
    await db.execute(sql`
      insert into building (county_code, unit_code, households, residents, geom) values
        (${SAMPLE}, ${`${VILLAGE}015`}, 8, 30, ${place(2.3, 2.3)}), (${SAMPLE}, ${`${VILLAGE}015`}, 9, 20, ${place(2.5, 2.8)}),
        (${SAMPLE}, ${`${VILLAGE}016`}, 5, 9, ${place(3.5, 2.5)})`)
    await save(plan, 0, 0, [split, { type: 'merge', units: [`${VILLAGE}015`, `${VILLAGE}016`], keep: `${VILLAGE}016` }]).expect(200)
    const { body } = await anna!.get(`/api/plans/${plan.id}/difference`).expect(200)
    const of = (id: string) => body.units.find((unit: { id: string }) => unit.id === id)
    expect(body.units.map(({ id }: { id: string }) => id).slice(0, 1)).toEqual([`${VILLAGE}015`])
    expect(of(`${VILLAGE}015`)).toMatchObject({ after: null, before: { households: 17, residents: 50 } })
    expect(of('n1')).toMatchObject({ code: null, before: null, newCode: `${VILLAGE}901`, parentCode: VILLAGE })
    expect(of(`${VILLAGE}016`).before.households).toBe(5)
    expect(of('n1').after.households + of(`${VILLAGE}016`).after.households).toBe(22)
    expect(body.moved).toMatchObject({ households: 17, residents: 50, posts: 0, microgrids: 0 })
    const areas = (side: 'before' | 'after') =>
      body.units.reduce((sum: number, unit: Record<string, { areaM2: number } | null>) => sum + (unit[side]?.areaM2 ?? 0), 0)
    expect(areas('after') / areas('before')).toBeCloseTo(1, 9)
    const check = await anna!.get(`/api/plans/${plan.id}/check`).expect(200)
    expect(check.body).toMatchObject({ refused: [] })
    expect(check.body.findings.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([])
    await db.execute(sql`delete from building`)
  })

  it('tells it too when no number is left for a new unit, and does not take such a plan in', async () => {
    const full = `${SAMPLE}001002`
    await db.execute(sql`
      insert into unit_code (code, unit_id)
      select ${full} || lpad(n::text, 3, '0'), unit_id from unit_code, generate_series(1, 999) n where code = ${full} on conflict do nothing`)
    const plan = await begin()
    const line = [corner(7.9, 2.5), corner(9.1, 2.5)]
    await save(plan, 0, 0, [{ ...split, unit: `${full}015`, line } as Action]).expect(200)
    const { body } = await anna!.get(`/api/plans/${plan.id}/difference`).expect(200)
    expect(body.units.find(({ id }: { id: string }) => id === 'n1')).toMatchObject({ code: null, newCode: null, parentCode: full })
    const { findings } = (await anna!.get(`/api/plans/${plan.id}/check`).expect(200)).body
    expect(findings[0]).toMatchObject({ code: 'no-number', severity: 'error', units: ['n1'], value: 1 })
    const refused = await step(plan, 'submit', { revision: 1 }).expect(422)
    expect(refused.body).toMatchObject({ code: 'plan-has-errors', errors: [{ where: 'n1', message: 'no-number' }] })
    expect((await read(plan)).state).toBe('draft')
  })
})
