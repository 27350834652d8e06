/**
 * Garbage in, a problem out: every endpoint of the table is driven with what no client should send. Whatever comes, the answer is
 * one of success or 4xx with a known code, within seconds, and never a failure of the server. Values are half garbage, half what
 * the contract asks for with one part spoilt, so that they get past the first check too.
 */
import fc from 'fast-check'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { Endpoint } from '../../server/contract/endpoint.ts'
import { endpoints } from '../../server/contract/endpoints.ts'
import { PROBLEM_CODES, type ProblemCode, problemDetails } from '../../server/contract/problem.ts'
import type { Db } from '../../server/db/db.ts'
import { schemaOf } from '../../server/routes/openapi.ts'
import { makeToken, startApp } from '../fixtures/app.ts'
import { eachDatabase } from '../fixtures/database.ts'
import { loadSample, SAMPLE } from '../fixtures/sample-county.ts'
import { listenOn } from '../fixtures/server.ts'

/** More of it, and from elsewhere: FUZZ_RUNS=2000 FUZZ_SEED=7. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_301)
const PATIENCE_MS = 20_000
const MEGABYTES = 10

const NASTY = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  '9'.repeat(40),
  '9223372036854775808',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  "'; drop table incident; --",
  "1' or '1'='1",
  '1) union select null, username from app_user --',
  '%',
  '_',
  '\\',
  '$1',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\uffff',
  '路桥区',
  '../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '<script>alert(1)</script>',
  '${7*7}',
  '\r\nSet-Cookie: a=b',
  '0,0,1e400,1',
  '-180,-90,180,90',
  '181,91,182,92',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '2026-02-30T00:00:00Z/..',
  '../..',
  SAMPLE,
  '00000000-0000-4000-8000-000000000001',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
]

const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
)
const nastyJson = fc.oneof(
  nasty,
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.1,
    1e300,
    -0,
    [],
    {},
    [[[[]]]],
    { __proto__: null },
    Number.MAX_SAFE_INTEGER + 1,
    [181, 91],
    [1e9, NaN],
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

type Schema = Record<string, unknown> & {
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  items?: Schema | Schema[]
  prefixItems?: Schema[]
}

/** Values that mean something here, by the name they go under. */
const MEANT: Record<string, readonly unknown[]> = {
  kind: ['0101', '01'],
  unit: [SAMPLE, `${SAMPLE}001`],
  unitCode: [SAMPLE, ''],
  location: [
    [121.33, 28.53],
    [0, 90],
  ],
  occurredAt: ['2026-03-01T00:00:00Z'],
  expiresAt: ['2999-01-01T00:00:00Z'],
  revision: [0, 1],
  from: [0, 1],
  effectiveOn: ['2999-01-01'],
  featureId: [SAMPLE, '00000000-0000-4000-8000-000000000001', `${SAMPLE}00001320000001`],
  at: ['2026-02-01', '2024-12-31', '2026-02-01T00:00:00Z'],
  datetime: ['2026-02-01T00:00:00Z/..', '2026-02-01T00:00:00Z'],
  bbox: ['121,28,122,29', '170,-10,-170,10'],
  limit: [1, 10],
  z: [10, 14],
  x: [857, 13713],
  y: [427, 6836],
}

/** Values that a JSON schema of ours admits, more or less. */
function sound(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(sound))
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]))
  if ('const' in schema) return fc.constant(schema['const'])
  if (schema['format'] === 'uuid') return fc.oneof(fc.uuid(), fc.constant('00000000-0000-4000-8000-000000000001'))
  if (schema['format'] === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  if (typeof schema['pattern'] === 'string') return fc.stringMatching(new RegExp(schema['pattern']), { maxLength: 64 })
  if (schema.prefixItems) return fc.tuple(...schema.prefixItems.map(sound))
  if (schema.properties) {
    const all = Object.entries(schema.properties).map(([name, each]): [string, fc.Arbitrary<unknown>] => {
      const meant = MEANT[name]
      return [name, meant ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...meant) }, sound(each)) : sound(each)]
    })
    const required = new Set(schema['required'] as string[] | undefined)
    const optional = all.map(([name]) => name).filter((name) => !required.has(name))
    return fc
      .tuple(fc.record(Object.fromEntries(all)), fc.subarray(optional, { maxLength: Math.min(2, optional.length) }))
      .map(([whole, taken]) => Object.fromEntries(Object.entries(whole).filter(([name]) => required.has(name) || taken.includes(name))))
  }
  if (schema['type'] === 'string') return fc.oneof(fc.string({ maxLength: 40 }), nasty)
  if (schema['type'] === 'integer') return fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer())
  if (schema['type'] === 'number') return fc.double({ noNaN: true, min: -200, max: 200 })
  if (schema['type'] === 'boolean') return fc.boolean()
  return nasty
}

