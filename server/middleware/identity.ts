/**
 * From a credential to an actor, now. What the database said is remembered for at most five seconds, and forgotten at once when
 * this or any other server on the database takes rights away. Whoever keeps a request open (the stream) registers it here and
 * is told when its rights end.
 */
import type { Request } from 'express'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { actorOfAccount } from '../commands/sessions.ts'
import { hashToken } from '../commands/tokens.ts'
import type { Db } from '../db/db.ts'
import { ACCESS_CHANNEL, ringAccess } from '../store/sessions.ts'
import { findApiGrant, findWallGrant, type Grant, touchToken } from '../store/tokens.ts'
import { findAccount } from '../store/users.ts'
import type { Actor } from './actor.ts'

const REMEMBERED_MS = 5_000
const TOUCH_MS = 60_000
const SWEEP_MS = 30_000

/** What a session holds: a user as of an epoch, or a wall by its token. */
export type SessionHolder = { kind: 'user'; id: number; epoch: number } | { kind: 'wall'; id: number }

export interface Identity {
  /** The actor of an API token, or null when it is unknown, revoked or has expired. */
  ofToken(secret: string): Promise<Actor | null>
  /** The actor of a session, or null when the user was changed or switched off, or the wall's link revoked. */
  ofSession(holder: SessionHolder): Promise<Actor | null>
  /** Notes how the request proved who it is, for `onRevoked`. */
  remember(req: Request, again: () => Promise<Actor | null>): void
  /** Calls `end` once, when the request's rights end or change or its session is signed out, until the returned function is called. */
  onRevoked(req: Request, end: () => void): () => void
  /** Rights were taken away by this server: forgets what was remembered and ends what must end. */
  changed(): Promise<void>
  /** A session was signed out, its row deleted: ends what was opened in it, here and on every other server of this database. */
  signedOut(sessionId: string): Promise<void>
  close(): Promise<void>
}

interface Watched {
  actor: Actor
  sessionId: string | undefined
  again: () => Promise<Actor | null>
  end: () => void
}

const actorOfGrant = ({ id, name, purpose, role, unitCode }: Grant): Actor => ({
  kind: purpose === 'wall' ? 'wall' : 'token',
  id,
  name,
  displayName: name,
  role,
  unitCode,
})

/** Opens the identity of one server: a cache, a listener on the database, and a sweep that covers lost notifications and expiries. */
export async function createIdentity(db: Db, log: Logger): Promise<Identity> {
  const remembered = new LRUCache<string, Actor>({ max: 20_000, ttl: REMEMBERED_MS })
  const touched = new LRUCache<number, true>({ max: 20_000, ttl: TOUCH_MS })
  const proofs = new WeakMap<Request, () => Promise<Actor | null>>()
  const watched = new Set<Watched>()
  // An answer that was on its way when rights changed must not be remembered.
  let generation = 0

  const recall = async (key: string, read: () => Promise<{ actor: Actor; until?: Date | null } | null>): Promise<Actor | null> => {
    const known = remembered.get(key)
    if (known) return known
    const before = generation
    const found = await read()
    if (!found) return null
    const ttl = found.until ? Math.min(REMEMBERED_MS, found.until.getTime() - Date.now()) : REMEMBERED_MS
    if (before === generation && ttl > 0) remembered.set(key, found.actor, { ttl })
    return found.actor
  }

  const touch = async (id: number): Promise<void> => {
    if (touched.has(id)) return
    touched.set(id, true)
    await touchToken(db, id)
  }

  const recheck = async (): Promise<void> => {
    generation++
    remembered.clear()
    for (const each of [...watched]) {
      const now = await each.again()
      if (now && now.role === each.actor.role && now.unitCode === each.actor.unitCode) continue
      if (watched.delete(each)) each.end()
    }
  }
  // A database that is away for a moment must not end the streams; the next sweep asks again.
  const recheckLater = (): void => void recheck().catch((err: unknown) => log.warn({ err }, 'access could not be checked again'))

  const stopListening = await db.listen(ACCESS_CHANNEL, recheckLater)
  const sweep = setInterval(() => void (watched.size > 0 && recheckLater()), SWEEP_MS)
  sweep.unref()

  return {
    async ofToken(secret) {
      const hash = hashToken(secret)
      const actor = await recall(`token:${hash}`, async () => {
        const grant = await findApiGrant(db, hash)
        return grant && { actor: actorOfGrant(grant), until: grant.expiresAt }
      })
      if (actor) await touch(actor.id!)
      return actor
    },
    async ofSession(holder) {
      if (holder.kind === 'wall') {
        const actor = await recall(`wall:${holder.id}`, async () => {
          const grant = await findWallGrant(db, holder.id)
          return grant && { actor: actorOfGrant(grant) }
        })
        if (actor) await touch(holder.id)
        return actor
      }
      return recall(`user:${holder.id}:${holder.epoch}`, async () => {
        const account = await findAccount(db, holder.id)
        return account?.enabled && account.epoch === holder.epoch ? { actor: actorOfAccount(account) } : null
      })
    },
    remember: (req, again) => void proofs.set(req, again),
    onRevoked(req, end) {
      const again = proofs.get(req)
      if (!again || !req.actor) return () => undefined
      const entry: Watched = { actor: req.actor, sessionId: req.session?.who ? req.sessionID : undefined, again, end }
      watched.add(entry)
      return () => void watched.delete(entry)
    },
    changed: recheck,
    async signedOut(sessionId) {
      for (const each of [...watched]) if (each.sessionId === sessionId && watched.delete(each)) each.end()
      await ringAccess(db)
    },
    async close() {
      clearInterval(sweep)
      watched.clear()
      await stopListening()
    },
  }
}
