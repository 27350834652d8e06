/** A county's leaves as arcs, built from the stored polygons once for each version, and the instants at which its units changed. */
import { Router } from 'express'
import { countyOf } from '#model/code.ts'
import { checkLeaves } from '#model/matched-edges.ts'
import type { Targets } from '#model/targets.ts'
import { dayOf } from '#model/time.ts'
import { type CoverageAnswer, writeArcs } from '#contract/coverage.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { UnitHistory } from '#contract/history.ts'
import { Problem } from '#contract/problem.ts'
import type { County } from '#contract/unit.ts'
import type { Db } from '../db/db.ts'
import { sendPacked } from '../middleware/packed.ts'
import { findCounty } from '../store/counties.ts'
import { listUnitChanges } from '../store/unit-history.ts'
import { listStanding } from '../store/unit-leaves.ts'
import type { VersionSource } from '../tiles/versions.ts'
import type { Moments } from './as-of.ts'
import { createPackedMemo } from './packed-memo.ts'
import { serve } from './serve.ts'
import { unitFor } from './unit-for.ts'

/** Room for the arcs of a large county at a few dates. */
const COVERAGE_BYTES = 64 * 1024 * 1024
const HISTORY_BYTES = 8 * 1024 * 1024

export interface CoverageDeps {
  db: Db
  versions: VersionSource
  moments: Moments
  targets: Targets
  county: string | undefined
  /** Of the server. */
  version: string
}

export function coverageRoutes({ db, versions, moments, targets, county: configured, version }: CoverageDeps): Router {
  const router = Router()
  const coverages = createPackedMemo(COVERAGE_BYTES)
  const histories = createPackedMemo(HISTORY_BYTES)
  const countyAt = async (unit: string): Promise<County> => {
    const county = await findCounty(db, countyOf(unit))
    if (!county) throw new Problem('not-found', `There is no county ${countyOf(unit)}.`)
    return county
  }

  serve(router, endpoints.coverage, async ({ actor, query, req, res }) => {
    const county = await countyAt(await unitFor(db, actor, 'unit.read', query.unit, configured))
    const { unit: noun } = await versions.fresh()
    const { at, tag } = await moments.resolve(county.code, query.at, noun)
    res.set('ETag', `W/"${version}-${noun}-${county.code}${tag}"`).set('Cache-Control', 'private, no-cache')
    if (req.fresh) return { status: 304 }
    const packed = await coverages.get(`${county.code} ${noun} ${tag}`, async () =>
      Buffer.from(JSON.stringify(await readCoverageAnswer(db, county, Number(noun), at))),
    )
    res.type('json')
    await sendPacked(req, res, packed)
  })

  serve(router, endpoints.unitHistory, async ({ actor, query, req, res }) => {
    const unitCode = await unitFor(db, actor, 'unit.read', query.unit, configured)
    const county = await countyAt(unitCode)
    const { unit: noun } = await versions.fresh()
    res.set('ETag', `W/"${version}-${noun}-${unitCode}"`).set('Cache-Control', 'private, no-cache')
    if (req.fresh) return { status: 304 }
    const packed = await histories.get(`${unitCode} ${noun}`, async () => {
      let grids = 0
      const changes = (await listUnitChanges(db, unitCode)).map(({ at, grids: more, ...counts }) => {
        const gridsBefore = grids
        grids += more
        return { at: at.toISOString(), day: dayOf(at, county.timeZone), gridsBefore, gridsAfter: grids, ...counts }
      })
      const body: UnitHistory = { county, unitCode, changes }
      return Buffer.from(JSON.stringify(body))
    })
    res.type('json')
    await sendPacked(req, res, packed)
  })

  serve(router, endpoints.targets, () => ({ body: targets, headers: { 'Cache-Control': 'private, no-cache' } }))

  return router
}

/** Throws `not-found` when the county had no units then, `conflict` when what is stored is no coverage. */
async function readCoverageAnswer(db: Db, county: County, version: number, at: Date | null): Promise<CoverageAnswer> {
  const { leaves, above, outline } = await listStanding(db, county.code, at)
  if (leaves.length === 0) throw new Problem('not-found', `The county ${county.code} had no units then.`)
  const { topology, faults } = checkLeaves(
    leaves.map(({ code, polygons }) => ({ id: code, polygons })),
    outline,
  )
  if (!topology) {
    const errors = faults.slice(0, 20).map(({ kind, ids, reason }) => ({ where: ids.join(','), message: `${kind}: ${reason}` }))
    throw new Problem('conflict', `The units of ${county.code} are no coverage; npm run check:coverage shows the places.`, errors)
  }
  const base = new Date(Math.max(...[...leaves, ...above].map(({ validFrom }) => validFrom.getTime())))
  return {
    county,
    base: base.toISOString(),
    version,
    leaves: leaves.map(({ code, parentCode, level, unitKind, name, nameEn }) => ({
      code,
      parentCode: parentCode ?? county.code,
      level,
      unitKind,
      name,
      nameEn,
    })),
    above: above.map(({ code, parentCode, level, unitKind, name, nameEn }) => ({ code, parentCode, level, unitKind, name, nameEn })),
    arcs: writeArcs(topology),
  }
}
