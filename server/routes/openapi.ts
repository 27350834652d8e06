/** The endpoint table as an OpenAPI description. What is public and what is served is decided there, never here. */
import { z } from 'zod'
import type { Endpoint } from '#contract/endpoint.ts'
import { endpoints } from '#contract/endpoints.ts'
import { PROBLEM_CODES, problemDetails } from '#contract/problem.ts'

type Json = Record<string, unknown>
export type Dialect = 'draft-2020-12' | 'openapi-3.0'

const PROBLEM_TYPE = 'application/problem+json'
/** Statuses by which any endpoint may refuse; those that need a body or rights are added where they apply. */
const REFUSALS = { always: [400, 404, 405, 429, 500, 503], rights: [401, 403], body: [409, 413, 415, 422] }

/** A zod schema as JSON Schema: what a client may send (`input`) or will get (`output`). */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output', dialect: Dialect): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, target: dialect, unrepresentable: 'any' })
  return json
}

interface Parameter extends Json {
  name: string
}

/** Parameters of an object schema. */
export function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query', dialect: Dialect): Parameter[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input', dialect) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }))
}

/** `/api/incidents/:id` → `/api/incidents/{id}`. */
const template = (path: string): string => path.replace(/:(\w+)/g, '{$1}')

function answersOf(line: Endpoint, dialect: Dialect): Json {
  const statuses = line.statuses ?? [200]
  const content =
    typeof line.answer === 'string'
      ? { [line.answer]: {} }
      : { [line.mediaType ?? 'application/json']: { schema: schemaOf(line.answer, 'output', dialect) } }
  const isEmpty = (status: number) => status === 204 || line.answer instanceof z.ZodUndefined
  const good = statuses.map((status) => [status, { description: line.summary, ...(!isEmpty(status) && { content }) }])
  const refusals = [
    ...REFUSALS.always,
    ...(line.permission === 'public' ? [] : REFUSALS.rights),
    ...(line.body === undefined ? [] : REFUSALS.body),
  ]
  const bad = refusals.filter((status) => !statuses.includes(status)).map((status) => [status, { $ref: '#/components/responses/Problem' }])
  return Object.fromEntries([...good, ...bad])
}

const bodyOf = (body: NonNullable<Endpoint['body']>, dialect: Dialect): Json => ({
  required: true,
  content:
    body === 'raw'
      ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
      : { 'application/json': { schema: schemaOf(body, 'input', dialect) } },
})

/** One line of the table as an OpenAPI operation. */
export function operationOf(id: string, line: Endpoint, dialect: Dialect): Json {
  const parameters = [...parametersOf(line.params, 'path', dialect), ...parametersOf(line.query, 'query', dialect)]
  const open = line.permission === 'public'
  return {
    operationId: id,
    summary: line.summary,
    ...(!open && { description: `Asks for: ${line.permission}.` }),
    ...(parameters.length > 0 && { parameters }),
    ...(line.body !== undefined && { requestBody: bodyOf(line.body, dialect) }),
    responses: answersOf(line, dialect),
    security: open ? [] : [{ bearer: [] }, { basic: [] }, { cookie: [] }],
  }
}

/** What all operations share. */
export const componentsOf = (dialect: Dialect): Json => ({
  securitySchemes: {
    cookie: { type: 'apiKey', in: 'cookie', name: 'gridward', description: 'Set by POST /api/session' },
    bearer: { type: 'http', scheme: 'bearer', description: 'A token of POST /api/tokens' },
    basic: { type: 'http', scheme: 'basic', description: 'Any user name, with a token as the password' },
  },
  responses: {
    Problem: {
      description: `Refused or failed; \`code\` is one of ${Object.keys(PROBLEM_CODES).join(', ')}`,
      content: { [PROBLEM_TYPE]: { schema: schemaOf(problemDetails, 'output', dialect) } },
    },
  },
})

/** The whole API, OpenAPI 3.1. */
export function describeApi(version: string): Json {
  const paths: Record<string, Json> = {}
  for (const [id, line] of Object.entries(endpoints) as [string, Endpoint][]) {
    const path = (paths[template(line.path)] ??= {})
    path[line.method] = operationOf(id, line, 'draft-2020-12')
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gridward',
      version,
      description: 'The one map for grid-based community governance. Instants are ISO 8601 in UTC, positions [lng, lat] in WGS 84 degrees.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: componentsOf('draft-2020-12'),
  }
}
