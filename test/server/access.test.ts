/**
 * Everything that is served, by everybody: each endpoint of the table × every role × four jurisdictions, against the whole
 * application on real rows. An endpoint without a case here fails the test.
 *
 *      331004 甲县                           029510 乙县
 *      ┌──────────────┬──────────────┐       ┌──────────────┐
 *      │ 331004001    │ 331004002    │       │              │       A–C: an incident and a camera each, in a leaf
 *      │ ·A           │ ·B           │  ·D   │ ·C           │  ·E   D, E: an incident of the county, in no leaf
 *      └──────────────┴──────────────┘       └──────────────┘
 */
import { VectorTile } from '@mapbox/vector-tile'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PbfReader } from 'pbf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToken } from '../../server/commands/tokens.ts'
import { endpoints } from '../../server/contract/endpoints.ts'
import type { Endpoint } from '../../server/contract/endpoint.ts'
import type { Db } from '../../server/db/db.ts'
import { sql } from '../../server/db/sql.ts'
import { SYSTEM } from '../../server/middleware/actor.ts'
import { can, type Permission, reach, type Role, ROLES } from '../../server/model/access.ts'
import { countyOf, isWithin } from '../../server/model/code.ts'
import { makeCounties, makeToken, makeUser, PASSWORD, startApp, type TestApp } from '../fixtures/app.ts'
import { eachDatabase } from '../fixtures/database.ts'
import { openSse } from '../fixtures/sse.ts'

type Place = [lng: number, lat: number]
const AT: Record<string, Place> = {
  '331004001001001': [121.05, 28.05],
  '331004002': [121.15, 28.05],
  '029510000000001': [-89.95, 38.05],
  '331004': [121.3, 28.05],
  '029510': [-89.7, 38.05],
}
/** Units that hold a camera; those and the counties, whose incidents lie in no leaf, hold an incident. */
const LEAVES = ['331004001001001', '331004002', '029510000000001']
const PLACES = [...LEAVES, '331004', '029510']
const UNITS = ['331004', '331004001', '331004001001', '331004001001001', '331004002', '029510', '029510000000001']
const JURISDICTIONS = ['', '331004', '331004001', '029510']

interface Viewer {
  role: Role
  unitCode: string
  authorization: string
}
interface Answer {
  status: number
  headers: Headers
  bytes: Buffer
  // Whatever the endpoint answers: each probe knows what it asked for.
  body: any
}
interface Asked {
  method?: string
  path: string
  body?: unknown
  raw?: string
}

const ownCounty = (viewer: Viewer | null): string => countyOf(viewer?.unitCode || '331004')

/** One request of an endpoint, and what the jurisdiction makes of it. */
interface Probe {
  what?: string
  ask: Asked | ((viewer: Viewer | null) => Promise<Asked> | Asked)
  /** Asked for beside the endpoint's own permission. */
  needs?: Permission
  /** The unit that is touched; who does not reach it gets `refusal`. */
  at?: string | ((viewer: Viewer) => string)
  refusal?: 'outside-jurisdiction' | 'not-found'
  /** Codes of the units whose things the answer shows: exactly those of `all` that the viewer reaches. */
  shows?: (answer: Answer) => string[]
  all?: readonly string[]
  /** What must hold besides. */
  holds?: (answer: Answer, viewer: Viewer | null) => void
}

const tileOf = ([lng, lat]: Place, z: number): string => {
  const y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2
  return `${z}/${Math.floor(((lng + 180) / 360) * 2 ** z)}/${Math.floor(y * 2 ** z)}`
}
const inTile =
  (layer: string, property: string) =>
  ({ bytes }: Answer): string[] => {
    const found = bytes.length === 0 ? undefined : new VectorTile(new PbfReader(bytes)).layers[layer]
    return Array.from({ length: found?.length ?? 0 }, (_, i) => String(found!.feature(i).properties[property]))
  }
const inBox = ([west, south, east, north]: number[]): string[] =>
  LEAVES.filter((code) => AT[code]![0] > west! && AT[code]![0] < east! && AT[code]![1] > south! && AT[code]![1] < north!)

