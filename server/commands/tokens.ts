/** Making and revoking tokens: for machines (Bearer, or the Basic password), and the links that turn a screen into a wall. */
import { createHash, randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { Problem } from '#contract/problem.ts'
import type { newToken } from '#contract/user.ts'
import type { Db } from '../db/db.ts'
import { type Actor, SYSTEM } from '../middleware/actor.ts'
import { insertAudit } from '../store/audit.ts'
import { ringAccess } from '../store/sessions.ts'
import { findApiGrant, insertToken, revokeToken as revoke } from '../store/tokens.ts'
import { requireGrantable } from './users.ts'

const generateSecret = (): string => `gw_${randomBytes(32).toString('base64url')}`

/** What is stored of a token. */
export const hashToken = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Throws `bad-request` for an expiry in the past or a wall link of another role, and what requireGrantable throws. */
export async function createToken(db: Db, actor: Actor, input: z.output<typeof newToken>): Promise<{ token: string; id: number }> {
  const { name, purpose, role, unit } = input
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt)
  if (purpose === 'wall' && role !== 'wall') throw wrong('body/role', 'a wall link has the role wall')
  if (expiresAt && expiresAt.getTime() <= Date.now()) throw wrong('body/expiresAt', 'lies in the past')
  const token = generateSecret()
  return db.transaction(async (tx) => {
    await requireGrantable(tx, actor, 'token.manage', { role, unitCode: unit, where: 'body/unit' })
    const createdBy = actor.kind === 'user' ? actor.id : null
    const id = await insertToken(tx, { name, purpose, hash: hashToken(token), role, unitCode: unit, createdBy, expiresAt })
    await insertAudit(tx, actor, { action: 'token.create', noun: 'token', nounId: id, unitCode: unit, detail: { name, purpose, role } })
    return { token, id }
  })
}

/** Ends a token and the sessions made from it. Throws `not-found` for one outside the actor's jurisdiction. */
export async function revokeToken(db: Db, actor: Actor, id: number): Promise<void> {
  await db.transaction(async (tx) => {
    const token = await revoke(tx, id, actor.unitCode)
    if (!token) throw new Problem('not-found', `There is no token ${id}.`)
    await insertAudit(tx, actor, {
      action: 'token.revoke',
      noun: 'token',
      nounId: id,
      unitCode: token.unitCode,
      detail: { name: token.name },
    })
    await ringAccess(tx)
  })
}

/**
 * The token of the command line, for whoever may read DATA_DIR. `kept` is what its file holds: it stays while it is good here,
 * otherwise a new one is made.
 */
export async function createCliToken(db: Db, kept?: string): Promise<string> {
  if (kept && (await findApiGrant(db, hashToken(kept)))) return kept
  const made = await createToken(db, SYSTEM, { name: '命令行', purpose: 'api', role: 'administrator', unit: '' })
  return made.token
}

const wrong = (where: string, message: string): Problem => new Problem('bad-request', `${where}: ${message}`, [{ where, message }])
