/** Units as a file for other programs, as of any date. What one may export lies inside one's jurisdiction, and so do the counts in it. */
import { Router } from 'express'
import { countyOf } from '#model/code.ts'
import type { MultiPolygon } from 'geojson'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import { findCounty } from '../store/counties.ts'
import { listUnitFeatures } from '../store/unit-features.ts'
import type { VersionSource } from '../tiles/versions.ts'
import type { ExportUnit, UnitProperties } from '../transfer/exporters/exporter.ts'
import { EXPORTERS } from '../transfer/exporters/formats.ts'
import type { Moments } from './as-of.ts'
import { serve } from './serve.ts'
import { unitFor } from './unit-for.ts'

export interface ExportDeps {
  db: Db
  versions: VersionSource
  moments: Moments
  county: string | undefined
}

const MOST_UNITS = 200_000

export function exportRoutes({ db, versions, moments, county: configured }: ExportDeps): Router {
  const router = Router()

  serve(router, endpoints.exportUnits, async ({ actor, query, res }) => {
    const unit = await unitFor(db, actor, 'unit.export', query.unit, configured)
    const county = await findCounty(db, countyOf(unit))
    if (!county) throw new Problem('not-found', `There is no county ${countyOf(unit)}.`)
    const { unit: noun } = await versions.fresh()
    const { at } = await moments.resolve(county.code, query.at, noun)
    const during = at ? { from: at, to: at } : undefined
    const rows = await listUnitFeatures(db, { prefixes: [unit], level: query.level, during }, null, MOST_UNITS)
    const units = rows
      .filter(({ properties }) => query.level !== undefined || properties['isLeaf'] === true)
      .map(({ geometry, properties }) => ({ geometry: JSON.parse(geometry!) as MultiPolygon, properties: outward(properties) }))
    if (units.length === 0) throw new Problem('not-found', `There are no such units in ${unit} then.`)
    const { extension, mediaType, write } = EXPORTERS[query.format]
    const layer = ['units', unit, query.level ?? 'leaves', ...(at ? [at.toISOString().slice(0, 10)] : [])].join('-')
    const own = unit === county.code ? county.name : (rows.find(({ id }) => id === unit)?.properties['name'] ?? unit)
    const bytes = await write(units as ExportUnit[], { layer, encoding: query.encoding, attribution: county.attribution })
    const name = [own, query.level ?? '', query.at?.slice(0, 10) ?? ''].filter((part) => part !== '').join('-')
    res.attachment(`${name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_')}${extension}`)
    res.type(mediaType).set('Cache-Control', 'private, no-store').send(bytes)
  })

  return router
}

/** What goes out, and nothing that only we need. */
function outward(properties: Record<string, unknown>): UnitProperties {
  const { code, name, nameEn, level, unitKind, parentCode, areaM2, households, residents, synthetic, validFrom, validTo } = properties
  const instant = (time: unknown) => (time === null ? null : (time as Date).toISOString())
  return {
    ...({ code, name, nameEn, level, unitKind, parentCode, areaM2, households, residents } as UnitProperties),
    validFrom: instant(validFrom)!,
    validTo: instant(validTo),
    synthetic: synthetic === true,
  }
}
