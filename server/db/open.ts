/** Chooses the driver: PostgreSQL when an address is given, otherwise the embedded database in its folder. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Db } from './db.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'
import { copyTemplate, ensureTemplate } from './template.ts'

export interface DatabaseConfig {
  /** postgres://… or undefined for the embedded database. */
  databaseUrl: string | undefined
  /** Folder of the embedded database's cluster; its owner holds the folder lock. */
  embeddedDir: string
}

export interface OpenOptions {
  /** Called when the embedded database dies under way. */
  onFatal?: (cause: Error) => void
  /** Cluster that a new embedded database begins as; without one it is built from nothing. */
  template?: () => Promise<string | null>
}

/** Opens the configured database, not yet migrated. Rejects when it cannot be reached or opened. */
export const openDb = async (
  { databaseUrl, embeddedDir }: DatabaseConfig,
  { onFatal, template = ensureTemplate }: OpenOptions = {},
): Promise<Db> => {
  if (databaseUrl !== undefined) return openPostgres({ connectionString: databaseUrl })
  const isNew = await stat(embeddedDir).then(
    () => false,
    () => true,
  )
  if (isNew) {
    await mkdir(dirname(embeddedDir), { recursive: true, mode: 0o700 })
    const ready = await template()
    if (ready !== null) await copyTemplate(ready, embeddedDir)
  }
  return openPglite({ dataDir: embeddedDir, onFatal })
}