eachDatabase((open) => {
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
  const report = (code: string) => ({
    method: 'POST',
    path: '/api/incidents',
    body: {
      id: randomUUID(),
      kind: '0101',
      severity: 'red',
      text: `text of ${code}`,
      location: AT[code],
      occurredAt: new Date().toISOString(),
    },
  })
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
    for (const code of ['', ...UNITS]) await makeUser(db, `user-${code || 'everywhere'}`, 'dispatcher', code)
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await app.close()
    await rm(folder, { recursive: true, force: true })
  })

  const get = (path: string, more: Omit<Probe, 'ask'> = {}): Probe => ({ what: path, ask: { path }, ...more })
  const markers = ({ body }: Answer): string[] => body.incidents.map((each: { unitCode: string }) => each.unitCode)
  const features =
    (property: string) =>
    ({ body }: Answer): string[] => {
      expect(body.numberMatched).toBe(body.features.length)
      return body.features.map((each: { properties: Record<string, string> }) => each.properties[property])
    }
  const COLLECTIONS = [
    { name: 'units', needs: 'unit.read', all: UNITS, layer: 'units', property: 'code', held: UNITS },
    { name: 'cameras', needs: 'camera.read', all: LEAVES, layer: 'cameras', property: 'code', held: LEAVES },
    { name: 'incidents', needs: 'incident.read', all: PLACES, layer: 'incidents', property: 'unitCode', held: PLACES },
  ] as const
  const hidesText = ({ body }: Answer, viewer: Viewer | null): void => {
    const text = body.text ?? body.properties?.text ?? ''
    expect(text.startsWith('text of')).toBe(can(viewer!.role, 'incident.detail'))
  }
  const anew = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 13)}`

  const CASES: Record<keyof typeof endpoints, () => Probe[]> = {
    health: () => [get('/healthz')],
    ready: () => [get('/readyz')],
    metrics: () => [get('/metrics')],
    openApi: () => [get('/openapi.json')],
    basemap: () => [get('/basemap.pmtiles')],
    appInfo: () => [get('/api/app')],

    signIn: () => [{ ask: { method: 'POST', path: '/api/session', body: { username: 'user-331004', password: PASSWORD } } }],
    whoAmI: () => [
      get('/api/session', { holds: ({ body }, viewer) => expect(body).toMatchObject({ role: viewer!.role, unitCode: viewer!.unitCode }) }),
    ],
    signOut: () => [{ ask: { method: 'DELETE', path: '/api/session' } }],
    listUsers: () => [
      get('/api/users', { all: ['', ...UNITS], shows: ({ body }) => body.users.map((each: { unitCode: string }) => each.unitCode) }),
    ],
    createUser: () =>
      ['', ...UNITS].map((at) => ({
        what: `at ${at}`,
        at,
        ask: () => ({
          method: 'POST',
          path: '/api/users',
          body: { username: anew('new'), displayName: 'x', password: PASSWORD, role: 'administrator', unitCode: at },
        }),
      })),
    changeUser: () =>
      ['', ...UNITS].map((at) => ({
        what: `of ${at}`,
        at,
        refusal: 'not-found' as const,
        ask: async () => {
          const [row] = await db.query<{ id: number }>(sql`select id from app_user where username = ${`user-${at || 'everywhere'}`}`)
          return { method: 'PATCH', path: `/api/users/${row!.id}`, body: { displayName: 'y' } }
        },
      })),
    listTokens: () => [
      get('/api/tokens', { all: JURISDICTIONS, shows: ({ body }) => body.tokens.map((each: { unitCode: string }) => each.unitCode) }),
    ],
    createToken: () =>
      JURISDICTIONS.map((at) => ({
        what: `at ${at}`,
        at,
        ask: () => ({ method: 'POST', path: '/api/tokens', body: { name: 'made', role: 'administrator', unit: at } }),
      })),
    revokeToken: () =>
      JURISDICTIONS.map((at) => ({
        what: `of ${at}`,
        at,
        refusal: 'not-found' as const,
        ask: async () => {
          const { id } = await createToken(db, SYSTEM, { name: 'to be revoked', purpose: 'api', role: 'wall', unit: at })
          return { method: 'DELETE', path: `/api/tokens/${id}` }
        },
      })),

    kinds: () => [get('/api/kinds')],
    units: () =>
      UNITS.map((at) =>
        get(`/api/units?unit=${at}`, {
          at,
          all: UNITS.filter((code) => isWithin(code, countyOf(at))),
          shows: ({ body }) => body.units.map((each: { code: string }) => each.code),
        }),
      ),
    summary: () =>
      UNITS.map((at) =>
        get(`/api/summary?unit=${at}`, {
          at,
          holds: ({ body }) => {
            const inside = (code: string) => isWithin(code, at)
            expect(body.cameras).toEqual({ online: LEAVES.filter(inside).length, offline: 0 })
            for (const each of body.overdueList) expect(inside(each.unitCode)).toBe(true)
          },
        }),
      ),
    openIncidents: () =>
      UNITS.map((at) => get(`/api/incidents/open?unit=${at}`, { at, all: PLACES.filter((code) => isWithin(code, at)), shows: markers })),
    incident: () =>
      PLACES.map((at) => ({
        what: at,
        at,
        refusal: 'not-found' as const,
        ask: () => ({ path: `/api/incidents/${incidents.get(at)}` }),
        holds: (answer, viewer) => {
          hidesText(answer, viewer)
          const near = answer.body.nearbyCameras.map((each: { code: string }) => each.code)
          expect(near).toEqual(can(viewer!.role, 'camera.read') && LEAVES.includes(at) ? [at] : [])
        },
      })),
    // What it carries is below: here only who may open it.
    stream: () => [get('/api/stream')],

    fileIncident: () => [
      ...LEAVES.map((at) => ({ what: at, at, ask: () => report(at) })),
      // What lies in no leaf is counted in the reporter's own county, which a town does not reach.
      { what: 'in no leaf', at: ownCounty, ask: (viewer) => report(ownCounty(viewer)) },
    ],
    moveIncident: () =>
      PLACES.map((at) => ({
        what: at,
        at,
        needs: 'incident.accept' as const,
        refusal: 'not-found' as const,
        ask: async () => ({ method: 'POST', path: `/api/incidents/${await file(at)}/transitions`, body: { transition: 'accept' } }),
      })),
    importFile: () => [
      {
        what: 'cameras of 331004',
        at: '331004',
        needs: 'camera.import',
        ask: {
          method: 'POST',
          path: '/api/import/cameras?dryRun=true&county=331004&datum=wgs84&fileName=cameras.csv',
          raw: 'code,name,lng,lat\n33100400001320000001,x,121.05,28.05\n',
        },
      },
    ],

    // A profile is a way of reading files, for nobody's area in particular.
    keepImportProfile: () =>
      (['units', 'incidents', 'cameras'] as const).map((noun) => ({
        what: noun,
        needs: `${noun === 'units' ? 'unit' : noun === 'cameras' ? 'camera' : 'incident'}.import` as const,
        ask: () => ({ method: 'POST', path: `/api/import/${noun}/profiles/${anew('profile')}`, body: { datum: 'wgs84' } }),
      })),

    ogcLanding: () => [get('/ogc')],
    ogcConformance: () => [get('/ogc/conformance')],
    ogcApi: () => [get('/ogc/api')],
    ogcCollections: () => [
      get('/ogc/collections', {
        holds: ({ body }, viewer) => {
          const readable = COLLECTIONS.filter(({ needs }) => can(viewer!.role, needs)).map(({ name }) => name)
          expect(body.collections.map((each: { id: string }) => each.id)).toEqual(readable)
        },
      }),
    ],
    ogcCollection: () =>
      COLLECTIONS.map(({ name, needs }) =>
        get(`/ogc/collections/${name}`, { needs, all: LEAVES, shows: ({ body }) => inBox(body.extent.spatial.bbox[0]) }),
      ),
    ogcItems: () =>
      COLLECTIONS.flatMap(({ name, needs, all, property }) => [
        get(`/ogc/collections/${name}/items?limit=10000`, { needs, all, shows: features(property) }),
        ...UNITS.map((unit) =>
          get(`/ogc/collections/${name}/items?limit=10000&unit=${unit}`, {
            needs,
            all: all.filter((code) => isWithin(code, unit)),
            shows: features(property),
          }),
        ),
        ...LEAVES.map((code) => {
          const [lng, lat] = AT[code]!
          const bbox = [lng - 0.001, lat - 0.001, lng + 0.001, lat + 0.001].join(',')
          const there = all.filter((each) => (name === 'units' ? isWithin(code, each) : each === code))
          return get(`/ogc/collections/${name}/items?limit=10000&bbox=${bbox}`, { needs, all: there, shows: features(property) })
        }),
      ]),
    ogcItem: () =>
      COLLECTIONS.flatMap(({ name, needs, held }) =>
        held.map((at) => ({
          what: `${name} ${at}`,
          at,
          needs,
          refusal: 'not-found' as const,
          ask: () => ({ path: `/ogc/collections/${name}/items/${name === 'incidents' ? incidents.get(at) : at}` }),
          ...(name === 'incidents' ? { holds: hidesText } : {}),
        })),
      ),

    tileJson: () =>
      COLLECTIONS.map(({ name, needs }) => get(`/tiles/${name}.json`, { needs, all: LEAVES, shows: ({ body }) => inBox(body.bounds) })),
    tile: () =>
      COLLECTIONS.flatMap(({ name, needs, all, layer, property }) =>
        PLACES.flatMap((place) => {
          const there = all.filter((code) => (name === 'units' ? isWithin(place, code) && LEAVES.includes(place) : code === place))
          return get(`/tiles/${name}/${tileOf(AT[place]!, 14)}.mvt`, { needs, all: there, shows: inTile(layer, property) })
        }),
      ),
  }

  it('has a case for every endpoint', () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(endpoints).sort())
  })

  /** Every code with which this viewer may lawfully be refused; none: it must be answered. */
  const refusals = (line: Endpoint, probe: Probe, viewer: Viewer | null): string[] => {
    if (line.permission === 'public') return []
    if (!viewer) return ['not-signed-in']
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

  describe.each(Object.keys(CASES) as (keyof typeof endpoints)[])('%s', (name) => {
    it('asks who is there', async () => {
      for (const probe of CASES[name]()) await walk(name, probe, null)
    })
    it.each(ROLES)('honours the role %s in every jurisdiction', async (role) => {
      for (const probe of CASES[name]()) {
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
