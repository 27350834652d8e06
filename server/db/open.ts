/** Chooses the driver: PostgreSQL when an address is given, otherwise the embedded database in its folder. */
import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Db, ReplicaState } from './db.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'
import { copyTemplate, ensureTemplate } from './template.ts'

export interface DatabaseConfig {
  /** postgres://… or undefined for the embedded database. */
  databaseUrl: string | undefined
  /** postgres://… of a streaming replica of it. */
  replicaUrl?: string | undefined
  /** By how much the replica may be behind. */
  replicaMaxLagMs?: number
  /** Folder of the embedded database's cluster; its owner holds the folder lock. */
  embeddedDir: string
}

export interface OpenOptions {
  /** Called when the embedded database dies under way. */
  onFatal?: (cause: Error) => void
  /** Told how the replica does: at the opening and at every change. */
  onReplica?: (state: ReplicaState) => void
  /** Cluster that a new embedded database begins as; without one it is built from nothing. */
  template?: () => Promise<string | null>
}

/** Opens the configured database, not yet migrated. Rejects when it cannot be reached or opened. */
export const openDb = async (
  { databaseUrl, replicaUrl, replicaMaxLagMs = 500, embeddedDir }: DatabaseConfig,
  { onFatal, onReplica, template = ensureTemplate }: OpenOptions = {},
): Promise<Db> => {
  if (databaseUrl !== undefined) {
    const replica = replicaUrl === undefined ? undefined : { connectionString: replicaUrl, maxLagMs: replicaMaxLagMs, onState: onReplica }
    return openPostgres({ connectionString: databaseUrl, replica })
  }
  const isNew = await stat(embeddedDir).then(
    () => false,
    () => true,
  )
  if (isNew) {
    await mkdir(dirname(embeddedDir), { recursive: true, mode: 0o700 })
    const ready = await template()
    if (ready !== null) await copyTemplate(ready, embeddedDir)
  }
  const db = await openPglite({ dataDir: embeddedDir, onFatal })
  // As PostgreSQL keeps its own: the folder above may be one that others can enter.
  if (isNew) await chmod(embeddedDir, 0o700)
  return db
}
