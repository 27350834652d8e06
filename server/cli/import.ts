/** npm run import: a file of units, incidents, cameras, buildings or lines, into the running server through its API, or into the database of one that is stopped. */
import { createReadStream } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { readCliAccess } from '../boot/cli-access.ts'
import { explain } from '../boot/explain.ts'
import { FolderInUse, lockFolder } from '../boot/folder-lock.ts'
import { fileAt, importFile } from '../commands/import-file.ts'
import { readConfig } from '../config.ts'
import { Problem, type ProblemDetails } from '#contract/problem.ts'
import { importQuery, type ImportSummary, importSummary } from '#contract/transfer.ts'
import { migrate } from '../db/migrate.ts'
import { openDb } from '../db/open.ts'
import { SYSTEM } from '../middleware/actor.ts'
import { readKinds } from '../store/kinds.ts'
import { fromHere } from './from-here.ts'
import { type ImportArguments, readArguments, USAGE } from './import-arguments.ts'
import { createBar, printSummary } from './import-report.ts'

/** A request line has room for about 16 kB; a longer profile is kept under a name first. */
const LONGEST_OPTIONS = 6_000
const PASSING_PROFILE = 'command line'

const queryOf = ({ path, query }: ImportArguments) => ({ fileName: basename(path), ...query })

/** Through the API of the server that runs on this folder. Rejects with `ECONNREFUSED` as cause when it does not answer. */
const importOnline = async (args: ImportArguments, access: { address: string; token: string }): Promise<ImportSummary> => {
  const { noun, path } = args
  const query: Record<string, string | boolean | undefined> = queryOf(args)
  const authorization = `Bearer ${access.token}`
  const ask = async (where: string, init: RequestInit & { duplex?: 'half' }): Promise<Response> => {
    const answer = await fetch(new URL(where, access.address), { method: 'POST', ...init })
    if (answer.ok) return answer
    const problem = (await answer.json()) as ProblemDetails
    throw new Problem('bad-request', problem.detail ?? problem.title)
  }
  if (typeof query['options'] === 'string' && encodeURIComponent(query['options']).length > LONGEST_OPTIONS) {
    if (query['profile'] !== undefined)
      throw new Problem('bad-request', 'These options are too long to be joined with a kept profile: put them all into one JSON file.')
    const headers = { authorization, 'content-type': 'application/json' }
    await ask(`/api/import/${noun}/profiles/${encodeURIComponent(PASSING_PROFILE)}`, { headers, body: query['options'] })
    delete query['options']
    query['profile'] = PASSING_PROFILE
  }
  const search = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
  const { size } = await stat(path)
  const bar = createBar()
  let sent = 0
  const body = createReadStream(path).on('data', (chunk) => bar.update('sent', (sent += chunk.length), size))
  try {
    const headers = { authorization, 'content-type': 'application/octet-stream', 'content-length': String(size) }
    const answer = await ask(`/api/import/${noun}?${search}`, { headers, body: Readable.toWeb(body) as ReadableStream, duplex: 'half' })
    return importSummary.parse(await answer.json())
  } finally {
    bar.stop()
  }
}

/** Into the database itself, which nobody else may have open. Rejects with FolderInUse. */
const importOffline = async (args: ImportArguments): Promise<ImportSummary> => {
  const config = readConfig(process.env)
  const lock = await lockFolder(config.dataDir)
  try {
    const db = await openDb({ databaseUrl: config.databaseUrl, embeddedDir: join(config.dataDir, 'cluster') })
    try {
      await migrate(db)
      const bar = createBar()
      const query = importQuery.parse(
        Object.fromEntries(
          Object.entries(queryOf(args)).map(([name, value]) => [name, typeof value === 'boolean' ? String(value) : value]),
        ),
      )
      const file = await fileAt(args.path, basename(args.path))
      try {
        return await importFile(db, {
          noun: args.noun,
          actor: SYSTEM,
          file,
          query,
          now: new Date(),
          isKind: readKinds().isKind,
          onProgress: bar.update,
        })
      } finally {
        bar.stop()
      }
    } finally {
      await db.close()
    }
  } finally {
    await lock.release()
  }
}

const isUnreachable = (cause: unknown): boolean =>
  cause instanceof TypeError && (cause.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'

const importEither = async (args: ImportArguments): Promise<ImportSummary> => {
  const access = await readCliAccess(readConfig(process.env).dataDir)
  if (access) {
    try {
      return await importOnline(args, access)
    } catch (cause) {
      // A server that was killed leaves its address behind.
      if (!isUnreachable(cause)) throw cause
    }
  }
  return importOffline(args)
}

const run = async (): Promise<number> => {
  const given = await readArguments(process.argv.slice(2), (path) => readFile(fromHere(path), 'utf8'))
  if (given === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  const args = { ...given, path: fromHere(given.path) }
  await stat(args.path)
  const summary = await importEither(args)
  printSummary(summary)
  if (args.report !== undefined) await writeFile(fromHere(args.report), `${JSON.stringify(summary, null, 2)}\n`)
  return summary.created + summary.updated + summary.unchanged > 0 ? 0 : 1
}

try {
  process.exitCode = await run()
} catch (cause) {
  const { code, path } = cause as NodeJS.ErrnoException
  const sentence =
    code === 'ENOENT'
      ? `There is no file ${path}.`
      : cause instanceof Problem
        ? cause.message
        : cause instanceof FolderInUse
          ? `${cause.message} It does not answer on its port.`
          : explain(cause)
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}
