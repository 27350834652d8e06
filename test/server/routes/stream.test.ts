import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { incident, openIncidents } from '../../../server/contract/incident.ts'
import { beat, hello, streamMessage } from '../../../server/contract/stream.ts'
import { SYSTEM } from '../../../server/middleware/actor.ts'
import { revokeToken } from '../../../server/commands/tokens.ts'
import type { Db } from '../../../server/db/db.ts'
import { sql } from '../../../server/db/sql.ts'
import { makeToken, startApp, type TestApp } from '../../fixtures/app.ts'
import { eachDatabase } from '../../fixtures/database.ts'
import { loadSample, SAMPLE } from '../../fixtures/sample-county.ts'
import { openSse } from '../../fixtures/sse.ts'

const INSIDE: [number, number] = [121.3155, 28.506]
const ELSEWHERE: [number, number] = [121.3155, 28.585]

describe('reports and the stream over HTTP', () => {
  eachDatabase((open) => {
    let db: Db
    let app: TestApp
    let server: Server
    let url: string
    let administrator: string
    let town: string

    beforeAll(async () => {
      db = await open()
      await loadSample(db, { cameras: 300, incidents: 50 })
      app = await startApp(db)
      server = createServer(app.handler as never)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      administrator = await makeToken(db, 'administrator')
      town = await makeToken(db, 'dispatcher', `${SAMPLE}001`)
    })
    afterAll(async () => {
      await app.close()
      server.closeAllConnections()
      server.close()
    })

    const file = (token: string, changes: object = {}) =>
      app.request
        .post('/api/incidents')
        .set('Authorization', `Bearer ${token}`)
        .send({
          id: randomUUID(),
          kind: '0101',
          severity: 'red',
          text: 'secret',
          location: INSIDE,
          occurredAt: new Date().toISOString(),
          ...changes,
        })
    const watch = (token: string, headers: Record<string, string> = {}, query = '') =>
      openSse(`${url}/api/stream${query}`, { authorization: `Bearer ${token}`, ...headers })
    const idOf = (data: string) => (JSON.parse(data) as { incident: { id: string } }).incident.id

    it('carries a report to who may see it, and only the position to who may not', async () => {
      const all = await watch(administrator)
      const near = await watch(town)
      expect(all.headers['content-type']).toBe('text/event-stream; charset=utf-8')
      expect(all.headers['cache-control']).toContain('no-transform')
      expect(all.headers['x-accel-buffering']).toBe('no')
      hello.parse(JSON.parse((await all.until(({ event }) => event === 'hello')).data))
      const other = await file(administrator, { location: ELSEWHERE }).expect(201)
      const own = await file(administrator).expect(201)
      const seen = await near.until(({ event }) => event === 'message')
      expect(idOf(seen.data)).toBe(own.body.id)
      await all.until(({ event, data }) => event === 'message' && idOf(data) === own.body.id)
      const messages = all.events.filter(({ event }) => event === 'message')
      expect(messages.map(({ data }) => idOf(data))).toEqual([other.body.id, own.body.id])
      for (const { data } of messages) streamMessage.parse(JSON.parse(data))
      expect(messages.map(({ data }) => data).join()).not.toContain('secret')
      const late = await near.until(({ event, id }) => event === 'beat' && id! >= messages[1]!.id!)
      expect(beat.parse(JSON.parse(late.data)).pos).toBe(late.id)
      all.close()
      near.close()
    })

    it('resumes by header and by query, and resets who is ahead of everything', async () => {
      const first = await watch(administrator)
      const { pos } = hello.parse(JSON.parse((await first.until(({ event }) => event === 'hello')).data))
      first.close()
      const ids = []
      for (let n = 0; n < 3; n++) ids.push((await file(administrator).expect(201)).body.id)
      for (const again of [
        await watch(administrator, { 'last-event-id': String(pos + 1) }),
        await watch(administrator, {}, `?lastEventId=${pos + 1}`),
      ]) {
        await again.until(({ id }) => id === pos + 3)
        expect(again.events.filter(({ event }) => event === 'message').map(({ data }) => idOf(data))).toEqual(ids.slice(1))
        again.close()
      }
      const ahead = await watch(administrator, { 'last-event-id': '999999999' })
      await ahead.until(({ event }) => event === 'reset')
      ahead.close()
      expect((await watch(administrator, {}, '?lastEventId=-1')).status).toBe(400)
    })

    it('ends when the token is revoked, and lets nobody in without one', async () => {
      const token = await makeToken(db, 'wall', SAMPLE)
      const wall = await watch(token)
      await wall.until(({ event }) => event === 'hello')
      const [row] = await db.query<{ id: number }>(sql`select max(id) as id from token`)
      await revokeToken(db, SYSTEM, row!.id)
      await wall.ended
      expect((await watch(token)).status).toBe(401)
    })

    it('drops a client that does not read, and goes on for the others', { timeout: 120_000 }, async () => {
      const hanging = await watch(administrator)
      const good = await watch(administrator)
      await hanging.until(({ event }) => event === 'hello')
      hanging.pause()
      // The kernel takes some megabytes before the server notices; a large message brings that about.
      const padding = 'x'.repeat(200_000)
      for (let n = 0; n < 60; n++) {
        await db.execute(sql`
          insert into outbox (county_code, unit_code, message) values (${SAMPLE}, ${SAMPLE}, jsonb_build_object('n', ${n}::int, 'padding', ${padding}::text))`)
      }
      await good.until(({ event, data }) => event === 'message' && data.includes('"n": 59'))
      await expect
        .poll(async () => (await app.request.get('/metrics').set('Authorization', `Bearer ${administrator}`)).text, {
          timeout: 90_000,
          interval: 500,
        })
        .toMatch(/stream_clients 1\n/)
      good.close()
      hanging.close()
    })

    it('answers the open ones with a position that the stream goes on from', async () => {
      const filed = await file(administrator).expect(201)
      const answer = await app.request.get('/api/incidents/open').set('Authorization', `Bearer ${town}`).expect(200)
      const body = openIncidents.parse(answer.body)
      expect(body.incidents.every(({ unitCode }) => unitCode.startsWith(`${SAMPLE}001`))).toBe(true)
      expect(body.incidents.every(({ state }) => state !== 'closed' && state !== 'cancelled')).toBe(true)
      const watcher = await watch(town, {}, `?lastEventId=${body.pos}`)
      const next = await file(administrator).expect(201)
      await watcher.until(({ event, data }) => event === 'message' && idOf(data) === next.body.id)
      const known = new Set([
        ...body.incidents.map(({ id }) => id),
        ...watcher.events.filter(({ event }) => event === 'message').map(({ data }) => idOf(data)),
      ])
      expect(known.has(filed.body.id)).toBe(true)
      watcher.close()
      await app.request.get('/api/incidents/open').query({ unit: SAMPLE }).set('Authorization', `Bearer ${town}`).expect(403)
    })

    it('shows one incident as the reader may see it', async () => {
      const filed = await file(town).expect(201)
      const get = async (token: string) => app.request.get(`/api/incidents/${filed.body.id}`).set('Authorization', `Bearer ${token}`)
      const whole = incident.parse((await get(town)).body)
      expect(whole).toMatchObject({ text: 'secret', transitions: ['accept', 'close', 'cancel'] })
      expect(whole.timeline[0]!.actor).not.toBe('')
      expect(whole.nearbyCameras.length).toBeGreaterThan(0)
      const metres = whole.nearbyCameras.map(({ distanceM }) => distanceM)
      expect(metres).toEqual([...metres].sort((a, b) => a - b))
      expect(metres.at(-1)).toBeLessThanOrEqual(1000)
      const onWall = incident.parse((await get(await makeToken(db, 'wall', SAMPLE))).body)
      expect(onWall).toMatchObject({ text: '', transitions: [], nearbyCameras: whole.nearbyCameras })
      expect(onWall.timeline.map(({ actor, note }) => [actor, note])).toEqual([['', null]])
      expect(incident.parse((await get(await makeToken(db, 'grid_worker', `${SAMPLE}001`))).body).nearbyCameras).toEqual([])
      expect((await get(await makeToken(db, 'dispatcher', `${SAMPLE}002`))).status).toBe(404)
    })

    it('moves an incident and answers it whole; a repeat of a report answers 200', async () => {
      const id = randomUUID()
      await file(town, { id }).expect(201)
      await file(town, { id, severity: 'green' })
        .expect(200)
        .expect(({ body }) => expect(body.severity).toBe('red'))
      const move = (transition: string, token = town) =>
        app.request
          .post(`/api/incidents/${id}/transitions`)
          .set('Authorization', `Bearer ${token}`)
          .send({ transition, note: 'on the way' })
      const moved = incident.parse((await move('accept').expect(200)).body)
      expect(moved).toMatchObject({
        state: 'accepted',
        version: 2,
        transitions: ['route', 'assign', 'handle', 'close', 'return', 'pause', 'cancel'],
      })
      expect(moved.timeline.at(-1)).toMatchObject({ transition: 'accept', note: 'on the way' })
      await move('accept')
        .expect(409)
        .expect(({ body }) => expect(body.code).toBe('unlawful-transition'))
      await move('assign', await makeToken(db, 'grid_worker', SAMPLE)).expect(403)
      await move('nonsense').expect(400)
    })
  })
})
