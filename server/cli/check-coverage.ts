/** npm run check:coverage: whether what is stored of a county's units is sound, today, at a date, or after every change. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { asOf } from '#contract/history.ts'
import type { County } from '#contract/unit.ts'
import { dayOf } from '#model/time.ts'
import { checkUnits, type UnitFault } from '#model/unit-check.ts'
import { explain } from '../boot/explain.ts'
import { lockFolder } from '../boot/folder-lock.ts'
import { readConfig } from '../config.ts'
import type { Db } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import { openDb } from '../db/open.ts'
import { instantOf } from '../routes/as-of.ts'
import { listCounties } from '../store/counties.ts'
import { listInvalid, listStoredBorders, listStoredUnits } from '../store/unit-checks.ts'
import { listChangeInstants } from '../store/unit-history.ts'

const USAGE = `npm run check:coverage -- [--county 331004] [--at 2026-03-01 | --all]

Checks the units in the database of DATABASE_URL, or in the embedded one of DATA_DIR while no server uses it: no gap, no overlap,
edges matched, codes nested, every coarser unit the union of its leaves, the borders their edges, all polygons valid.
--at takes a day of the county's calendar (as it ended) or an instant; --all checks after every change there ever was.
Prints each fault with its place, and exits with 1 when there is one.
`

const ARGUMENTS = z
  .object({
    county: z
      .string()
      .regex(/^\d{6}$/, '--county must be a code of 6 digits.')
      .optional(),
    at: asOf.optional(),
    all: z.boolean().default(false),
    help: z.boolean().default(false),
  })
  .refine(({ at, all }) => at === undefined || !all, 'Give --at or --all, not both.')

const readArguments = () => {
  const { values } = parseArgs({
    options: {
      county: { type: 'string' },
      at: { type: 'string' },
      all: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  return ARGUMENTS.parse(values)
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const printFault = ({ kind, codes, where, reason }: UnitFault): void => {
  const place = where ? ` at ${where.map((degrees) => degrees.toFixed(7)).join(', ')}` : ''
  print(`  ✗ ${kind.padEnd(14)} ${codes.join(', ')}: ${reason}${place}`)
}

/** Prints what is wrong at an instant (null: now). Resolves with how many faults there are. */
const check = async (db: Db, { code }: County, name: string, at: Date | null): Promise<number> => {
  const units = await listStoredUnits(db, code, at)
  const invalid = await listInvalid(db, code, at)
  const faults: UnitFault[] = [
    ...invalid.map(({ code: unit, reason, lng, lat }) => ({
      ...{ kind: 'invalid', codes: [unit], reason: `PostGIS says ${reason}` },
      where: lng === null || lat === null ? null : ([lng, lat] as [number, number]),
    })),
    ...checkUnits(units, await listStoredBorders(db, code, at)),
  ]
  const leaves = units.filter(({ isLeaf }) => isLeaf).length
  print(`${code} ${name}: ${units.length} units, ${leaves} of them leaves, ${faults.length === 0 ? 'sound' : `${faults.length} faults`}`)
  faults.forEach(printFault)
  return faults.length
}

const checkCounty = async (db: Db, county: County, { at, all }: ReturnType<typeof readArguments>): Promise<number> => {
  if (at !== undefined) return check(db, county, `as of ${at}`, new Date(instantOf(at, county.timeZone)))
  if (!all) return check(db, county, 'now', null)
  let faults = 0
  for (const ms of await listChangeInstants(db, county.code)) {
    const instant = new Date(ms)
    faults += await check(db, county, `since ${dayOf(instant, county.timeZone)} (${instant.toISOString()})`, instant)
  }
  return faults
}

/** Resolves with the exit code. */
const run = async (): Promise<number> => {
  const given = readArguments()
  if (given.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const config = readConfig(process.env)
  const embeddedDir = join(config.dataDir, 'cluster')
  // To look must not make one.
  if (config.databaseUrl === undefined && !existsSync(embeddedDir)) {
    print(`There is no database in ${config.dataDir}.`)
    return 1
  }
  const lock = config.databaseUrl === undefined ? await lockFolder(config.dataDir) : undefined
  try {
    const db = await openDb({ databaseUrl: config.databaseUrl, embeddedDir })
    try {
      await migrate(db)
      const counties = (await listCounties(db)).filter(({ code }) => given.county === undefined || code === given.county)
      if (counties.length === 0) {
        print(given.county === undefined ? 'There is no county.' : `There is no county ${given.county}.`)
        return 1
      }
      let faults = 0
      for (const county of counties) faults += await checkCounty(db, county, given)
      return faults === 0 ? 0 : 1
    } finally {
      await db.close()
    }
  } finally {
    await lock?.release()
  }
}

try {
  process.exitCode = await run()
} catch (cause) {
  process.stderr.write(`${explain(cause)}\n`)
  process.exitCode = 1
}
