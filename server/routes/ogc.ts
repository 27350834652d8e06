/** OGC API – Features, part 1: landing page, conformance, collections, items. What each collection is: see ogc-collections.ts. */
import { type Request, type Response, Router } from 'express'
import { can, reach } from '#model/access.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { Link } from '#contract/geojson.ts'
import { type CollectionName, COLLECTIONS, type ItemsQuery } from '#contract/ogc.ts'
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { baseUrl } from '../middleware/base-url.ts'
import type { FeatureRow } from '../store/feature-rows.ts'
import { findFirstReport } from '../store/incident-features.ts'
import { findFirstVersion } from '../store/unit-history.ts'
import { getUnitsBbox } from '../store/unit-reads.ts'
import { getVersions } from '../store/versions.ts'
import { describeOgc } from './ogc-api.ts'
import { COLLECTION, requireFitting } from './ogc-collections.ts'
import { readCursor, writeCursor } from './ogc-cursor.ts'
import { serve } from './serve.ts'

const JSON_TYPE = 'application/json'
const GEOJSON_TYPE = 'application/geo+json'
const OPENAPI_TYPE = 'application/vnd.oai.openapi+json;version=3.0'
const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'
const CONFORMANCE = ['core', 'oas30', 'geojson'].map((name) => `http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/${name}`)
/** Single incidents change without raising their noun's counter, so only these two answer `If-None-Match`. */
const COUNTED = { units: 'unit', cameras: 'camera' } as const

export interface OgcDeps {
  db: Db
  /** Of the server. */
  version: string
  now?: () => Date
}

export function ogcRoutes({ db, version, now = () => new Date() }: OgcDeps): Router {
  const router = Router()

  serve(router, endpoints.ogcLanding, ({ req }) => {
    const root = `${baseUrl(req)}/ogc`
    const links: Link[] = [
      { href: root, rel: 'self', type: JSON_TYPE },
      { href: `${root}/api`, rel: 'service-desc', type: OPENAPI_TYPE },
      { href: `${root}/conformance`, rel: 'conformance', type: JSON_TYPE },
      { href: `${root}/collections`, rel: 'data', type: JSON_TYPE },
    ]
    return { body: { title: 'Gridward 网格一张图', description: 'Units, cameras and incidents of the one map', links } }
  })

  serve(router, endpoints.ogcConformance, () => ({ body: { conformsTo: CONFORMANCE } }))

  serve(router, endpoints.ogcApi, ({ req }) => ({ body: describeOgc(`${baseUrl(req)}/ogc`, version) }))

  serve(router, endpoints.ogcCollections, async ({ req, actor }) => {
    const root = `${baseUrl(req)}/ogc`
    const readable = COLLECTIONS.filter((name) => can(actor.role, COLLECTION[name].permission))
    const links: Link[] = [{ href: `${root}/collections`, rel: 'self', type: JSON_TYPE }]
    return { body: { collections: await Promise.all(readable.map((name) => describe(db, actor, root, name))), links } }
  })

  serve(router, endpoints.ogcCollection, async ({ req, actor, params }) => {
    admit(actor, params.collection)
    return { body: await describe(db, actor, `${baseUrl(req)}/ogc`, params.collection) }
  })

  serve(router, endpoints.ogcItems, async ({ req, res, actor, params: { collection: name }, query }) => {
    admit(actor, name)
    const collection = COLLECTION[name]
    requireFitting(collection, query)
    const cursor = readCursor(name, req.query)
    if (await isKept(db, req, res, actor, name, version)) return { status: 304 }
    const { rows, matched, at } = await collection.page(db.reader, actor, query, cursor)
    const address = `${baseUrl(req)}/ogc/collections/${name}/items`
    const links: Link[] = [
      { href: withQuery(address, req.query), rel: 'self', type: GEOJSON_TYPE },
      { href: `${baseUrl(req)}/ogc/collections/${name}`, rel: 'collection', type: JSON_TYPE },
    ]
    const last = rows.at(-1)
    if (last && isMore(rows, query, matched, cursor !== null)) {
      const next = writeCursor({ matched, at, key: last.key }, req.query)
      links.push({ href: withQuery(address, { ...req.query, cursor: next }), rel: 'next', type: GEOJSON_TYPE })
    }
    const head = JSON.stringify({ links, numberMatched: matched, numberReturned: rows.length, timeStamp: now().toISOString() })
    res
      .type(GEOJSON_TYPE)
      .send(`{"type":"FeatureCollection",${head.slice(1, -1)},"features":[${rows.map((row) => feature(row)).join(',')}]}`)
  })

  serve(router, endpoints.ogcItem, async ({ req, res, actor, params: { collection: name, featureId } }) => {
    admit(actor, name)
    const row = await COLLECTION[name].find(db.reader, actor, featureId)
    if (!row) throw new Problem('not-found', `There is no ${featureId} in ${name}.`)
    const above = `${baseUrl(req)}/ogc/collections/${name}`
    const links: Link[] = [
      { href: `${above}/items/${encodeURIComponent(row.id)}`, rel: 'self', type: GEOJSON_TYPE },
      { href: above, rel: 'collection', type: JSON_TYPE },
    ]
    ours(res)
    res.type(GEOJSON_TYPE).send(feature(row, links))
  })

  return router
}

