/**
 * Sets `req.actor`: by `Authorization` (Bearer, or Basic with the token as password), otherwise by the session cookie.
 * Credentials that are not good answer 401; a session that is no longer good is nobody.
 *
 * A browser sends the cookie whatever page asks, so a write that rests on it must come from our own pages: the browser's own
 * word (Sec-Fetch-Site or Origin) is asked for. A token is never sent by itself and needs no such check.
 */
import { type RequestHandler, Router } from 'express'
import type { Logger } from 'pino'
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import { isSession } from '../store/sessions.ts'
import { createIdentity, type Identity } from './identity.ts'
import { COOKIE, createSessions, endSession, renewSession } from './sessions.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The token in an Authorization header; null when there is none in a form that we know. */
export function tokenOf(authorization: string): string | null {
  const [, scheme = '', value = ''] = /^(\S+)\s+(\S+)\s*$/.exec(authorization) ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return null
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? null : pair.slice(colon + 1)
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)

/** Refuses writes that another site makes a browser send. */
const sameSite: RequestHandler = (req, _res, next) => {
  if (SAFE.has(req.method) || req.get('authorization') !== undefined) return next()
  const site = req.get('sec-fetch-site')
  const origin = req.get('origin')
  const isOurs = site !== undefined ? site === 'same-origin' : origin !== undefined ? hostOf(origin) === req.host : req.actor === null
  if (!isOurs) throw new Problem('cross-site', 'A write with a cookie must come from this server’s own pages.')
  next()
}

export interface Authentication {
  /** Goes before every route. */
  middleware: RequestHandler
  identity: Identity
  close(): Promise<void>
}

/** Opens sessions and identity on the database. */
export async function createAuthentication(db: Db, log: Logger): Promise<Authentication> {
  const sessions = await createSessions(db, log)
  const identity = await createIdentity(db, log)

  const byToken: RequestHandler = async (req, _res, next) => {
    req.actor = null
    const authorization = req.get('authorization')
    if (authorization === undefined) return next()
    const token = tokenOf(authorization)
    const prove = async () => (token === null ? null : identity.ofToken(token))
    req.actor = await prove()
    if (!req.actor) throw new Problem('wrong-credentials', 'The token is unknown or revoked, or has expired.')
    identity.remember(req, prove)
    next()
  }

  const bySession: RequestHandler = async (req, res, next) => {
    const who = req.actor ? undefined : req.session?.who
    if (!who) return next()
    const { sessionID } = req
    req.actor = await identity.ofSession(who)
    if (!req.actor) {
      await endSession(req)
      res.clearCookie(COOKIE, { path: '/' })
      return next()
    }
    identity.remember(req, async () => ((await isSession(db, sessionID)) ? identity.ofSession(who) : null))
    await renewSession(req)
    next()
  }

  const router = Router()
  router.use(byToken, sessions.middleware, bySession, sameSite)
  return {
    middleware: router,
    identity,
    close: async () => {
      sessions.close()
      await identity.close()
    },
  }
}
