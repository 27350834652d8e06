/** Importing roads and rivers: known by county and key. One that says something else takes the place of the one that was there. */
import type { ImportSummary } from '#contract/transfer.ts'
import type { Queryable } from '../db/db.ts'
import { findLines, type ImportedLine, putLines, textOfLine } from '../store/lines.ts'
import { raiseVersion } from '../store/versions.ts'
import { type LineRow, readLine } from '../transfer/line-rows.ts'
import type { ImportContext } from './import-context.ts'
import { importRows, type Run } from './import-rows.ts'

/** Throws what `importRows` throws. */
export const importLines = (tx: Queryable, context: ImportContext): Promise<ImportSummary> =>
  importRows<LineRow>(tx, context, {
    noun: 'lines',
    permission: 'building.import',
    required: ['key'],
    known: { word: 'key', of: ({ key }) => key },
    placeOf: ({ parts: [first] }) => first![Math.floor(first!.length / 2)]!,
    open: (run) => ({
      read: (source) => readLine(source, run.profile, run.datum),
      write: (rows) => write(run, rows),
      finish: () => raiseVersion(tx, 'line'),
    }),
  })

async function write({ tx, county, tally, dryRun }: Run, rows: readonly LineRow[]): Promise<void> {
  const there = await findLines(tx, county.code, rows.map(({ key }) => key)) // prettier-ignore
  const written: ImportedLine[] = []
  for (const line of rows) {
    const before = there.get(line.key)
    if (before === textOfLine(line)) {
      tally.counts.unchanged++
      continue
    }
    tally.counts[before === undefined ? 'created' : 'updated']++
    written.push(line)
  }
  if (!dryRun && written.length > 0) await putLines(tx, county.code, written)
}
