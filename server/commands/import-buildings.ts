/**
 * Importing buildings: known by county and key; the leaf that holds the point is the unit. Households and residents of the touched
 * units become the sums of their buildings.
 */
import type { ImportSummary } from '#contract/transfer.ts'
import { ancestorsOf } from '#model/code.ts'
import type { Queryable } from '../db/db.ts'
import {
  countPeople,
  findBuildings,
  insertImportedBuildings,
  storedBuilding,
  type StoredBuilding,
  updateImportedBuildings,
} from '../store/building-imports.ts'
import { announceReload } from '../store/outbox.ts'
import { raiseVersion } from '../store/versions.ts'
import { type BuildingRow, readBuilding } from '../transfer/building-rows.ts'
import type { ImportContext } from './import-context.ts'
import { importRows, type Run } from './import-rows.ts'

const COMPARED = ['unitCode', 'households', 'residents', 'geom', 'footprint'] as const

/** Throws what `importRows` throws. */
export const importBuildings = (tx: Queryable, context: ImportContext): Promise<ImportSummary> =>
  importRows<BuildingRow>(tx, context, {
    noun: 'buildings',
    permission: 'building.import',
    required: ['key'],
    known: { word: 'key', of: ({ key }) => key },
    placeOf: ({ location }) => location,
    open: (run) => {
      const touched = new Set<string>()
      return {
        read: (source) => readBuilding(source, run.datum),
        write: (rows) => write(run, touched, rows),
        finish: async () => {
          const leaves = [...touched]
          await countPeople(tx, leaves, [...new Set(leaves.flatMap(ancestorsOf))])
          await raiseVersion(tx, 'building')
          await announceReload(tx, 'unit', run.now)
        },
      }
    },
  })

async function write({ tx, county, locate, tally, dryRun }: Run, touched: Set<string>, rows: readonly BuildingRow[]): Promise<void> {
  const there = await findBuildings(tx, county.code, rows.map(({ key }) => key)) // prettier-ignore
  const fresh: StoredBuilding[] = []
  const changed: StoredBuilding[] = []
  for (const { row: _row, ...each } of rows) {
    const leaf = locate(each.location)
    if (!leaf) tally.counts.outside++
    const building = storedBuilding({ ...each, unitCode: leaf ?? county.code })
    const before = there.get(each.key)
    if (before && COMPARED.every((key) => building[key] === before[key])) {
      tally.counts.unchanged++
      continue
    }
    ;(before ? changed : fresh).push(building)
    for (const code of [building.unitCode, before?.unitCode]) if (code !== undefined) touched.add(code)
  }
  tally.counts.created += fresh.length
  tally.counts.updated += changed.length
  if (dryRun) return
  if (fresh.length > 0) await insertImportedBuildings(tx, county.code, fresh)
  if (changed.length > 0) await updateImportedBuildings(tx, county.code, changed)
}