function admit(actor: Actor, name: CollectionName): void {
  const { permission } = COLLECTION[name]
  if (!can(actor.role, permission)) throw new Problem('not-allowed', `The role ${actor.role} does not hold ${permission}.`)
}

/** A full page goes on, unless it was the first and held everything. */
const isMore = (rows: readonly FeatureRow[], { limit }: ItemsQuery, matched: number, isLater: boolean): boolean =>
  rows.length === limit && (isLater || matched > rows.length)

/** What one reader gets is not another's. */
const ours = (res: Response): void => void res.vary('Authorization').vary('Cookie').set('Cache-Control', 'private, no-cache')

/** Sets the headers that let a client keep the page; true when it holds the same one already. */
async function isKept(db: Db, req: Request, res: Response, actor: Actor, name: CollectionName, version: string): Promise<boolean> {
  ours(res)
  if (name === 'incidents') return false
  const noun = COUNTED[name]
  const at = (await getVersions(db))[noun]
  res.set('ETag', `W/"${version}-${at}-${reach(actor, COLLECTION[name].permission) || 'all'}"`)
  return req.fresh
}

/** Where a collection begins in time; null when it has none. */
const FIRST: Record<CollectionName, (db: Db, prefix: string) => Promise<Date | null>> = {
  units: findFirstVersion,
  incidents: findFirstReport,
  cameras: async () => null,
}

async function describe(db: Db, actor: Actor, root: string, name: CollectionName) {
  const { title, description, permission } = COLLECTION[name]
  const [bbox, first] = await Promise.all([getUnitsBbox(db, reach(actor, permission)), FIRST[name](db, reach(actor, permission))])
  const links: Link[] = [
    { href: `${root}/collections/${name}`, rel: 'self', type: JSON_TYPE },
    { href: `${root}/collections/${name}/items`, rel: 'items', type: GEOJSON_TYPE, title },
  ]
  return {
    id: name,
    title,
    description,
    itemType: 'feature' as const,
    extent: {
      spatial: { bbox: [bbox], crs: CRS84 },
      ...(first && { temporal: { interval: [[first.toISOString(), null] as [string, null]] } }),
    },
    crs: [CRS84],
    links,
  }
}

const feature = ({ id, geometry, properties }: FeatureRow, links?: Link[]): string =>
  `{"type":"Feature","id":${JSON.stringify(id)},"geometry":${geometry ?? 'null'},"properties":${JSON.stringify(properties)}${
    links ? `,"links":${JSON.stringify(links)}` : ''
  }}`

function withQuery(address: string, query: Readonly<Record<string, unknown>>): string {
  const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? address : `${address}?${text}`
}
