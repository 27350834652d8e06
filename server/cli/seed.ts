/** npm run seed: fills the configured database, with no server on it, with a demo of any size. */
import { parseArgs } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'
import { z } from 'zod'
import { explain } from '../boot/explain.ts'
import { AlreadySeeded, type OnProgress, seedDemo, type SeedReport } from '../commands/seed.ts'
import { withDatabase } from './with-database.ts'

const USAGE = `npm run seed -- [--incidents 20000] [--seed 1] [--until 2026-03-01T08:00:00+08:00] [--microgrids] [--replace]

Generates the demo county and its incidents of the 365 days up to --until (now), and loads them into the database of
DATABASE_URL, or into the embedded one of DATA_DIR, while no server uses it. The same --seed and --until give the same data.
--microgrids cuts the grids into micro-grids. --replace removes the demo county that is there, with all in it.
`
const whole = (max: number, name: string) =>
  z
    .string()
    .regex(/^\d+$/, `--${name} must be a whole number.`)
    .transform(Number)
    .pipe(z.number().max(max, `--${name} must be at most ${max}.`))

const ARGUMENTS = z.object({
  incidents: whole(20_000_000, 'incidents').default(20_000),
  seed: whole(2 ** 31 - 1, 'seed').default(1),
  until: z.iso
    .datetime({ offset: true, message: '--until must be an instant such as 2026-03-01T08:00:00+08:00.' })
    .transform((text) => new Date(text))
    .default(() => new Date()),
  microgrids: z.boolean().default(false),
  replace: z.boolean().default(false),
  help: z.boolean().default(false),
})

const readArguments = () => {
  const { values } = parseArgs({
    options: {
      incidents: { type: 'string' },
      seed: { type: 'string' },
      until: { type: 'string' },
      microgrids: { type: 'boolean' },
      replace: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  return ARGUMENTS.parse(values)
}

/** A bar for a stage that counts; a terminal only, as a log file wants lines. */
const createProgress = (): OnProgress => {
  let bar: SingleBar | undefined
  return (stage, done, total) => {
    if (!process.stdout.isTTY || total < 2) return
    if (done === 0) {
      bar = new SingleBar(
        { format: `  {bar} {percentage} %  ${stage}  {value} of {total}  {eta_formatted} left`, clearOnComplete: true },
        Presets.shades_classic,
      )
      bar.start(total, 0)
    }
    bar?.update(done)
    if (done === total) bar?.stop()
  }
}

/** Fewer are not worth a rate. */
const COUNTED = 100

const print = ({ countyCode, stages }: SeedReport): void => {
  for (const { name, rows, ms } of stages) {
    const rate = rows >= COUNTED ? `  ${Math.round(rows / (ms / 1000)).toLocaleString('en')} rows/s` : ''
    process.stdout.write(`  ${name.padEnd(34)}${rows.toLocaleString('en').padStart(12)}  ${(ms / 1000).toFixed(1).padStart(7)} s${rate}\n`)
  }
  process.stdout.write(`Seeded the county ${countyCode}. All of it but outline and names is synthetic.\n`)
}

const run = async (): Promise<void> => {
  const { help, ...options } = readArguments()
  if (help) return void process.stdout.write(USAGE)
  await withDatabase(async (db) => print(await seedDemo(db, options, createProgress())))
}

try {
  await run()
} catch (cause) {
  if (cause instanceof AlreadySeeded) process.stderr.write(`${cause.message} Give --replace to remove it first.\n`)
  else process.stderr.write(`${explain(cause)}\n`)
  process.exitCode = 1
}
