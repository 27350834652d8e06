/** The OGC part as OpenAPI 3.0, with every collection's own path, so that a client learns which filters each one takes. */
import type { Endpoint } from '#contract/endpoint.ts'
import { endpoints } from '#contract/endpoints.ts'
import { COLLECTIONS, itemParams, itemsQuery } from '#contract/ogc.ts'
import { COLLECTION, parameterNames } from './ogc-collections.ts'
import { componentsOf, operationOf, parametersOf } from './openapi.ts'

type Json = Record<string, unknown>
const DIALECT = 'openapi-3.0'

const NOTES: Record<string, Json> = {
  bbox: {
    description: 'west,south,east,north in degrees (CRS84), or six numbers with heights, which are ignored',
    schema: {
      type: 'array',
      oneOf: [
        { minItems: 4, maxItems: 4 },
        { minItems: 6, maxItems: 6 },
      ],
      items: { type: 'number' },
    },
    style: 'form',
    explode: false,
  },
  datetime: {
    description: 'An RFC 3339 instant, or an interval `a/b`; an end that is `..` or empty is open',
    schema: { type: 'string' },
    style: 'form',
    explode: false,
  },
}

/** @param root absolute address of the landing page. */
export function describeOgc(root: string, version: string): Json {
  const paths: Record<string, Json> = {}
  const put = (path: string, id: string, line: Endpoint, parameters?: Json[]) => {
    const operation = operationOf(id, line, DIALECT)
    paths[path] = { get: parameters ? { ...operation, parameters } : operation }
  }
  put('/', 'landing', endpoints.ogcLanding)
  put('/conformance', 'conformance', endpoints.ogcConformance)
  put('/api', 'api', endpoints.ogcApi)
  put('/collections', 'collections', endpoints.ogcCollections)
  const all = parametersOf(itemsQuery, 'query', DIALECT).map((parameter) => ({ ...parameter, ...NOTES[parameter.name] }))
  const featureId = parametersOf(itemParams.pick({ featureId: true }), 'path', DIALECT)
  for (const name of COLLECTIONS) {
    const collection = COLLECTION[name]
    const taken = new Set<string>(parameterNames(collection))
    const own = all
      .filter(({ name: parameter }) => taken.has(parameter))
      .map((parameter) => (parameter.name === 'state' ? { ...parameter, schema: { type: 'string', enum: collection.states } } : parameter))
    put(`/collections/${name}`, name, endpoints.ogcCollection, [])
    put(`/collections/${name}/items`, `${name}-items`, endpoints.ogcItems, own)
    put(`/collections/${name}/items/{featureId}`, `${name}-item`, endpoints.ogcItem, featureId)
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Gridward: OGC API – Features', version, license: { name: 'Apache-2.0' } },
    servers: [{ url: root }],
    paths,
    components: componentsOf(DIALECT),
  }
}
