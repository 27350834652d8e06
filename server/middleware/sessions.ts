/**
 * Cookie sessions: express-session over connect-pg-simple, which gets our driver seam for its pool and so works on both databases.
 * A session is read once in five seconds, written when it begins and once an hour (a day on a wall), not at every request.
 */
import { randomBytes } from 'node:crypto'
import connectPgSimple from 'connect-pg-simple'
import type { Request, RequestHandler } from 'express'
import session from 'express-session'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Pool } from 'pg'
import type { Db } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { ensureSessionSecret } from '../store/sessions.ts'
import type { Actor } from './actor.ts'
import type { SessionHolder } from './identity.ts'

export const COOKIE = 'gridward'
const HOUR_MS = 3_600_000
/** A person's session ends after this long without a request; a wall's lasts as long as browsers keep a cookie. */
const IDLE_MS = { user: 12 * HOUR_MS, wall: 400 * 24 * HOUR_MS }
const RENEWED_MS = { user: HOUR_MS, wall: 24 * HOUR_MS }
const REMEMBERED_MS = 5_000

declare module 'express-session' {
  interface SessionData {
    who: SessionHolder
    renewedAt: number
  }
}

/** The library's `$1`-numbered text through our seam; a number may stand twice. */
const pool = (db: Db): Pool =>
  ({
    query: async (text: string, params: unknown[]) => {
      const numbers = [...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1]))
      return { rows: await db.query(sql(text.split(/\$\d+/), ...(numbers.map((n) => params[n - 1]) as string[]))) }
    },
  }) as unknown as Pool

const PgStore = connectPgSimple(session)

/** Remembers what it read for five seconds: a page asks for dozens of tiles at once. */
class RememberingStore extends PgStore {
  readonly #known = new LRUCache<string, string>({ max: 10_000, ttl: REMEMBERED_MS })
  #generation = 0

  #forget(sid: string): void {
    this.#generation++
    this.#known.delete(sid)
  }

  override get(sid: string, done: (error: unknown, data?: session.SessionData | null) => void): void {
    const known = this.#known.get(sid)
    if (known !== undefined) return void queueMicrotask(() => done(null, JSON.parse(known)))
    const before = this.#generation
    super.get(sid, (error, data) => {
      if (data && before === this.#generation) this.#known.set(sid, JSON.stringify(data))
      done(error, data)
    })
  }

  override set(sid: string, data: session.SessionData, done?: (error?: unknown) => void): void {
    super.set(sid, data, (error) => {
      this.#forget(sid)
      done?.(error)
    })
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    super.destroy(sid, (error) => {
      this.#forget(sid)
      done?.(error)
    })
  }
}

export interface Sessions {
  middleware: RequestHandler
  close(): void
}

/** `Secure` follows the request: TLS here, or a trusted proxy that says https (`trust proxy` of the app). */
export async function createSessions(db: Db, log: Logger): Promise<Sessions> {
  const store = new RememberingStore({
    pool: pool(db),
    disableTouch: true,
    errorLog: (message: string, err: unknown) => log.warn({ err }, message),
  })
  const middleware = session({
    name: COOKIE,
    secret: await ensureSessionSecret(db, randomBytes(32).toString('base64url')),
    store,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', path: '/', maxAge: IDLE_MS.user },
  })
  return { middleware, close: () => store.close() }
}

/** Begins a session under a new id, whatever came in. */
export async function beginSession(req: Request, actor: Actor): Promise<void> {
  await new Promise<void>((resolve, reject) => req.session.regenerate((error: unknown) => (error ? reject(error) : resolve())))
  const kind = actor.kind === 'wall' ? 'wall' : 'user'
  req.session.who = kind === 'wall' ? { kind, id: actor.id! } : { kind, id: actor.id!, epoch: actor.epoch! }
  req.session.renewedAt = Date.now()
  req.session.cookie.maxAge = IDLE_MS[kind]
  await saveSession(req)
}

/** Prolongs a session that is in use, cookie and row, when that was last done long ago. */
export async function renewSession(req: Request): Promise<void> {
  const { who, renewedAt } = req.session
  if (!who || Date.now() - (renewedAt ?? 0) < RENEWED_MS[who.kind]) return
  req.session.renewedAt = Date.now()
  req.session.touch()
  // Now and not at the end of the answer, which for a stream may be days away.
  await saveSession(req)
}

export const saveSession = (req: Request): Promise<void> =>
  new Promise((resolve, reject) => req.session.save((error: unknown) => (error ? reject(error) : resolve())))

/** Ends the session, if there is one. */
export const endSession = (req: Request): Promise<void> =>
  new Promise((resolve, reject) => req.session.destroy((error: unknown) => (error ? reject(error) : resolve())))
