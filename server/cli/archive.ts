/** npm run archive: takes old months of incidents out of the table, writes them to files, brings them back. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { explain } from '../boot/explain.ts'
import { archiveIncidents, type ArchivedMonth, MonthIsBeside, restoreIncidents } from '../commands/archive-incidents.ts'
import type { Db } from '../db/db.ts'
import { SYSTEM } from '../middleware/actor.ts'
import { listArchivedMonths } from '../store/incident-archive.ts'
import { monthStart } from '../store/partitions.ts'
import { BadArchive } from '../transfer/month-file.ts'
import { fromHere } from './from-here.ts'
import { withDatabase } from './with-database.ts'

const USAGE = `npm run archive -- --before 2024-01 [--to DIR [--drop]] [--with-open]
npm run archive -- --restore 2023-12 [--to DIR]
npm run archive -- --list

Takes every month before --before (of UTC) out of the table of incidents: nobody sees it any more, screens reload. Without --to it
stays in the database, beside the table. With --to it is also written to DIR (COPY text, gzip, checked after writing); --drop
then removes it from the database. A month with open incidents is kept and named, unless --with-open is given.
--restore brings a month back, from beside the table or from DIR (DATA_DIR/archive, where the retention writes, when not given).
Works on a running server's PostgreSQL, and on the embedded database of DATA_DIR while no server uses it.
`
const month = (option: string) =>
  z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, `--${option} must be a month such as 2024-01.`)
    .transform((text) => new Date(`${text}-01T00:00:00Z`))

const ARGUMENTS = z
  .object({
    before: month('before').optional(),
    restore: month('restore').optional(),
    to: z.string().min(1).transform(fromHere).optional(),
    drop: z.boolean().default(false),
    'with-open': z.boolean().default(false),
    list: z.boolean().default(false),
    help: z.boolean().default(false),
  })
  .refine(({ before, restore, list, help }) => help || [before, restore, list || undefined].filter(Boolean).length === 1, {
    message: 'Give one of --before, --restore and --list.',
  })
  .refine(({ before }) => before === undefined || before <= monthStart(new Date()), 'Give --before a month that has begun.')
  .refine(({ drop, to }) => !drop || to !== undefined, 'Give --to with --drop: nothing is dropped that was not written before.')

const readArguments = () => {
  const { values } = parseArgs({
    options: {
      before: { type: 'string' },
      restore: { type: 'string' },
      to: { type: 'string' },
      drop: { type: 'boolean' },
      'with-open': { type: 'boolean' },
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  return ARGUMENTS.parse(values)
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const SAID: Record<ArchivedMonth['outcome'], string> = {
  kept: 'kept, as some are open: close them, or give --with-open',
  detached: 'taken off; it lies beside the table',
  written: 'taken off and written; it lies beside the table too',
  dropped: 'written, and dropped from the database',
}
const printMonth = ({ month: name, incidents, open, outcome }: ArchivedMonth): void =>
  print(`  ${name}  ${incidents.toLocaleString('en').padStart(12)} incidents${open > 0 ? `, ${open} of them open` : ''}: ${SAID[outcome]}`)

const work = async (db: Db, { before, restore, to, drop, 'with-open': withOpen }: ReturnType<typeof readArguments>, kept: string) => {
  if (before) {
    const done = await archiveIncidents(db, SYSTEM, { before, to, drop, withOpen }, printMonth)
    print(
      done.length === 0 ? 'There was nothing to archive.' : `${done.filter(({ outcome }) => outcome !== 'kept').length} months archived.`,
    )
  } else if (restore) {
    print(`${(await restoreIncidents(db, SYSTEM, restore, to ?? kept)).toLocaleString('en')} incidents are back.`)
  } else {
    const beside = await listArchivedMonths(db)
    print(beside.length === 0 ? 'No month lies beside the table.' : beside.map((each) => each.toISOString().slice(0, 7)).join('\n'))
  }
}

const run = async (): Promise<void> => {
  const given = readArguments()
  if (given.help) return void process.stdout.write(USAGE)
  await withDatabase((db, { dataDir }) => work(db, given, join(dataDir, 'archive')))
}

try {
  await run()
} catch (cause) {
  const isOurs = cause instanceof BadArchive || cause instanceof MonthIsBeside
  process.stderr.write(`${isOurs ? cause.message : explain(cause)}\n`)
  process.exitCode = 1
}
