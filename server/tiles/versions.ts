/**
 * The nouns' versions as the tiles use them, read at most once a second however many tiles are asked for. So a tile of incidents
 * is at most a second old, and the cache helps although every write is a new version; what is newer comes on the stream.
 * Whoever knows a newer version already (from a reload message) makes us look at once.
 */
import type { Db } from '../db/db.ts'
import { getVersions, type Versions } from '../store/versions.ts'

const MAX_AGE_MS = 1000

export interface VersionSource {
  /** At most a second old. */
  recent(): Promise<Versions>
  /** As they are now, or a moment later: a read that is already under way does not count, the next one is shared. */
  fresh(): Promise<Versions>
}

export function createVersions(db: Db): VersionSource {
  let known: { versions: Versions; readAt: number } | undefined
  let running: Promise<Versions> | undefined
  let queued: Promise<Versions> | undefined
  const read = async (): Promise<Versions> => {
    const readAt = performance.now()
    const versions = await getVersions(db)
    known = { versions, readAt }
    return versions
  }
  const start = (): Promise<Versions> =>
    (running = read().finally(() => {
      running = undefined
    }))
  const fresh = (): Promise<Versions> => {
    if (!running) return start()
    const behind = running.then(
      () => undefined,
      () => undefined,
    )
    return (queued ??= behind.then(() => {
      queued = undefined
      return start()
    }))
  }
  const recent = async () => (known && performance.now() - known.readAt < MAX_AGE_MS ? known.versions : (running ?? start()))
  return { recent, fresh }
}
