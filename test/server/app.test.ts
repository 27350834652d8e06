/** The application as a whole: what it serves, what it says of itself, and what it keeps to itself. */
import { pino } from 'pino'
import supertest from 'supertest'
import { beforeAll, describe, expect, it } from 'vitest'
import { type App, createApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { endpoints } from '../../server/contract/endpoints.ts'
import type { Db } from '../../server/db/db.ts'
import { makeToken, makeUser, PASSWORD, startApp, type TestApp } from '../fixtures/app.ts'
import { openEmbedded } from '../fixtures/database.ts'
import { loadSample, SAMPLE } from '../fixtures/sample-county.ts'

interface Layer {
  route?: { path: string | string[]; methods: Record<string, boolean> }
  handle: { stack?: Layer[] }
}

/** `get /api/units` for every route of the application; pages and files of the web apart. */
const routesOf = (stack: readonly Layer[]): string[] =>
  stack.flatMap(({ route, handle }) => {
    if (!route) return handle.stack ? routesOf(handle.stack) : []
    const isWeb = Array.isArray(route.path) || route.path.startsWith('/assets')
    return isWeb || route.methods['_all'] ? [] : Object.keys(route.methods).map((method) => `${method} ${String(route.path)}`)
  })

describe('the application', () => {
  let db: Db
  let app: TestApp
  let token: string
  beforeAll(async () => {
    db = await openEmbedded()
    await loadSample(db, { cameras: 5, incidents: 20 })
    app = await startApp(db)
    token = await makeToken(db, 'administrator')
    return () => app.close()
  })
  const get = (path: string) => app.request.get(path).set('Authorization', `Bearer ${token}`)

  it('serves each endpoint of the table and nothing else', () => {
    const served = routesOf((app.handler as unknown as { router: { stack: Layer[] } }).router.stack)
    expect([...new Set(served)].sort()).toEqual(
      Object.values(endpoints)
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    )
  })

  it('tells whoever uses a wrong method which ones there are', async () => {
    const { body, headers } = await app.request.delete('/api/units').expect(405)
    expect(body.code).toBe('method-not-allowed')
    expect(headers['allow']).toBe('GET, HEAD')
    await app.request.put('/api/incidents').set('Authorization', `Bearer ${token}`).expect(405)
    await get('/healthz').expect(200)
    await app.request.head('/healthz').expect(200)
  })

  it('answers what it does not serve with a problem', async () => {
    for (const path of ['/api', '/api/nothing', '/tiles', '/wp-login.php', '/assets/none.js']) {
      const { body } = await get(path)
        .expect(404)
        .expect('Content-Type', /^application\/problem\+json/)
      expect(body).toMatchObject({ code: 'not-found', status: 404 })
      expect(body.requestId).toMatch(/^[\w-]{36}$/)
    }
  })

  it('lets a page load from this server only', async () => {
    const { headers } = await app.request.get('/healthz')
    const policy = Object.fromEntries(
      headers['content-security-policy']!.split(';').map((part) => [part.trim().split(' ')[0], part.trim().split(' ').slice(1)]),
    )
    expect(policy).toMatchObject({
      'default-src': ["'self'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'connect-src': ["'self'"],
      'worker-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'object-src': ["'none'"],
    })
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['strict-transport-security']).toBeUndefined()
  })

  it('lets in the one basemap host that is configured, and promises TLS where there is TLS', async () => {
    const other = await startApp(db, {
      basemap: { kind: 'tilejson', url: 'https://tiles.example:8443/map.json' },
      tls: { certPath: '/x', keyPath: '/y' },
    })
    const { headers } = await other.request.get('/healthz')
    expect(headers['content-security-policy']).toContain("connect-src 'self' https://tiles.example:8443;")
    expect(headers['strict-transport-security']).toMatch(/max-age=\d+/)
    await other.close()
  })

  it('lets in 天地图 only where its key is configured', async () => {
    const policy = async (of: TestApp) => (await of.request.get('/healthz')).headers['content-security-policy']
    expect(await policy(app)).not.toContain('tianditu')
    const other = await startApp(db, { basemap: { kind: 'tianditu', key: 'k'.repeat(32) } })
    const allowed = await policy(other)
    for (const directive of ["img-src 'self' data: blob:", "connect-src 'self'"]) {
      expect(allowed).toContain(`${directive} https://*.tianditu.gov.cn;`)
    }
    const { body } = await other.request.get('/api/app')
    // The host that the pages will ask is one of those, and the attribution is there without being asked for.
    expect(new URL(body.basemap.url).host).toMatch(/\.tianditu\.gov\.cn$/)
    expect(body.basemap).toMatchObject({ kind: 'raster', attribution: '天地图' })
    await other.close()
  })

  it('compresses answers', async () => {
    const { headers } = await get('/ogc/collections/units/items').set('Accept-Encoding', 'gzip').expect(200)
    expect(headers['content-encoding']).toBe('gzip')
  })

  it('shows its metrics to those who may see them, by route and not by address', async () => {
    await get(`/ogc/collections/units/items/${SAMPLE}`)
    await get('/tiles/units/10/857/427.mvt')
    await get('/tiles/units/10/857/427.mvt')
    await app.request.get('/metrics').expect(401)
    const { text } = await get('/metrics').expect(200)
    expect(text).toContain('route="/ogc/collections/:collection/items/:featureId"')
    expect(text).not.toContain(`items/${SAMPLE}`)
    expect(text).toMatch(/gridward_tiles_total\{name="units",cache="hit"\} [1-9]/)
    expect(text).toMatch(/gridward_db_seconds_count\{operation="query"\} [1-9]/)
    expect(text).toMatch(/gridward_stream_clients 0/)
  })
})

describe('the log', () => {
  it('has one line a request, and nothing personal in it', async () => {
    const db = await openEmbedded()
    await loadSample(db, { cameras: 1, incidents: 5 })
    const lines: string[] = []
    const app: App = await createApp({
      db,
      config: readConfig({}),
      log: pino({ level: 'debug' }, { write: (line) => void lines.push(line) }),
    })
    const request = supertest(app.handler)
    await makeUser(db, 'zhang-san')
    const token = await makeToken(db, 'administrator')
    lines.length = 0
    await request.post('/api/session').send({ username: 'zhang-san', password: PASSWORD }).expect(200)
    await request.get('/api/units?unit=13800138000').set('Cookie', 'gridward=secret-cookie').set('User-Agent', 'phone-of-somebody')
    await request.get('/some/typed-by-somebody').set('Authorization', `Bearer ${token}`).expect(404)
    await request
      .get('/ogc/collections/incidents/items/00000000-0000-4000-8000-000000000001')
      .set('Authorization', `Bearer ${token}`)
      .expect(200)
    const text = lines.join('')
    for (const secret of ['zhang-san', PASSWORD, 'secret-cookie', 'somebody', '13800138000', token, '127.0.0.1', '合成', '0000-4000']) {
      expect(text).not.toContain(secret)
    }
    const requests = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'request')
    expect(requests.map(({ method, route, status }) => [method, route, status])).toEqual([
      ['POST', '/api/session', 200],
      ['GET', '/api/units', 401],
      ['GET', '-', 404],
      ['GET', '/ogc/collections/:collection/items/:featureId', 200],
    ])
    for (const line of requests) {
      expect(line['requestId']).toMatch(/^[\w-]{36}$/)
      expect(line['ms']).toEqual(expect.any(Number))
    }
    await app.close()
  })
})

describe('a server without its database', () => {
  it('lives, but is not ready', async () => {
    const db = await openEmbedded()
    const app = await startApp(db)
    await expect.poll(async () => (await app.request.get('/readyz').expect(200)).body.leads, { timeout: 20_000 }).toBe(true)
    await db.close()
    await app.request.get('/healthz').expect(200)
    const { body } = await app.request.get('/readyz').expect(503)
    expect(body).toMatchObject({ status: 'not-ready', database: 'silent' })
    await app.close().catch(() => undefined)
  })
})
