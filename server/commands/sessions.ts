/** Signing in: by name and password, or by exchanging a wall link. */
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { insertAudit } from '../store/audit.ts'
import { exchangeWallLink, findWallLink } from '../store/tokens.ts'
import { type Account, findAccountByName } from '../store/users.ts'
import { verifyPassword } from './passwords.ts'
import { hashToken } from './tokens.ts'

/** A user as the actor that his session makes him. */
export const actorOfAccount = ({ id, username, displayName, role, unitCode, epoch }: Account): Actor => ({
  kind: 'user',
  id,
  name: username,
  displayName,
  role,
  unitCode,
  epoch,
})

/** Throws `wrong-credentials`, and says no more: an unknown name, a wrong password and a switched-off user look the same. */
export async function signIn(db: Db, username: string, password: string): Promise<Actor> {
  const account = await findAccountByName(db, username.trim().toLowerCase())
  const fits = await verifyPassword(account?.passwordHash ?? null, password)
  if (!account || !fits || !account.enabled) throw new Problem('wrong-credentials', 'User name and password do not fit.')
  const actor = actorOfAccount(account)
  await insertAudit(db, actor, { action: 'session.start', noun: 'user', nounId: account.id, unitCode: account.unitCode })
  return actor
}

/**
 * Exchanges a wall link. `holder`, who asks with a session of his own, is answered as he is where that came of this very link: a kiosk
 * opens the same address at every start. Throws `wrong-credentials` for a link that never was, `gone` for one that was used, revoked or
 * has expired.
 */
export function enterWall(db: Db, secret: string, holder: Actor | null): Promise<Actor> {
  const hash = hashToken(secret)
  return db.transaction(async (tx) => {
    const grant = await exchangeWallLink(tx, hash)
    if (!grant) {
      const known = await findWallLink(tx, hash)
      if (known === null) throw new Problem('wrong-credentials', 'This is not a wall link.')
      if (holder?.kind === 'wall' && holder.id === known) return holder
      throw new Problem('gone', 'This wall link was used or revoked, or has expired. Make a new one.')
    }
    const { id, name, role, unitCode } = grant
    const actor: Actor = { kind: 'wall', id, name, displayName: name, role, unitCode }
    await insertAudit(tx, actor, { action: 'session.start', noun: 'token', nounId: id, unitCode })
    return actor
  })
}
