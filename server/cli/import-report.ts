/** What `npm run import` shows: a bar while it goes on, then the counts and every row that was refused. */
import { Presets, SingleBar } from 'cli-progress'
import type { ImportSummary } from '#contract/transfer.ts'

const MOST_NOTES = 50

export interface Bar {
  update(stage: string, done: number, total: number): void
  stop(): void
}

/** A terminal only: a log file wants lines. */
export function createBar(): Bar {
  let bar: SingleBar | undefined
  let shown = ''
  const stop = () => {
    bar?.stop()
    bar = undefined
  }
  return {
    update(stage, done, total) {
      if (!process.stdout.isTTY || total === 0) return
      if (shown !== stage) {
        stop()
        shown = stage
        bar = new SingleBar(
          { format: `  {bar} {percentage} %  ${stage}  {eta_formatted} left`, clearOnComplete: true },
          Presets.shades_classic,
        )
        bar.start(total, 0)
      }
      bar?.update(done)
    },
    stop,
  }
}

/** To standard output; faults come first. */
export function printSummary(summary: ImportSummary, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  const { noun, county, dryRun, refused, read, created, updated, unchanged, ended, outside, withoutPlace, bad, notes } = summary
  const counts = { read, created, updated, unchanged, ended, 'in no unit': outside, 'without a place': withoutPlace, bad }
  const head = refused ? 'Nothing was imported' : dryRun ? 'This would be imported' : 'Imported'
  write(`${head}: ${noun} of ${county ?? 'no county'}.\n`)
  for (const [name, count] of Object.entries(counts))
    if (count > 0 || name === 'read') write(`  ${name.padEnd(18)}${count.toLocaleString('en').padStart(12)}\n`)
  const sorted = [...notes].sort((a, b) => Number(a.weight === 'warning') - Number(b.weight === 'warning'))
  for (const { row, code, message, where, weight } of sorted.slice(0, MOST_NOTES)) {
    const place = where ? ` at ${where.map((degrees) => degrees.toFixed(7)).join(', ')}` : ''
    write(`  ${weight === 'fault' ? '✗' : '!'} ${row === null ? 'file' : `row ${row}`}  ${code}  ${message}${place}\n`)
  }
  if (sorted.length > MOST_NOTES)
    write(`  … and ${(sorted.length - MOST_NOTES).toLocaleString('en')} more; --report FILE holds them all.\n`)
}
