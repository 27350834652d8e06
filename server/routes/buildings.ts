/** What lies in the units and stands beside them in the workbench: buildings, roads and rivers, posts, incidents as counts. */
import { Router } from 'express'
import { BUILDINGS_TYPE, writeBuildings } from '#contract/building.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { Staff, UnitFigures } from '#contract/staff.ts'
import type { Db } from '../db/db.ts'
import { sendPacked } from '../middleware/packed.ts'
import { readBuildingColumns } from '../store/buildings.ts'
import { listLineFeatures } from '../store/lines.ts'
import { countPosts, listLeafFigures } from '../store/staff.ts'
import type { VersionSource } from '../tiles/versions.ts'
import { createMemo } from './memo.ts'
import { createPackedMemo } from './packed-memo.ts'
import { serve } from './serve.ts'
import { unitFor } from './unit-for.ts'

const BUILDINGS_BYTES = 64 * 1024 * 1024
const LINES_BYTES = 32 * 1024 * 1024
const FIGURES_MS = 30_000
const MONTH_MS = 30 * 24 * 3_600_000

export interface BuildingDeps {
  db: Db
  versions: VersionSource
  county: string | undefined
  /** Of the server. */
  version: string
  now?: () => Date
}

export function buildingRoutes({ db, versions, county, version, now = () => new Date() }: BuildingDeps): Router {
  const router = Router()
  const buildings = createPackedMemo(BUILDINGS_BYTES)
  const lines = createPackedMemo(LINES_BYTES)
  const figures = createMemo<UnitFigures>(FIGURES_MS)

  serve(router, endpoints.buildings, async ({ actor, query, req, res }) => {
    const unitCode = await unitFor(db, actor, 'building.read', query.unit, county)
    // Which building lies in which unit changes with the units too.
    const { building, unit } = await versions.fresh()
    res.set('ETag', `W/"${version}-${building}-${unit}-${unitCode}"`).set('Cache-Control', 'private, no-cache')
    if (req.fresh) return { status: 304 }
    const packed = await buildings.get(`${unitCode} ${building} ${unit}`, async () =>
      Buffer.from(writeBuildings(await readBuildingColumns(db, unitCode)).buffer),
    )
    res.type(BUILDINGS_TYPE)
    await sendPacked(req, res, packed)
  })

  serve(router, endpoints.lines, async ({ actor, query, req, res }) => {
    const unitCode = await unitFor(db, actor, 'unit.read', query.unit, county)
    const { line, unit } = await versions.fresh()
    res.set('ETag', `W/"${version}-${line}-${unit}-${unitCode}"`).set('Cache-Control', 'private, no-cache')
    if (req.fresh) return { status: 304 }
    const packed = await lines.get(`${unitCode} ${line} ${unit}`, async () =>
      Buffer.from(`{"type":"FeatureCollection","features":[${(await listLineFeatures(db, unitCode)).join(',')}]}`),
    )
    res.type('application/geo+json')
    await sendPacked(req, res, packed)
  })

  serve(router, endpoints.staff, async ({ actor, query }) => {
    const units = new Map<string, Staff['units'][number]>()
    for (const { code, role, posts, filled } of await countPosts(db, await unitFor(db, actor, 'plan.read', query.unit, county))) {
      const unit = units.get(code) ?? { code, posts: 0, filled: 0, roles: {} }
      units.set(code, { code, posts: unit.posts + posts, filled: unit.filled + filled, roles: { ...unit.roles, [role]: posts } })
    }
    const body: Staff = { units: [...units.values()] }
    return { body, headers: { 'Cache-Control': 'no-store' } }
  })

  serve(router, endpoints.unitFigures, async ({ actor, query }) => {
    const unitCode = await unitFor(db, actor, 'summary.read', query.unit, county)
    const body = await figures.get(unitCode, async () => {
      const since = new Date(now().getTime() - MONTH_MS)
      return { since: since.toISOString(), units: await listLeafFigures(db, unitCode, since) }
    })
    return { body, headers: { 'Cache-Control': 'no-store' } }
  })

  return router
}
