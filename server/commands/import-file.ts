/** One door for every import: the profile, one transaction, the record of the run. A dry run writes nothing at all. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Problem } from '#contract/problem.ts'
import type { ImportNoun, ImportProfile, ImportQuery, ImportSummary } from '#contract/transfer.ts'
import { can, type Permission } from '#model/access.ts'
import type { Db, Queryable } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { insertAudit } from '../store/audit.ts'
import { findProfile, insertRun, lockImports, putProfile } from '../store/imports.ts'
import { joinProfiles } from '../transfer/profile.ts'
import { importBuildings } from './import-buildings.ts'
import { importCameras } from './import-cameras.ts'
import type { ImportContext, OnProgress, WatchedFile } from './import-context.ts'
import { importIncidents } from './import-incidents.ts'
import { importLines } from './import-lines.ts'
import { importUnits } from './import-units.ts'

export interface ImportRequest {
  noun: ImportNoun
  actor: Actor
  file: WatchedFile
  query: ImportQuery
  now: Date
  isKind: (code: string) => boolean
  onProgress?: OnProgress
}

const PERMISSION: Record<ImportNoun, Permission> = {
  units: 'unit.import',
  incidents: 'incident.import',
  cameras: 'camera.import',
  buildings: 'building.import',
  lines: 'building.import',
}
const COMMAND: Record<ImportNoun, (tx: Queryable, context: ImportContext) => Promise<ImportSummary>> = {
  units: importUnits,
  incidents: importIncidents,
  cameras: importCameras,
  buildings: importBuildings,
  lines: importLines,
}

/**
 * Imports a file. Throws `not-allowed`, `outside-jurisdiction`, `bad-request` for options that cannot be used, `datum-needed`,
 * `bad-file` for a file that cannot be read at all; faults of rows are in the summary.
 */
export async function importFile(
  db: Db,
  { noun, actor, file, query, now, isKind, onProgress = () => undefined }: ImportRequest,
): Promise<ImportSummary> {
  requireImport(actor, noun)
  const kept = query.profile === undefined ? null : await findProfile(db, noun, query.profile)
  if (query.profile !== undefined && !kept) throw new Problem('not-found', `There is no profile ${query.profile} for ${noun}.`)
  const profile = joinProfiles(kept, query)
  const dryRun = query.dryRun ?? false
  return db.transaction(async (tx) => {
    await lockImports(tx)
    const summary = await COMMAND[noun](tx, { actor, file, profile, dryRun, now, isKind, onProgress })
    if (dryRun) return summary
    if (query.saveProfile !== undefined) await putProfile(tx, noun, query.saveProfile, profile)
    await insertRun(tx, actor.name, file.name, summary)
    return summary
  })
}

/** Keeps a profile under a name. Throws `not-allowed`. */
export async function keepProfile(db: Db, actor: Actor, noun: ImportNoun, name: string, profile: ImportProfile): Promise<void> {
  requireImport(actor, noun)
  await db.transaction(async (tx) => {
    await putProfile(tx, noun, name, profile)
    await insertAudit(tx, actor, {
      action: 'import.profile',
      noun: 'import_profile',
      nounId: name,
      unitCode: null,
      detail: { imports: noun },
    })
  })
}

/** Throws `not-allowed` before a byte of the file is taken. */
export function requireImport(actor: Actor, noun: ImportNoun): void {
  if (!can(actor.role, PERMISSION[noun])) throw new Problem('not-allowed', `The role ${actor.role} does not hold ${PERMISSION[noun]}.`)
}

/** A file on disk under the name its owner knows it by. Rejects when it cannot be read. */
export async function fileAt(path: string, name: string): Promise<WatchedFile> {
  const { size } = await stat(path)
  let position = 0
  return {
    name,
    size,
    get position() {
      return position
    },
    async *open() {
      position = 0
      for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
        position += chunk.length
        yield chunk
      }
    },
  }
}
