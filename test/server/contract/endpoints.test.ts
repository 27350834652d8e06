import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Endpoint } from '../../../server/contract/endpoint.ts'
import { endpoints } from '../../../server/contract/endpoints.ts'
import { COLLECTIONS } from '../../../server/contract/ogc.ts'
import { Problem, PROBLEM_CODES, type ProblemCode } from '../../../server/contract/problem.ts'
import { PERMISSIONS } from '../../../server/model/access.ts'
import { describeOgc } from '../../../server/routes/ogc-api.ts'
import { describeApi } from '../../../server/routes/openapi.ts'

const table = Object.entries(endpoints) as [string, Endpoint][]
// A description is walked by names that only the standard knows.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = Record<string, any>

describe('the endpoint table', () => {
  it('has each method of a path once', () => {
    const lines = table.map(([, { method, path }]) => `${method} ${path}`)
    expect(new Set(lines).size).toBe(lines.length)
  })

  it('asks for permissions that there are', () => {
    const known = new Set<string>([...PERMISSIONS, 'public', 'signed-in'])
    expect(table.filter(([, { permission }]) => !known.has(permission))).toEqual([])
  })

  it('describes every parameter that a path has, and no other', () => {
    for (const [name, { path, params }] of table) {
      const named = [...path.matchAll(/:(\w+)/g)].map(([, each]) => each)
      expect(Object.keys(params instanceof z.ZodObject ? params.shape : {}).sort(), name).toEqual(named.sort())
    }
  })

  it('keeps writes from the public, but for signing in and out', () => {
    const open = table.filter(([, { method, permission }]) => method !== 'get' && permission === 'public').map(([name]) => name)
    expect(open).toEqual(['signIn', 'signOut'])
  })
})

describe('problem codes', () => {
  it('have a status of refusal or failure each, and say it', () => {
    for (const code of Object.keys(PROBLEM_CODES) as ProblemCode[]) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(new Problem(code, 'x').status).toBeGreaterThanOrEqual(400)
      expect(new Problem(code, 'x').status).toBeLessThan(600)
    }
  })
})

/** Follows every `$ref`; the references that lead nowhere. */
const dangling = (description: Json): string[] => {
  const found: string[] = []
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    const { $ref } = node as Json
    if (typeof $ref === 'string') {
      const target = $ref
        .slice(2)
        .split('/')
        .reduce<Json | undefined>((at, name) => at?.[name], description)
      if (!$ref.startsWith('#/') || target === undefined) found.push($ref)
    }
    for (const each of Object.values(node)) walk(each)
  }
  walk(description)
  return found
}
const operationsOf = (description: Json): [path: string, operation: Json][] =>
  Object.entries(description['paths'] as Json).flatMap(([path, item]) =>
    Object.values(item as Json).map((each): [string, Json] => [path, each as Json]),
  )

describe('the OpenAPI 3.1 description', () => {
  const description = describeApi('1.2.3') as Json

  it('is 3.1, and has a line for each endpoint and nothing else', () => {
    expect(description['openapi']).toBe('3.1.0')
    expect(
      operationsOf(description)
        .map(([, { operationId }]) => operationId)
        .sort(),
    ).toEqual(table.map(([name]) => name).sort())
  })

  it('writes paths as templates whose parameters are all declared', () => {
    for (const [path, { parameters = [] }] of operationsOf(description)) {
      expect(path).not.toContain(':')
      const inPath = (parameters as Json[]).filter((each) => each['in'] === 'path')
      expect(inPath.map(({ name }) => name).sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort())
      expect(inPath.every(({ required }) => required)).toBe(true)
    }
  })

  it('answers with a success and with problems everywhere, and names who may ask', () => {
    for (const [path, { responses, security }] of operationsOf(description)) {
      const statuses = Object.keys(responses)
      expect(
        statuses.some((status) => status.startsWith('2')),
        path,
      ).toBe(true)
      expect(statuses, path).toContain('400')
      for (const scheme of (security as Json[]).flatMap((each) => Object.keys(each))) {
        expect(Object.keys(description['components'].securitySchemes)).toContain(scheme)
      }
    }
    expect(Object.keys(description['components'].securitySchemes).sort()).toEqual(['basic', 'bearer', 'cookie'])
    expect(operationsOf(description).filter(([, { security }]) => security.length === 0).length).toBe(
      table.filter(([, { permission }]) => permission === 'public').length,
    )
  })

  it('refers to nothing that it does not hold', () => {
    expect(dangling(description)).toEqual([])
    expect(JSON.stringify(description)).not.toContain('"$schema"')
  })

  it('tells what a report is made of', () => {
    const body = description['paths']['/api/incidents'].post.requestBody.content['application/json'].schema as Json
    expect(body['required']).toEqual(expect.arrayContaining(['id', 'kind', 'severity', 'location', 'occurredAt']))
    expect(body['properties'].id).toMatchObject({ type: 'string', format: 'uuid' })
  })
})

describe('the OGC part as OpenAPI 3.0', () => {
  const root = 'https://map.example/ogc'
  const description = describeOgc(root, '1.2.3') as Json

  it('is 3.0 at the landing page’s address', () => {
    expect(description['openapi']).toMatch(/^3\.0\.\d$/)
    expect(description['servers']).toEqual([{ url: root }])
    expect(dangling(description)).toEqual([])
  })

  it('says for each collection what it can be filtered by', () => {
    for (const name of COLLECTIONS) {
      const names = (description['paths'][`/collections/${name}/items`].get.parameters as Json[]).map((each) => each['name'] as string)
      expect(names).toEqual(expect.arrayContaining(['bbox', 'datetime', 'limit', 'unit']))
      expect(names.includes('severity')).toBe(name === 'incidents')
      expect(names.includes('level')).toBe(name === 'units')
    }
  })

  it('declares limit, bbox and datetime as the standard asks', () => {
    const parameters = description['paths']['/collections/units/items'].get.parameters as Json[]
    const of = (name: string) => parameters.find((each) => each['name'] === name)!
    expect(of('limit')).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
    })
    expect(of('bbox')).toMatchObject({ style: 'form', explode: false, schema: { type: 'array', items: { type: 'number' } } })
    expect(of('datetime')).toMatchObject({ style: 'form', explode: false, schema: { type: 'string' } })
  })

  it('uses no word that only 3.1 has', () => {
    expect(JSON.stringify(description)).not.toMatch(/"prefixItems"|"const"|"type":\[|"exclusiveMinimum":\d/)
  })
})
