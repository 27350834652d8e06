/** The boot, in reading order: configuration, lock, database, demo, first administrator, application, port; and the way down. */
import { join } from 'node:path'
import { pino } from 'pino'
import { announce } from './boot/announce.ts'
import { openCliAccess } from './boot/cli-access.ts'
import { ensureDemoTemplate, readDemoCounty } from './boot/demo-template.ts'
import { explain } from './boot/explain.ts'
import { lockFolder } from './boot/folder-lock.ts'
import { listen } from './boot/listen.ts'
import { ensureAdmin } from './commands/users.ts'
import { ensureDemo } from './commands/seed.ts'
import { type Config, readConfig } from './config.ts'
import type { ReplicaState } from './db/db.ts'
import { migrate } from './db/migrate.ts'
import { openDb } from './db/open.ts'
import { startUpkeep } from './db/upkeep.ts'
import { startPartitions } from './jobs/partitions.ts'
import { readKinds } from './store/kinds.ts'

/** How long requests that are under way may take to end once the server is told to. */
const DRAIN_MS = 10_000

/** Where the command line goes in when the port is HTTPS: a certificate names the address that browsers use, which need not lead here. */
const OWN_DOOR = { port: 0, host: '127.0.0.1', tls: undefined }

/** A second signal within this time is the echo of the first. */
const REPEAT_MS = 1000

type Step = () => unknown

const boot = async (config: Config, undo: Step[], fatal: (cause: Error) => void): Promise<void> => {
  const log = pino({ level: config.logLevel })
  const lock = await lockFolder(config.dataDir)
  undo.push(() => lock.release())
  // What takes longest to read is read while the embedded database opens in its thread.
  const opening = Promise.all([import('./app.ts'), import('./jobs/plans-in-force.ts'), import('./jobs/reports.ts')])
  opening.catch(() => {})
  const onReplica = (state: ReplicaState) => {
    if (state === 'serves') log.info('tiles, lists and analysis are read from the replica')
    else log.warn({ replica: state }, 'tiles, lists and analysis are read from the primary')
  }
  const wantsDemo = config.seed === 'demo'
  const db = await openDb(
    { ...config, embeddedDir: join(config.dataDir, 'cluster') },
    { onFatal: fatal, onReplica, ...(wantsDemo ? { template: ensureDemoTemplate } : {}) },
  )
  undo.push(() => db.close())
  if (db.kind === 'embedded') undo.push(startUpkeep(db, (cause) => log.error({ err: cause }, 'the upkeep of the embedded database failed')))
  const applied = await migrate(db)
  if (applied.length > 0) log.info({ applied }, 'migrated')
  if (wantsDemo) {
    const seeded = await ensureDemo(db, { until: config.seedUntil ?? new Date(), incidents: config.seedIncidents }, readDemoCounty)
    if (seeded) log.info(seeded, 'seeded the demo, whose data are synthetic')
  }
  const admin = await ensureAdmin(db, config.adminPassword)
  const [{ createApp }, { startPlansInForce }, { startReports }] = await opening
  undo.push(startPlansInForce(db, log), startPartitions(db, log, config))
  const app = await createApp({ db, config, log })
  undo.push(startReports({ db, kinds: readKinds(), now: () => new Date(), counting: app.heat }, log))
  const listener = await listen(config, app.handler)
  const door = config.tls ? await listen(OWN_DOOR, app.handler) : listener
  app.heat.start()
  undo.push(async () => {
    const open = new Set([listener, door])
    const cutting = setTimeout(() => open.forEach((each) => each.cut()), DRAIN_MS)
    const closed = Promise.all([...open].map((each) => each.close()))
    await app.close()
    await closed
    clearTimeout(cutting)
  })
  const closeCliAccess = await openCliAccess(db, config.dataDir, door.addresses[0]!)
  undo.push(closeCliAccess)
  announce({ addresses: listener.addresses, database: db.kind, admin })
}

const run = async (): Promise<void> => {
  const undo: Step[] = []
  let ending = false
  let askedAt = 0
  const end = async (status: number): Promise<never> => {
    ending = true
    for (const step of undo.splice(0).reverse()) await step()
    process.exit(status)
  }
  const fail = (cause: unknown): void => {
    process.stderr.write(`${explain(cause)}\n`)
    if (ending) process.exit(1)
    end(1).catch(() => process.exit(1))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait; but npm repeats a Ctrl-C that the terminal has sent already.
      if (ending && Date.now() - askedAt > REPEAT_MS) process.exit(130)
      if (ending) return
      askedAt = Date.now()
      end(0).catch(fail)
    })
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  try {
    await boot(readConfig(process.env), undo, fail)
  } catch (cause) {
    // Told to end while it was still starting: what the start then stumbles over is no failure.
    if (!ending) fail(cause)
  }
}

await run()
