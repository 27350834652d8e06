/**
 * Everything that is served, by everybody: each endpoint of the table × every role × four jurisdictions, against the whole
 * application on real rows. An endpoint without a case in fixtures/access-cases.ts fails the test.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../server/contract/endpoints.ts'
import type { Endpoint } from '../../server/contract/endpoint.ts'
import type { Db } from '../../server/db/db.ts'
import { sql } from '../../server/db/sql.ts'
import { can, type Permission, reach, ROLES } from '../../server/model/access.ts'
import { countyOf, isWithin } from '../../server/model/code.ts'
import { AT, casesOf, JURISDICTIONS, LEAVES, PLACES, report, UNITS } from '../fixtures/access-cases.ts'
import type { Answer, Asked, Probe, Viewer } from '../fixtures/access-probe.ts'
import { makeCounties, makeToken, makeUser, startApp, type TestApp } from '../fixtures/app.ts'
import { oneDatabase } from '../fixtures/database.ts'
import { openSse } from '../fixtures/sse.ts'
import { furnish } from '../fixtures/workbench-cases.ts'

oneDatabase((open) => {
  let db: Db
  let app: TestApp
  let server: Server
  let url: string
  let admin: string
  let folder: string
  const viewers: Viewer[] = []
  const incidents = new Map<string, string>()

  const send = async (asked: Asked, authorization: string | null): Promise<Answer> => {
    const headers: Record<string, string> = authorization === null ? {} : { authorization }
    if (asked.body !== undefined) headers['content-type'] = 'application/json'
    if (asked.raw !== undefined) headers['content-type'] = 'text/csv'
    const body = asked.raw ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body))
    const answer = await fetch(url + asked.path, { method: asked.method ?? 'GET', headers, body })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const isJson = /json/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, headers: answer.headers, bytes, body: isJson ? JSON.parse(bytes.toString()) : null }
  }
  const file = async (code: string): Promise<string> => {
    const { status, body } = await send(report(code), admin)
    if (status !== 201) throw new Error(`not filed: ${JSON.stringify(body)}`)
    expect(body.unitCode).toBe(code)
    return body.id as string
  }

  beforeAll(async () => {
    db = await open()
    folder = await mkdtemp(join(tmpdir(), 'gridward-access-'))
    const basemap = join(folder, 'basemap.pmtiles')
    await writeFile(basemap, 'PMTiles')
    await makeCounties(db)
    app = await startApp(db, { basemap: { kind: 'pmtiles', path: basemap } })
    server = createServer(app.handler as Parameters<typeof createServer>[1])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    admin = `Bearer ${await makeToken(db, 'administrator')}`
    for (const role of ROLES) {
      for (const unitCode of JURISDICTIONS) {
        viewers.push({ role, unitCode, authorization: `Bearer ${await makeToken(db, role, unitCode)}` })
      }
    }
    for (const code of PLACES) incidents.set(code, await file(code))
    for (const code of LEAVES) {
      const [lng, lat] = AT[code]!
      await db.execute(sql`
        insert into camera (code, name, county_code, unit_code, placement, state, geom)
        values (${code}, ${code}, ${countyOf(code)}, ${code}, 'inside', 'online', ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326))`)
    }
    await furnish(db, LEAVES, AT)
    for (const code of ['', ...UNITS]) await makeUser(db, `user-${code || 'everywhere'}`, 'dispatcher', code)
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await app.close()
    await rm(folder, { recursive: true, force: true })
  })

  const cases = () => casesOf({ db, incidents, file })
  const names = Object.keys(endpoints) as (keyof typeof endpoints)[]

  it('has a case for every endpoint', () => {
    expect(Object.keys(cases()).sort()).toEqual(Object.keys(endpoints).sort())
  })

  /** Every code with which this viewer may lawfully be refused; none: it must be answered. */
  const refusals = (line: Endpoint, probe: Probe, viewer: Viewer | null): string[] => {
    if (line.permission === 'public') return []
    if (!viewer) return ['not-signed-in']
    if (probe.isForUsers) return ['not-allowed']
    const own = line.permission === 'signed-in' ? [] : [line.permission]
    if (own.some((each) => !can(viewer.role, each))) return ['not-allowed']
    const codes: string[] = []
    if (probe.needs && !can(viewer.role, probe.needs)) codes.push('not-allowed')
    const permission = probe.needs ?? own[0]
    const at = typeof probe.at === 'function' ? probe.at(viewer) : probe.at
    if (at !== undefined && permission && !isWithin(at, reach(viewer, permission))) codes.push(probe.refusal ?? 'outside-jurisdiction')
    return codes
  }

  const walk = async (name: keyof typeof endpoints, probe: Probe, viewer: Viewer | null): Promise<void> => {
    const line: Endpoint = endpoints[name]
    const asked = typeof probe.ask === 'function' ? await probe.ask(viewer) : probe.ask
    const answer = name === 'stream' ? await peek(viewer) : await send(asked, viewer?.authorization ?? null)
    const may = refusals(line, probe, viewer)
    if (may.length > 0) {
      expect(may).toContain(answer.body?.code)
      return
    }
    expect({ status: answer.status, body: answer.status < 400 || answer.body }).toEqual({
      status: expect.toSatisfy((status: number) => (line.statuses ?? [200]).includes(status)),
      body: true,
    })
    if (probe.shows) {
      const permission = probe.needs ?? (line.permission as Permission)
      const expected = probe.all!.filter((code) => isWithin(code, reach(viewer!, permission)))
      expect([...new Set(probe.shows(answer))].sort()).toEqual([...expected].sort())
    }
    probe.holds?.(answer, viewer)
  }

  /** The head of the stream's answer; the rest never ends. */
  const peek = async (viewer: Viewer | null): Promise<Answer> => {
    const client = await openSse(`${url}/api/stream`, viewer ? { authorization: viewer.authorization } : {})
    if (client.status === 200) client.close()
    else await client.ended
    const body = client.status === 200 ? null : (await send({ path: '/api/stream' }, viewer?.authorization ?? null)).body
    return { status: client.status, headers: new Headers(), bytes: Buffer.alloc(0), body }
  }

  describe.each(names)('%s', (name) => {
    it('asks who is there', async () => {
      for (const probe of cases()[name]()) await walk(name, probe, null)
    })
    it.each(ROLES)('honours the role %s in every jurisdiction', async (role) => {
      for (const probe of cases()[name]()) {
        for (const viewer of viewers.filter((each) => each.role === role)) {
          try {
            await walk(name, probe, viewer)
          } catch (error) {
            ;(error as Error).message = `${role} of ${viewer.unitCode || 'everything'}: ${probe.what ?? name}\n${(error as Error).message}`
            throw error
          }
        }
      }
    })
  })

  it('tells each screen of what it may see, and of nothing else', async () => {
    const streams = viewers.filter(({ role }) => can(role, 'stream.read'))
    const clients = await Promise.all(streams.map(({ authorization }) => openSse(`${url}/api/stream`, { authorization })))
    const before = await Promise.all(clients.map((client) => client.until(({ event }) => event === 'hello')))
    for (const code of PLACES) await file(code)
    const end = Math.max(...before.map(({ data }) => JSON.parse(data).pos)) + PLACES.length
    await Promise.all(clients.map((client) => client.until(({ event, id }) => event === 'beat' && id! >= end)))
    for (const [index, viewer] of streams.entries()) {
      const told = clients[index]!.events.filter(({ event }) => event === 'message').map(({ data }) => JSON.parse(data).incident.unitCode)
      const expected = can(viewer.role, 'incident.read') ? PLACES.filter((code) => isWithin(code, viewer.unitCode)) : []
      expect({ viewer: `${viewer.role} ${viewer.unitCode}`, told: told.sort() }).toEqual({
        viewer: `${viewer.role} ${viewer.unitCode}`,
        told: [...expected].sort(),
      })
    }
    for (const client of clients) client.close()
  })

  it('replays to a screen that comes back only what it may see', async () => {
    const [first] = await db.query<{ pos: number }>(sql`select min(pos) - 1 as pos from outbox where pos is not null`)
    const viewer = viewers.find(({ role, unitCode }) => role === 'wall' && unitCode === '331004001')!
    const client = await openSse(`${url}/api/stream`, { authorization: viewer.authorization, 'Last-Event-ID': String(first!.pos) })
    await client.until(({ event }) => event === 'beat')
    const told = client.events.filter(({ event }) => event === 'message').map(({ data }) => JSON.parse(data).incident.unitCode)
    expect(new Set(told)).toEqual(new Set(['331004001001001']))
    client.close()
  })

  it('counts in a summary what lies inside the unit', async () => {
    for (const unit of UNITS) {
      const { body } = await send({ path: `/api/summary?unit=${unit}` }, admin)
      const [row] = await db.query<{ open: number }>(
        sql`select count(*) as open from incident where unit_code like ${unit + '%'} and state not in ('closed', 'cancelled')`,
      )
      expect({ unit, open: body.open.today }).toEqual({ unit, open: row!.open })
    }
  })
})
