import { afterEach, describe, expect, it, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import { addressOf, ApiProblem, call, NetworkFailure, whenSignedOut } from '../../../web/api/client.ts'
import { backoff } from '../../../web/api/feed.ts'

const answer = (status: number, body: unknown, type = 'application/json') =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body === null ? null : JSON.stringify(body), { status, headers: { 'content-type': type } })),
  )
const problem = (code: string, status: number) => ({
  type: 'about:blank',
  title: code,
  status,
  code,
  detail: 'why',
  errors: [{ where: 'query/unit', message: 'no' }],
})

describe('the address of a call', () => {
  it('has its path filled in and leaves out what is not given', () => {
    const id = '00000000-0000-4000-8000-000000000001'
    expect(addressOf(endpoints.incident, { params: { id } })).toBe(`/api/incidents/${id}`)
    expect(addressOf(endpoints.summary, { query: { unit: '331004' } })).toBe('/api/summary?unit=331004')
    expect(addressOf(endpoints.summary, { query: { unit: undefined } })).toBe('/api/summary')
    expect(() => addressOf(endpoints.incident)).toThrow('needs id')
  })
})

describe('a call', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    whenSignedOut(() => {})
  })
  const me = { name: 'admin', displayName: '管理员', role: 'administrator', unitCode: '', permissions: [] }

  it('answers what the contract says', async () => {
    answer(200, me)
    expect(await call(endpoints.whoAmI)).toEqual(me)
  })

  it('throws what the server refused, with its code, detail and places', async () => {
    answer(403, problem('not-allowed', 403), 'application/problem+json')
    const error = await call(endpoints.whoAmI).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ApiProblem)
    expect(error).toMatchObject({ code: 'not-allowed', status: 403, detail: 'why', errors: [{ where: 'query/unit', message: 'no' }] })
  })

  it('tells when nobody is signed in any more, but not of wrong credentials', async () => {
    let told = 0
    whenSignedOut(() => told++)
    answer(401, problem('wrong-credentials', 401))
    await call(endpoints.whoAmI).catch(() => {})
    expect(told).toBe(0)
    answer(401, problem('not-signed-in', 401))
    await call(endpoints.whoAmI).catch(() => {})
    expect(told).toBe(1)
  })

  it('is another failure when no answer comes, or none of this server', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new TypeError('offline'))),
    )
    await expect(call(endpoints.whoAmI)).rejects.toBeInstanceOf(NetworkFailure)
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => new Response('<html>bad gateway</html>', { status: 502 })),
    )
    await expect(call(endpoints.whoAmI)).rejects.toBeInstanceOf(NetworkFailure)
    // A page that stands between, with a good status.
    answer(200, '<html>sign in to the network</html>', 'text/html')
    await expect(call(endpoints.whoAmI)).rejects.toBeInstanceOf(NetworkFailure)
  })

  it('takes an empty answer where none is promised', async () => {
    answer(204, null)
    expect(await call(endpoints.signOut)).toBeUndefined()
  })
})

describe('the wait before a reconnect', () => {
  it('grows, is spread by a quarter at most, and stays under twenty seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((attempt) => backoff(attempt, 0))).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
    expect(backoff(60, 0.999)).toBeLessThan(19_000)
  })
})
