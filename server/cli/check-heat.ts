/** npm run check:heat: whether the heat index holds what the database does, month by month and unit by unit. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { compareSums } from '#model/heat/check-sums.ts'
import { type HeatCheck, heatCheck } from '#contract/heat.ts'
import { readCliAccess } from '../boot/cli-access.ts'
import { explain } from '../boot/explain.ts'
import { lockFolder } from '../boot/folder-lock.ts'
import { readConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { openDb } from '../db/open.ts'
import { createHeatIndex } from '../heat/heat-index.ts'
import { listCheckSums } from '../store/heat-fill.ts'
import { getStreamPosition } from '../store/outbox.ts'

const USAGE = `npm run check:heat

Compares the heat index with the database and says equal, or in which month and unit they are not. With a server running on this
DATA_DIR it is that server's index, otherwise one that is filled for the purpose. Exits with 1 when they differ.
`
const POLL_MS = 200
const PATIENCE_MS = 120_000

const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** Asks the server, until its index is there and was compared. Throws when it does not answer. */
const checkOnline = async ({ address, token }: { address: string; token: string }): Promise<HeatCheck> => {
  const began = performance.now()
  for (;;) {
    const answer = await fetch(new URL('/api/heat/check', address), { headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok) throw new Error(`The server says ${answer.status}: ${await answer.text()}`)
    const check = heatCheck.parse(await answer.json())
    if (check.equal !== null || performance.now() - began > PATIENCE_MS) return check
    await sleep(POLL_MS)
  }
}

/** Fills an index of its own from the database and compares the two; null when there is no database. */
const checkOffline = async (): Promise<HeatCheck | null> => {
  const { databaseUrl, dataDir } = readConfig(process.env)
  const embeddedDir = join(dataDir, 'cluster')
  // To look must not make one.
  if (databaseUrl === undefined && !existsSync(embeddedDir)) return null
  const lock = databaseUrl === undefined ? await lockFolder(dataDir) : undefined
  try {
    const db = await openDb({ databaseUrl, embeddedDir })
    try {
      await migrate(db)
      const position = await getStreamPosition(db)
      const index = createHeatIndex({ db, stream: { hub: { pos: position }, onRows: () => undefined }, log: pino({ level: 'silent' }) })
      try {
        index.start()
        const began = performance.now()
        while (index.status.state !== 'ready') {
          if (performance.now() - began > PATIENCE_MS && index.status.incidents === 0) throw new Error('The index cannot be filled.')
          await sleep(POLL_MS)
        }
        const [sums, size] = [(await index.ask('sums', {}))!, (await index.ask('state', {}))!]
        const database = await listCheckSums(db)
        const differences = compareSums(sums, database)
        const inDatabase = database.reduce((sum, { count }) => sum + count, 0)
        return {
          ...{ equal: differences.length === 0, state: 'ready', position, differences },
          incidents: { index: size.incidents, database: inDatabase },
          bytesPerIncident: size.incidents === 0 ? 0 : size.bytes / size.incidents,
        }
      } finally {
        await index.close()
      }
    } finally {
      await db.close()
    }
  } finally {
    await lock?.release()
  }
}

const isUnreachable = (cause: unknown): boolean =>
  cause instanceof TypeError && (cause.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'

const check = async (): Promise<HeatCheck | null> => {
  const access = await readCliAccess(readConfig(process.env).dataDir)
  if (access) {
    try {
      return await checkOnline(access)
    } catch (cause) {
      // A server that was killed leaves its address behind.
      if (!isUnreachable(cause)) throw cause
    }
  }
  return checkOffline()
}

/** Resolves with the exit code. */
const run = async (): Promise<number> => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const found = await check()
  if (!found) {
    print(`There is no database in ${readConfig(process.env).dataDir}.`)
    return 1
  }
  const { equal, state, incidents, position, bytesPerIncident, differences } = found
  if (equal === null) {
    print(state === 'filling' ? 'The index is still being filled.' : 'So much is being written that the two could not be compared.')
    return 1
  }
  const size = `${incidents.index} incidents, ${bytesPerIncident.toFixed(1)} bytes each, at position ${position}`
  print(equal ? `equal: ${size}` : `not equal: ${incidents.index} incidents in the index, ${incidents.database} in the database`)
  for (const { month, unitCode, index, database } of differences)
    print(`  ✗ ${month} ${unitCode}: ${index} in the index, ${database} in the database`)
  return equal ? 0 : 1
}

try {
  process.exitCode = await run()
} catch (cause) {
  process.stderr.write(`${explain(cause)}\n`)
  process.exitCode = 1
}
