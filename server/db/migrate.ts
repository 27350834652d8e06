/**
 * Brings a database to the newest schema: server/db/migrations/*.sql, in order of name, each once and in a transaction.
 * What was applied is remembered with its hash; a file that changed or vanished afterwards stops the start.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { Db, Queryable } from './db.ts'
import { sql } from './sql.ts'

const FOLDER = new URL('./migrations/', import.meta.url)
/** 'grid' in ASCII: two servers that start together migrate one after the other. */
const LOCK = 0x67726964
const OLDEST_POSTGRES = 15
const OLDEST_POSTGIS = '3.3'

/** A database that cannot be used; the message is a sentence for whoever runs the server. */
export class UnusableDatabase extends Error {
  override readonly name = 'UnusableDatabase'
}

export interface Migration {
  name: string
  text: string
  sha256: string
}

/** The migrations that this version carries, in order. */
export const readMigrations = async (folder: URL = FOLDER): Promise<Migration[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

const isOlder = (version: string, than: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number)
  return major < thanMajor || (major === thanMajor && minor < thanMinor)
}

/** Why a PostgreSQL of this `server_version_num` (150004) and `server_version` cannot be used; null when it can. */
export const refusalOfPostgres = (number: number, version: string): string | null =>
  Math.floor(number / 10_000) >= OLDEST_POSTGRES
    ? null
    : `The database is PostgreSQL ${version}; PostgreSQL ${OLDEST_POSTGRES} or newer is needed.`

/** Why a database of this `server_encoding` cannot be used; null when it can. In any other than UTF-8 names are bytes, or none at all. */
export const refusalOfEncoding = (encoding: string, database: string): string | null =>
  encoding === 'UTF8'
    ? null
    : `The database "${database}" is encoded in ${encoding}; UTF8 is needed. An administrator makes one by: CREATE DATABASE gridward ENCODING 'UTF8' TEMPLATE template0;`

/** Versions of PostGIS as the server's catalogue tells them: what it could install, and what this database has. */
export interface Postgis {
  offered: string | null
  installed: string | null
}

/** Why a server with this PostGIS cannot be used; null when it can. Undefined: the server has none at all. */
export const refusalOfPostgis = (found: Postgis | undefined): string | null => {
  if (!found) {
    return `PostGIS is not installed on the database server. Install PostGIS ${OLDEST_POSTGIS} or newer there (on Debian: apt-get install postgresql-15-postgis-3) and start again.`
  }
  const version = found.installed ?? found.offered ?? ''
  if (!isOlder(version, OLDEST_POSTGIS)) return null
  const old = `The database has PostGIS ${version}; PostGIS ${OLDEST_POSTGIS} or newer is needed.`
  if (found.installed === null || found.offered === null || isOlder(found.offered, OLDEST_POSTGIS)) return old
  return `${old} The server offers ${found.offered}: an administrator must run this once, as a superuser: ALTER EXTENSION postgis UPDATE;`
}

const requirePostgres = async (db: Queryable): Promise<void> => {
  const [row] = await db.query<{ number: number; version: string; encoding: string; database: string }>(sql`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
      current_setting('server_encoding') as encoding, current_database() as database`)
  const refusal = refusalOfPostgres(row!.number, row!.version) ?? refusalOfEncoding(row!.encoding, row!.database)
  if (refusal !== null) throw new UnusableDatabase(refusal)
}

const PERMISSION_DENIED = '42501'
const isDenied = (cause: unknown): boolean => (cause as { code?: string }).code === PERMISSION_DENIED

const requirePostgis = async (tx: Queryable, who: { user: string; database: string }): Promise<void> => {
  const [found] = await tx.query<Postgis>(
    sql`select default_version as offered, installed_version as installed from pg_available_extensions where name = 'postgis'`,
  )
  const refusal = refusalOfPostgis(found)
  if (refusal !== null) throw new UnusableDatabase(refusal)
  if (found!.installed !== null) return
  await tx.script('create extension postgis').catch((cause: unknown) => {
    if (!isDenied(cause)) throw cause
    throw new UnusableDatabase(
      `The database user "${who.user}" may not create the extension PostGIS. An administrator must run this once, as a superuser, in the database "${who.database}": CREATE EXTENSION postgis;`,
      { cause },
    )
  })
}

/** Rejects when what was applied is not the beginning of what this version carries. */
const assertHistory = (applied: readonly { name: string; sha256: string }[], carried: readonly Migration[]): void => {
  for (const [index, { name, sha256 }] of applied.entries()) {
    const own = carried[index]
    if (own?.name === name && own.sha256 === sha256) continue
    if (own?.name === name) throw new UnusableDatabase(`The migration ${name} was changed after this database had applied it.`)
    if (carried.some((each) => each.name === name))
      throw new UnusableDatabase(`A migration was slipped in before ${name}, which this database already has.`)
    throw new UnusableDatabase(`This database has the migration ${name}, which this version does not know: it was used by a newer version.`)
  }
}

/**
 * Applies what is missing and resolves with the names applied. Rejects with UnusableDatabase when the server or its PostGIS
 * is too old or missing, the database is not in UTF-8, or when the history differs.
 */
export const migrate = async (db: Db, migrations?: readonly Migration[]): Promise<string[]> => {
  const carried = migrations ?? (await readMigrations())
  await requirePostgres(db)
  const [who] = await db.query<{ user: string; database: string }>(sql`select current_user as user, current_database() as database`)
  const run = async (tx: Queryable): Promise<string[]> => {
    await tx.query(sql`select pg_advisory_xact_lock(${LOCK})`)
    await tx.script(
      'create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    )
    const applied = await tx.query<{ name: string; sha256: string }>(sql`select name, sha256 from migration order by name`)
    assertHistory(applied, carried)
    await requirePostgis(tx, who!)
    const missing = carried.slice(applied.length)
    for (const { name, text, sha256 } of missing) {
      await tx.script(text)
      await tx.execute(sql`insert into migration (name, sha256) values (${name}, ${sha256})`)
    }
    return missing.map(({ name }) => name)
  }
  return db.transaction(run).catch((cause: unknown) => {
    if (!isDenied(cause)) throw cause
    throw new UnusableDatabase(
      `The database user "${who!.user}" may not create tables: ${(cause as Error).message}. An administrator must run this once, in the database "${who!.database}": GRANT CREATE ON SCHEMA public TO "${who!.user}";`,
      { cause },
    )
  })
}
