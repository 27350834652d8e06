/**
 * Garbage in, a problem out: every endpoint of the table is driven with what no client should send. Whatever comes, the answer is
 * one of success or 4xx with a known code, within seconds, and never a failure of the server. Values are half garbage, half what
 * the contract asks for with one part spoilt, so that they get past the first check too.
 */
import fc from 'fast-check'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Endpoint } from '../../server/contract/endpoint.ts'
import { endpoints } from '../../server/contract/endpoints.ts'
import { PROBLEM_CODES, type ProblemCode, problemDetails } from '../../server/contract/problem.ts'
import type { Db } from '../../server/db/db.ts'
import { makeToken, startApp } from '../fixtures/app.ts'
import { eachDatabase } from '../fixtures/database.ts'
import { bodyOf, headersOf, pathOf, queryOf } from '../fixtures/garbage.ts'
import { loadSample } from '../fixtures/sample-county.ts'
import { listenOn } from '../fixtures/server.ts'

/** More of it, and from elsewhere: FUZZ_RUNS=2000 FUZZ_SEED=7. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_301)
const PATIENCE_MS = 20_000
const MEGABYTES = 10

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

const unpack = (bytes: Buffer, encoding: string | undefined): string =>
  (bytes.length === 0
    ? bytes
    : encoding === 'br'
      ? brotliDecompressSync(bytes)
      : encoding === 'gzip'
        ? gunzipSync(bytes)
        : bytes
  ).toString()

eachDatabase((open) => {
  let db: Db
  let url: string
  let token: string
  const agent = new Agent({ keepAlive: true })
  /** How often an endpoint answered with success. */
  const passed = new Map<string, number>()

  beforeAll(async () => {
    db = await open()
    await loadSample(db, { cameras: 20, incidents: 50 })
    const app = await startApp(db)
    const server = await listenOn(app.handler as never)
    url = server.url
    // Out of reach of the small numbers by which the fuzz revokes tokens.
    await db.script('alter table token alter column id restart with 7777777')
    token = await makeToken(db, 'administrator')
    return async () => {
      agent.destroy()
      await server.close()
      await app.close()
    }
  })

  const ask = (method: string, path: string, headers: Record<string, string>, body: string | Buffer | null): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const bytes = body === null ? null : Buffer.from(body as string)
      const req = request(`${url}${path}`, {
        agent,
        method: method.toUpperCase(),
        headers: { Authorization: `Bearer ${token}`, ...headers, ...(bytes && { 'Content-Length': String(bytes.length) }) },
      })
      req.setTimeout(PATIENCE_MS, () => req.destroy(new Error(`${method} ${path} hangs`)))
      req.on('error', reject)
      req.on('response', (res) => {
        const { statusCode: status = 0, headers: got } = res
        const isEndless = got['content-type']?.startsWith('text/event-stream')
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => resolve({ status, headers: got, text: unpack(Buffer.concat(chunks), got['content-encoding']) }))
        res.on('error', (cause) => (isEndless ? undefined : reject(cause)))
        if (isEndless) {
          resolve({ status, headers: got, text: '' })
          req.destroy()
        }
      })
      req.end(bytes ?? undefined)
    })

  const judge = ({ status, headers, text }: Answer) => {
    expect(status, text).toBeGreaterThanOrEqual(200)
    expect(status, text).toBeLessThan(500)
    if (status < 400) return
    expect(headers['content-type']).toMatch(/^application\/problem\+json/)
    const problem = problemDetails.parse(JSON.parse(text))
    expect(PROBLEM_CODES[problem.code as ProblemCode]).toBe(status)
  }

  describe.each(Object.entries(endpoints) as [string, Endpoint][])('%s', (name, line) => {
    it('answers garbage with a problem, and goes on', async () => {
      await fc.assert(
        fc.asyncProperty(pathOf(line), queryOf(line), headersOf, bodyOf(line), async (path, query, headers, body) => {
          const answer = await ask(line.method, query === '' ? path : `${path}?${query}`, headers, body)
          judge(answer)
          if (answer.status < 300) passed.set(name, (passed.get(name) ?? 0) + 1)
        }),
        { numRuns: RUNS, seed: SEED },
      )
    })
  })

  it(`refuses ${MEGABYTES} MB where it takes a small body, and drops them where it takes none`, async () => {
    const big = Buffer.alloc(MEGABYTES * 1024 * 1024, '[')
    for (const line of Object.values(endpoints) as Endpoint[]) {
      if (line.body === 'raw') continue
      const path = line.path.replace(/:(\w+)/g, '1')
      const answer = await ask(line.method, path, { 'Content-Type': 'application/json' }, big)
      judge(answer)
      if (line.body !== undefined) expect([400, 401, 403, 413], line.path).toContain(answer.status)
    }
  })

  it('got behind the first check where that is not easy', () => {
    const hard = [
      'createUser',
      'createToken',
      'fileIncident',
      'createPlan',
      'plan',
      'units',
      'incident',
      'ogcItems',
      'ogcItem',
      'tile',
    ] as const
    expect(hard.filter((name) => !passed.has(name))).toEqual([])
  })

  it('is as well afterwards as before', async () => {
    expect((await ask('get', '/readyz', {}, null)).status).toBe(200)
    expect(JSON.parse((await ask('get', '/ogc/collections/cameras/items?limit=1', {}, null)).text).numberMatched).toBe(20)
  })
})
