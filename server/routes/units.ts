/** What a page needs before and beside the map: the product's own facts, the classes and kinds, the units of a county. */
import { Router } from 'express'
import { countyOf } from '#model/code.ts'
import type { AppInfo } from '#contract/app.ts'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import type { UnitList } from '#contract/unit.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { Packed, sendPacked } from '../middleware/packed.ts'
import { listCounties } from '../store/counties.ts'
import type { Kinds } from '../store/kinds.ts'
import { listUnits } from '../store/unit-reads.ts'
import type { VersionSource } from '../tiles/versions.ts'
import type { Moments } from './as-of.ts'
import { createPackedMemo } from './packed-memo.ts'
import { serve } from './serve.ts'
import { unitFor } from './unit-for.ts'

const LIST_BYTES = 32 * 1024 * 1024
const TIANDITU = 'https://t0.tianditu.gov.cn/DataServer?T=vec_w&x={x}&y={y}&l={z}&tk='
const DEFAULT_TITLE = '网格一张图'

export interface UnitDeps {
  db: Db
  config: Pick<Config, 'basemap' | 'basemapAttribution' | 'county' | 'dutyPhone' | 'title'>
  kinds: Kinds
  versions: VersionSource
  moments: Moments
  /** Of the server. */
  version: string
  now?: () => Date
}

export function unitRoutes({ db, config, kinds, versions, moments, version, now = () => new Date() }: UnitDeps): Router {
  const router = Router()
  const lists = createPackedMemo(LIST_BYTES)
  const kindsBody = new Packed(Buffer.from(JSON.stringify(kinds.list)))

  serve(router, endpoints.appInfo, async () => {
    const body: AppInfo = {
      title: config.title ?? DEFAULT_TITLE,
      version,
      now: now().toISOString(),
      dutyPhone: config.dutyPhone ?? null,
      basemap: basemapOf(config),
      counties: first(await listCounties(db), config.county),
    }
    return { body, headers: { 'Cache-Control': 'no-store' } }
  })

  serve(router, endpoints.kinds, async ({ req, res }) => {
    res.type('json').set('Cache-Control', 'private, no-cache')
    await sendPacked(req, res, kindsBody)
  })

  serve(router, endpoints.units, async ({ actor, query, req, res }) => {
    const code = countyOf(await unitFor(db, actor, 'unit.read', query.unit, config.county))
    const county = (await listCounties(db)).find((each) => each.code === code)
    if (!county) throw new Problem('not-found', `There is no county ${code}.`)
    const { unit: noun } = await versions.fresh()
    const { at, tag } = await moments.resolve(code, query.at, noun)
    res.set('ETag', `W/"${version}-${noun}-${code}${tag}"`).set('Cache-Control', 'private, no-cache')
    if (req.fresh) return { status: 304 }
    const list = await lists.get(`${code} ${noun} ${tag}`, async () => {
      const body: UnitList = { version: Number(noun), county, units: await listUnits(db, code, at) }
      return Buffer.from(JSON.stringify(body))
    })
    res.type('json')
    await sendPacked(req, res, list)
  })

  return router
}

const first = <T extends { code: string }>(counties: T[], code: string | undefined): T[] =>
  counties.sort((a, b) => Number(b.code === code) - Number(a.code === code))

function basemapOf({ basemap, basemapAttribution }: UnitDeps['config']): AppInfo['basemap'] {
  if (!basemap) return null
  const attribution = basemapAttribution ?? ''
  if (basemap.kind === 'pmtiles') return { kind: 'pmtiles', url: endpoints.basemap.path, attribution }
  if (basemap.kind === 'raster') return { kind: 'raster', url: basemap.tiles, attribution }
  if (basemap.kind === 'tilejson') return { kind: 'tilejson', url: basemap.url, attribution }
  return { kind: 'raster', url: TIANDITU + basemap.key, attribution: basemapAttribution ?? '天地图' }
}
