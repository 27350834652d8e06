/** Vector tiles and their TileJSON. The version in a tile's address also names the reader's jurisdiction, so a browser may keep it. */
import { type Request, type Response, Router } from 'express'
import { can, type Permission, reach } from '#model/access.ts'
import { isTile, MAX_ZOOM } from '#model/frame.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { AsOf } from '#contract/history.ts'
import { Problem } from '#contract/problem.ts'
import type { TileJson, TileName } from '#contract/tile.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { baseUrl } from '../middleware/base-url.ts'
import { sendPacked } from '../middleware/packed.ts'
import { listCounties } from '../store/counties.ts'
import { getUnitsBbox } from '../store/unit-reads.ts'
import type { Versions } from '../store/versions.ts'
import { VECTOR_LAYERS } from '../tiles/layers.ts'
import { createTiles } from '../tiles/tiles.ts'
import type { VersionSource } from '../tiles/versions.ts'
import type { Moment, Moments } from './as-of.ts'
import { serve } from './serve.ts'

const NOUN = { units: 'unit', cameras: 'camera', incidents: 'incident' } as const satisfies Record<TileName, keyof Versions>
const READ = { units: 'unit.read', cameras: 'camera.read', incidents: 'incident.read' } as const satisfies Record<TileName, Permission>
const YEAR_SECONDS = 31_536_000

export interface TileDeps {
  db: Db
  versions: VersionSource
  moments: Moments
  /** Of the server: other code may draw other tiles. */
  version: string
  /** Told of each tile served, and whether the cache had it. */
  onTile(name: TileName, known: boolean): void
}

export function tileRoutes({ db, versions, moments, version, onTile }: TileDeps): Router {
  const router = Router()
  // Versions come from the primary; the replica is only asked for what it has by then, so no older tile can pass for a newer one.
  const tiles = createTiles(db.reader)

  /** What a client puts behind `?v=`. */
  const tag = (name: TileName, now: Versions, prefix: string, moment: Moment): string =>
    `${version}-${now[NOUN[name]]}-${prefix || 'all'}${moment.tag}`
  const momentOf = (name: TileName, asked: AsOf | undefined, prefix: string, now: Versions): Promise<Moment> => {
    if (asked !== undefined && name !== 'units') throw new Problem('bad-request', `query/at: the ${name} are drawn as of now only`)
    return moments.resolve(prefix, asked, now.unit)
  }

  serve(router, endpoints.tileJson, async ({ actor, params: { name }, query, req, res }) => {
    const prefix = clip(actor, name)
    const [now, counties, bounds] = await Promise.all([versions.fresh(), listCounties(db), getUnitsBbox(db, prefix)])
    const own = counties.filter(({ code }) => code.startsWith(prefix.slice(0, 6)))
    const moment = await momentOf(name, query.at, prefix, now)
    const search = new URLSearchParams({ ...(moment.at && { at: moment.at.toISOString() }), v: tag(name, now, prefix, moment) })
    const attribution = [...new Set(own.map((county) => county.attribution).filter((text) => text !== null))].join('; ')
    const body: TileJson = {
      tilejson: '3.0.0',
      name,
      tiles: [`${baseUrl(req)}/tiles/${name}/{z}/{x}/{y}.mvt?${search}`],
      minzoom: 0,
      maxzoom: MAX_ZOOM,
      bounds,
      ...(attribution && { attribution }),
      vector_layers: VECTOR_LAYERS[name],
    }
    ours(res)
    return { body, headers: { 'Cache-Control': 'private, no-cache' } }
  })

  serve(router, endpoints.tile, async ({ actor, params: { name, ...tile }, query, req, res }) => {
    const prefix = clip(actor, name)
    if (!isTile(tile)) throw new Problem('not-found', `There is no tile ${tile.z}/${tile.x}/${tile.y}; zooms are 0 to ${MAX_ZOOM}.`)
    const asked = typeof req.query['v'] === 'string' ? req.query['v'] : undefined
    let now = await versions.recent()
    let moment = await momentOf(name, query.at, prefix, now)
    // Somebody who was told of a newer version must not get the older tile, which it would keep.
    if (asked !== undefined && asked !== tag(name, now, prefix, moment)) {
      now = await versions.fresh()
      moment = await momentOf(name, query.at, prefix, now)
    }
    const current = tag(name, now, prefix, moment)
    ours(res)
    res.set('ETag', `W/"${current}-${tile.z}-${tile.x}-${tile.y}"`)
    res.set('Cache-Control', asked === current ? `private, max-age=${YEAR_SECONDS}, immutable` : 'private, no-cache')
    if (isKept(req)) return { status: 304 }
    const { body, known } = await tiles.get({ name, tile, prefix, version: now[NOUN[name]], at: moment.at })
    onTile(name, known)
    if (body.raw.length === 0) return { status: 204 }
    res.type('application/vnd.mapbox-vector-tile')
    await sendPacked(req, res, body)
  })

  return router
}

/** Code prefix that this reader's tiles are clipped to. Throws `not-allowed`. */
function clip(actor: Actor, name: TileName): string {
  if (!can(actor.role, READ[name])) throw new Problem('not-allowed', `The role ${actor.role} does not hold ${READ[name]}.`)
  return reach(actor, READ[name])
}

/** What one reader gets is not another's. */
const ours = (res: Response): void => void res.vary('Authorization').vary('Cookie')

const isKept = (req: Request): boolean => req.fresh