const soundOf = (schema: z.ZodType) => sound(schemaOf(schema, 'input', 'draft-2020-12') as Schema)
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the contract asks for, with perhaps one part replaced, left out or added. */
const spoilt = (schema: z.ZodType, garbage: fc.Arbitrary<unknown>) =>
  fc
    .tuple(soundOf(schema), garbage, fc.nat(), fc.constantFrom('as-is', 'as-is', 'as-is', 'replace', 'drop', 'add'))
    .map(([value, other, at, how]) => {
      if (!isObject(value) || how === 'as-is') return value
      const names = Object.keys(value)
      const name = names[at % Math.max(1, names.length)] ?? 'more'
      if (how === 'drop') return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))
      return { ...value, [how === 'add' ? 'unheard-of' : name]: other }
    })

/** Percent-encoded bytes of any text, lone surrogates too; now and then encodings that are none. */
const escaped = fc
  .tuple(nasty, fc.constantFrom('sound', 'sound', 'sound', 'broken'))
  .map(([text, how]) =>
    how === 'broken' ? '%ZZ%' : [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
const plain = (value: unknown): string => encodeURIComponent(Buffer.from(String(value)).toString())

const pathOf = (line: Endpoint): fc.Arbitrary<string> => {
  const names = [...line.path.matchAll(/:(\w+)/g)].map(([, name]) => name!)
  const values = line.params ? soundOf(line.params) : fc.constant({})
  return fc
    .tuple(values, fc.array(escaped, { minLength: names.length, maxLength: names.length }), fc.nat({ max: 4 }))
    .map(([good, bad, spoil]) =>
      names.reduce((path, name, i) => {
        const value = spoil === i && bad[i] !== '' ? bad[i]! : plain((good as Record<string, unknown>)[name])
        return path.replace(`:${name}`, value)
      }, line.path),
    )
}

const queryOf = (line: Endpoint): fc.Arbitrary<string> => {
  const good = line.query ? spoilt(line.query, nasty).map((value) => (isObject(value) ? Object.entries(value) : [])) : fc.constant([])
  const pairs = good.map((entries) => entries.map(([name, value]) => `${plain(name)}=${plain(value)}`))
  const added = fc.tuple(fc.constantFrom('unit', 'limit', 'bbox', 'cursor', '__proto__', 'v', 'lastEventId', 'x[]'), escaped)
  const extra = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(added, { maxLength: 2 }))
  return fc
    .tuple(pairs, extra, fc.nat({ max: 3 }))
    .map(([own, more, chance]) =>
      [...own, ...more.map(([name, value]) => `${name}=${value}`), ...(chance === 0 ? own.slice(0, 1) : [])].join('&'),
    )
}

const bodyOf = (line: Endpoint): fc.Arbitrary<string | Buffer | null> => {
  if (line.body === undefined) return fc.constantFrom(null, '{}', 'x')
  const raw = fc.oneof(
    fc.constantFrom('', '{', '[1,', '{"a":NaN}', '{"id":01}', '"text"', 'null', '\u0000', '{"\\ud800":"\\udfff"}', '['.repeat(5000)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    nastyJson.map((value) => JSON.stringify(value) ?? ''),
  )
  if (line.body === 'raw') return raw
  return fc.oneof(
    { weight: 3, arbitrary: spoilt(line.body, nastyJson).map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: raw },
  )
}

const headersOf = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ 'Content-Type': 'application/json' }) },
  fc.record(
    {
      'Content-Type': fc.constantFrom(
        'application/json',
        'application/json',
        'application/json; charset=utf-16',
        'text/plain',
        'x',
        'multipart/form-data',
        'application/geo+json',
        'text/csv',
      ),
      'Content-Encoding': fc.constantFrom('identity', 'gzip', 'br', 'x'),
      'Last-Event-ID': fc.constantFrom('1', '-1', 'x', '9'.repeat(30)),
      'If-None-Match': fc.constantFrom('*', 'W/"x"', '"'),
      Range: fc.constantFrom('bytes=0-1', 'bytes=x', 'bytes=9999999-'),
      'Accept-Encoding': fc.constantFrom('br', 'gzip;q=0', 'x', '*'),
      Accept: fc.constantFrom('text/html', 'x/y;q=z'),
    },
    { requiredKeys: ['Content-Type'] },
  ),
)

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
        { numRuns: RUNS, seed: SEED, endOnFailure: true },
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
    const hard = ['createUser', 'createToken', 'fileIncident', 'createPlan', 'plan', 'units', 'incident', 'ogcItems', 'ogcItem', 'tile'] as const
    expect(hard.filter((name) => !passed.has(name))).toEqual([])
  })

  it('is as well afterwards as before', async () => {
    expect((await ask('get', '/readyz', {}, null)).status).toBe(200)
    expect(JSON.parse((await ask('get', '/ogc/collections/cameras/items?limit=1', {}, null)).text).numberMatched).toBe(20)
  })
})
