/** Importing cameras: known by code. A new row is added, one that says something else is changed, a repeat changes nothing. */
import { Problem } from '#contract/problem.ts'
import type { ImportSummary } from '#contract/transfer.ts'
import { locator } from '#model/locate.ts'
import type { Queryable } from '../db/db.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { insertAudit } from '../store/audit.ts'
import { findCameras, type ImportedCamera, insertImportedCameras, updateImportedCameras } from '../store/camera-imports.ts'
import { findCounty } from '../store/counties.ts'
import { announceReload } from '../store/outbox.ts'
import { listLeafPolygons } from '../store/unit-versions.ts'
import { type CameraRow, readCamera } from '../transfer/camera-rows.ts'
import { datumFor, DatumDoubt } from '../transfer/place.ts'
import { openFile } from '../transfer/profile.ts'
import { Tally } from '../transfer/tally.ts'
import { type ImportContext, requireCounty } from './import-file.ts'

const BATCH = 5_000
const COMPARED = ['name', 'unitCode', 'placement', 'state', 'heading', 'location'] as const

/** Throws `bad-request` when the county is unknown, and what reading a file throws. */
export async function importCameras(tx: Queryable, context: ImportContext): Promise<ImportSummary> {
  const { actor, profile, file, dryRun, now, onProgress } = context
  const county = requireCounty(profile)
  requireWithin(actor, 'camera.import', county)
  const known = await findCounty(tx, county)
  if (!known) throw new Problem('bad-request', `There is no county ${county}: import its units first.`)
  const opened = await openFile(file, profile, ['code'])
  const datum = datumFor(profile.datum, opened.reading.datum)
  const locate = locator(await listLeafPolygons(tx, county))
  const doubt = new DatumDoubt(datum)
  const tally = new Tally()
  for (const note of opened.reading.notes) tally.note(note)
  tally.noteSynthetic(known)

  const write = async (rows: readonly CameraRow[]) => {
    const there = await findCameras(tx, rows.map(({ code }) => code)) // prettier-ignore
    const fresh: ImportedCamera[] = []
    const changed: ImportedCamera[] = []
    for (const { row, ...each } of rows) {
      const leaf = locate(each.location)
      const camera: ImportedCamera = { ...each, unitCode: leaf ?? county, placement: leaf ? 'inside' : 'outside' }
      const before = there.get(each.code)
      if (before && before.countyCode !== county) {
        tally.bad(row, 'conflict', `The code ${each.code} belongs to a camera of ${before.countyCode}.`)
        continue
      }
      if (!leaf) tally.counts.outside++
      if (!before) fresh.push(camera)
      else if (COMPARED.some((key) => String(camera[key]) !== String(before[key]))) changed.push(camera)
      else tally.counts.unchanged++
    }
    tally.counts.created += fresh.length
    tally.counts.updated += changed.length
    if (dryRun) return
    if (fresh.length > 0) await insertImportedCameras(tx, county, fresh, now)
    if (changed.length > 0) await updateImportedCameras(tx, changed, now)
  }

  const seen = new Map<string, number>()
  let batch: CameraRow[] = []
  for await (const source of opened.rows) {
    tally.counts.read++
    const row = readCamera(source, profile, datum)
    if ('message' in row) tally.bad(row.row, row.fault, row.message)
    else if (seen.has(row.code)) tally.bad(row.row, 'duplicate', `The code ${row.code} stands in row ${seen.get(row.code)} already.`)
    else {
      seen.set(row.code, row.row)
      batch.push(row)
      doubt.see(row.location)
    }
    if (batch.length < BATCH) continue
    await write(batch)
    batch = []
    onProgress('import', file.position, file.size)
  }
  await write(batch)
  if (tally.counts.read === 0) throw new Problem('bad-file', 'The file holds no rows.')
  const warning = doubt.warning(locate)
  if (warning) tally.note(warning)
  const summary = tally.summary('cameras', county, dryRun, false)
  if (!dryRun && summary.created + summary.updated > 0) {
    const { created, updated, bad } = summary
    await insertAudit(tx, actor, {
      action: 'camera.import',
      noun: 'camera',
      nounId: county,
      unitCode: county,
      detail: { file: file.name, created, updated, bad },
    })
    await announceReload(tx, 'camera', now)
  }
  onProgress('import', file.size, file.size)
  return summary
}
