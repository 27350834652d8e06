/** Importing cameras: known by code. A new row is added, one that says something else is changed, a repeat changes nothing. */
import type { ImportSummary } from '#contract/transfer.ts'
import type { Queryable } from '../db/db.ts'
import { findCameras, type ImportedCamera, insertImportedCameras, updateImportedCameras } from '../store/camera-imports.ts'
import { announceReload } from '../store/outbox.ts'
import { type CameraRow, readCamera } from '../transfer/camera-rows.ts'
import type { ImportContext } from './import-context.ts'
import { importRows, type Run } from './import-rows.ts'

const COMPARED = ['name', 'unitCode', 'placement', 'state', 'heading', 'location'] as const

/** Throws what `importRows` throws. */
export const importCameras = (tx: Queryable, context: ImportContext): Promise<ImportSummary> =>
  importRows<CameraRow>(tx, context, {
    noun: 'cameras',
    permission: 'camera.import',
    required: ['code'],
    known: { word: 'code', of: ({ code }) => code },
    placeOf: ({ location }) => location,
    open: (run) => ({
      read: (source) => readCamera(source, run.profile, run.datum),
      write: (rows) => write(run, rows),
      finish: async () => void (await announceReload(tx, 'camera', run.now)),
    }),
  })

async function write({ tx, county, locate, tally, dryRun, now }: Run, rows: readonly CameraRow[]): Promise<void> {
  const there = await findCameras(tx, rows.map(({ code }) => code)) // prettier-ignore
  const fresh: ImportedCamera[] = []
  const changed: ImportedCamera[] = []
  for (const { row, ...each } of rows) {
    const leaf = locate(each.location)
    const camera: ImportedCamera = { ...each, unitCode: leaf ?? county.code, placement: leaf ? 'inside' : 'outside' }
    const before = there.get(each.code)
    if (before && before.countyCode !== county.code) {
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
  if (fresh.length > 0) await insertImportedCameras(tx, county.code, fresh, now)
  if (changed.length > 0) await updateImportedCameras(tx, changed, now)
}
