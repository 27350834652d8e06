/** Users: list, make, change. */
import { Router } from 'express'
import { endpoints } from '#contract/endpoints.ts'
import { changeUser, createUser } from '../commands/users.ts'
import type { Db } from '../db/db.ts'
import type { Identity } from '../middleware/identity.ts'
import { saveSession } from '../middleware/sessions.ts'
import { findAccount, listUsers } from '../store/users.ts'
import { serve } from './serve.ts'

export function userRoutes({ db, identity }: { db: Db; identity: Identity }): Router {
  const router = Router()
  serve(router, endpoints.listUsers, async ({ actor }) => ({ body: { users: await listUsers(db, actor.unitCode) } }))
  serve(router, endpoints.createUser, async ({ actor, body }) => ({ body: await createUser(db, actor, body) }))
  serve(router, endpoints.changeUser, async ({ actor, params, body, req }) => {
    const user = await changeUser(db, actor, params.id, body)
    const own = req.session?.who
    if (own?.kind === 'user' && own.id === user.id && user.enabled) {
      // Whoever changes himself stays signed in here, and only here.
      own.epoch = (await findAccount(db, user.id))!.epoch
      await saveSession(req)
    }
    await identity.changed()
    return { body: user }
  })
  return router
}
