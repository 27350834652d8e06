/** Sign in, who am I, sign out, one's own password. Wrong tries are limited by address and user name, and by address alone. */
import express, { type Request, Router } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { can, PERMISSIONS } from '#model/access.ts'
import { endpoints } from '#contract/endpoints.ts'
import { Problem } from '#contract/problem.ts'
import type { Me } from '#contract/user.ts'
import { enterWall, signIn } from '../commands/sessions.ts'
import { changeOwnPassword } from '../commands/users.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import type { Identity } from '../middleware/identity.ts'
import { beginSession, COOKIE, endSession, saveSession } from '../middleware/sessions.ts'
import { serve } from './serve.ts'

export interface SignInLimits {
  windowMs: number
  /** Wrong tries in a window for one user name from one address, and for one address in all. */
  perName: number
  perAddress: number
}
const LIMITS: SignInLimits = { windowMs: 15 * 60_000, perName: 10, perAddress: 200 }

const toMe = ({ name, displayName, role, unitCode }: Actor): Me => ({
  name,
  displayName,
  role,
  unitCode,
  permissions: PERMISSIONS.filter((permission) => can(role, permission)),
})

const address = (req: Request): string => ipKeyGenerator(req.ip ?? '')
const nameOf = (req: Request): string => {
  const name: unknown = req.body?.username
  return typeof name === 'string' ? name.trim().toLowerCase().slice(0, 63) : ''
}

const limiter = (windowMs: number, limit: number, keyGenerator: (req: Request) => string) =>
  rateLimit({
    windowMs,
    limit,
    keyGenerator,
    skipSuccessfulRequests: true,
    legacyHeaders: false,
    standardHeaders: 'draft-7',
    handler: (_req, _res, next) => next(new Problem('too-many-requests', 'Too many wrong tries. Wait a while, then try again.')),
  })

export function sessionRoutes({ db, identity, limits = LIMITS }: { db: Db; identity: Identity; limits?: SignInLimits }): Router {
  const router = Router()
  router.post(
    endpoints.signIn.path,
    // The limits need the name; a body that is not JSON is refused further on.
    express.json({ limit: '4kb' }),
    limiter(limits.windowMs, limits.perName, (req) => `${address(req)} ${nameOf(req)}`),
    limiter(limits.windowMs, limits.perAddress, address),
  )
  serve(router, endpoints.signIn, async ({ body, req }) => {
    const { actor: holder, sessionID: before } = req
    const actor = 'token' in body ? await enterWall(db, body.token, holder) : await signIn(db, body.username, body.password)
    if (actor !== holder) {
      await beginSession(req, actor)
      await identity.signedOut(before)
    }
    return { body: toMe(actor), headers: { 'Cache-Control': 'no-store' } }
  })
  serve(router, endpoints.whoAmI, ({ actor }) => ({ body: toMe(actor), headers: { 'Cache-Control': 'no-store' } }))
  serve(router, endpoints.signOut, async ({ req, res }) => {
    if (req.session) {
      const { sessionID } = req
      await endSession(req)
      await identity.signedOut(sessionID)
    }
    res.clearCookie(COOKIE, { path: '/' })
    return { status: 204 }
  })

  // Whoever finds a screen left open must not be able to try passwords on it.
  const tries = limiter(limits.windowMs, limits.perName, (req) => `password of ${req.actor!.id}`)
  router.post(endpoints.changePassword.path, (req, res, next) => (req.actor?.kind === 'user' ? tries(req, res, next) : next()))
  serve(router, endpoints.changePassword, async ({ actor, body, req }) => {
    const epoch = await changeOwnPassword(db, actor, body)
    const own = req.session?.who
    if (own?.kind === 'user') {
      own.epoch = epoch
      await saveSession(req)
    }
    await identity.changed()
    return { status: 204 }
  })
  return router
}
