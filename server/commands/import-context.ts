/** What every import is told and asks for first. */
import { Problem } from '#contract/problem.ts'
import type { ImportProfile } from '#contract/transfer.ts'
import type { Actor } from '../middleware/actor.ts'
import type { ImportFile } from '../transfer/importers/importer.ts'

/** Told now and then how far a stage is: bytes while a file is read, otherwise things written. */
export type OnProgress = (stage: 'read' | 'import' | 'write', done: number, total: number) => void

/** A file that tells how far it has been read this time. */
export interface WatchedFile extends ImportFile {
  readonly position: number
}

export interface ImportContext {
  actor: Actor
  file: WatchedFile
  profile: ImportProfile
  dryRun: boolean
  now: Date
  isKind: (code: string) => boolean
  onProgress: OnProgress
}

/** Throws `bad-request` when the profile names no county. */
export function requireCounty({ county }: ImportProfile): string {
  if (county === undefined) throw new Problem('bad-request', 'Say into which county (county: its code of 6 digits).')
  return county
}
