/** Tokens and wall links: list, make (shown once), revoke. */
import { Router } from 'express'
import { endpoints } from '#contract/endpoints.ts'
import { createToken, revokeToken } from '../commands/tokens.ts'
import type { Db } from '../db/db.ts'
import type { Identity } from '../middleware/identity.ts'
import { listTokens } from '../store/tokens.ts'
import { serve } from './serve.ts'

export function tokenRoutes({ db, identity }: { db: Db; identity: Identity }): Router {
  const router = Router()
  serve(router, endpoints.listTokens, async ({ actor }) => ({ body: { tokens: await listTokens(db, actor.unitCode) } }))
  serve(router, endpoints.createToken, async ({ actor, body }) => ({
    body: await createToken(db, actor, body),
    headers: { 'Cache-Control': 'no-store' },
  }))
  serve(router, endpoints.revokeToken, async ({ actor, params }) => {
    await revokeToken(db, actor, params.id)
    await identity.changed()
    return { status: 204 }
  })
  return router
}
