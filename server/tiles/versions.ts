/**
 * The nouns' versions as the tiles use them, read at most once a second however many tiles are asked for. So a tile of incidents
 * is at most a second old, and the cache helps although every write is a new version; what is newer comes on the stream.
 * Whoever knows a newer version already (from a reload message) makes us look at once.
 */
import type { Db } from '../db/db.ts'
import { getVersions, type Versions } from '../store/versions.ts'
import { createFollower } from '../stream/follower.ts'

const MAX_AGE_MS = 1000

export interface VersionSource {
  /** At most a second old. */
  recent(): Promise<Versions>
  /** Read after this call. Callers that ask while a read is under way share the next one. */
  fresh(): Promise<Versions>
}

export function createVersions(db: Db): VersionSource {
  let known: { versions: Versions; readAt: number } | undefined
  const reader = createFollower(async () => {
    const readAt = performance.now()
    known = { versions: await getVersions(db), readAt }
  })
  const fresh = async () => {
    await reader.again()
    return known!.versions
  }
  return {
    fresh,
    recent: async () => (known && performance.now() - known.readAt < MAX_AGE_MS ? known.versions : fresh()),
  }
}
