/**
 * Importing what comes row by row into a county that is there: every row is read, bad and repeated ones are noted, and the others
 * are written in batches. What a row is and how it is written is the noun's own.
 */
import { Problem } from '#contract/problem.ts'
import type { Column, ImportNote, ImportNoun, ImportSummary } from '#contract/transfer.ts'
import type { County } from '#contract/unit.ts'
import type { Permission } from '#model/access.ts'
import type { Datum, LngLat } from '#model/crs.ts'
import { type Locate, locator } from '#model/locate.ts'
import type { Queryable } from '../db/db.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { insertAudit } from '../store/audit.ts'
import { findCounty } from '../store/counties.ts'
import { listLeafPolygons } from '../store/unit-versions.ts'
import type { SourceRow } from '../transfer/importers/importer.ts'
import type { RowFault } from '../transfer/incident-rows.ts'
import { datumFor, DatumDoubt } from '../transfer/place.ts'
import { openFile, type Values } from '../transfer/profile.ts'
import { Tally } from '../transfer/tally.ts'
import { type ImportContext, requireCounty } from './import-context.ts'

const BATCH = 5_000

/** An import under way. */
export interface Run extends ImportContext {
  tx: Queryable
  county: County
  datum: Datum
  /** The current leaf that holds a place. */
  locate: Locate
  tally: Tally
}

export interface RowImport<R extends { row: number }> {
  noun: ImportNoun
  permission: Permission
  /** Columns without which no row could be read. */
  required: readonly Column[]
  /** What a row is known by, as the notes call it, and where it stands. */
  known: { word: 'code' | 'key'; of: (row: R) => string }
  /** [lng, lat] by which a wrong datum shows; null for a row without a place. */
  placeOf: (row: R) => LngLat | null
  /** A word about a row that is imported all the same. */
  noteOf?: (row: R) => ImportNote | null
  open: (run: Run) => {
    read: (source: SourceRow & { values: Values }) => R | RowFault
    /** Tallies the rows, and writes them unless it is a dry run. */
    write: (rows: readonly R[]) => Promise<void>
    /** Called once, after something was written. */
    finish: () => Promise<void>
  }
}

/** Throws `bad-request` when the county is unknown, and what reading a file throws. */
export async function importRows<R extends { row: number }>(
  tx: Queryable,
  context: ImportContext,
  { noun, permission, required, known, placeOf, noteOf, open }: RowImport<R>,
): Promise<ImportSummary> {
  const { actor, profile, file, dryRun, onProgress } = context
  const code = requireCounty(profile)
  requireWithin(actor, permission, code)
  const county = await findCounty(tx, code)
  if (!county) throw new Problem('bad-request', `There is no county ${code}: import its units first.`)
  const opened = await openFile(file, profile, required)
  const datum = datumFor(profile.datum, opened.reading.datum)
  const locate = locator(await listLeafPolygons(tx, code))
  const doubt = new DatumDoubt(datum)
  const tally = new Tally()
  for (const note of opened.reading.notes) tally.note(note)
  tally.noteSynthetic(county)
  const { read, write, finish } = open({ ...context, tx, county, datum, locate, tally })

  const seen = new Map<string, number>()
  let batch: R[] = []
  for await (const source of opened.rows) {
    tally.counts.read++
    const row = read(source)
    if (isFault(row)) tally.bad(row.row, row.code, row.message)
    else if (seen.has(known.of(row)))
      tally.bad(row.row, 'duplicate', `The ${known.word} ${known.of(row)} stands in row ${seen.get(known.of(row))} already.`)
    else {
      seen.set(known.of(row), row.row)
      const note = noteOf?.(row)
      if (note) tally.note(note)
      batch.push(row)
      const place = placeOf(row)
      if (place) doubt.see(place)
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
  const summary = tally.summary(noun, code, dryRun, false)
  const { created, updated, bad } = summary
  if (!dryRun && created + updated > 0) {
    const singular = noun.slice(0, -1)
    const detail = { file: file.name, created, updated, bad }
    await insertAudit(tx, actor, { action: `${singular}.import`, noun: singular, nounId: code, unitCode: code, detail })
    await finish()
  }
  onProgress('import', file.size, file.size)
  return summary
}

const isFault = (row: { row: number } | RowFault): row is RowFault => 'message' in row
