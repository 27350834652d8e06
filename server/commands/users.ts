/**
 * Making and changing users. Nobody gives away more than he has: role and jurisdiction of a user lie within those of the one
 * who makes him, and one enabled administrator of the whole installation always remains.
 */
import type { z } from 'zod'
import { covers } from '#model/access.ts'
import { isWithin } from '#model/code.ts'
import { Problem } from '#contract/problem.ts'
import { type newUser, password as passwordRule, type passwordChange, type User, type userChange } from '#contract/user.ts'
import type { Db, Queryable } from '../db/db.ts'
import { type Actor, SYSTEM } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { insertAudit } from '../store/audit.ts'
import { ringAccess } from '../store/sessions.ts'
import { findAccount, insertUser, isUnitCode, listChiefIds, updateUser } from '../store/users.ts'
import { generatePassword, hashPassword, verifyPassword } from './passwords.ts'

/** Throws `outside-jurisdiction`, `not-allowed` or `bad-request` unless the actor may hand out this role at this place. */
export async function requireGrantable(
  tx: Queryable,
  actor: Actor,
  permission: 'user.manage' | 'token.manage',
  grant: { role: Actor['role']; unitCode: string; where: string },
): Promise<void> {
  requireWithin(actor, permission, grant.unitCode)
  if (!covers(actor.role, grant.role)) throw new Problem('not-allowed', `The role ${actor.role} may not give the role ${grant.role}.`)
  if (grant.unitCode !== '' && !(await isUnitCode(tx, grant.unitCode))) {
    const message = `no unit has the code ${grant.unitCode}`
    throw new Problem('bad-request', `${grant.where}: ${message}`, [{ where: grant.where, message }])
  }
}

/** Throws `conflict` when the name is taken, and what requireGrantable throws. */
export async function createUser(db: Db, actor: Actor, input: z.output<typeof newUser>): Promise<User> {
  const passwordHash = await hashPassword(input.password)
  const { username, displayName, role, unitCode } = input
  return db.transaction(async (tx) => {
    await requireGrantable(tx, actor, 'user.manage', { role, unitCode, where: 'body/unitCode' })
    const user = await insertUser(tx, { username, displayName, passwordHash, role, unitCode })
    if (!user) throw new Problem('conflict', `The user name ${username} is taken.`, [{ where: 'body/username', message: 'taken' }])
    await insertAudit(tx, actor, { action: 'user.create', noun: 'user', nounId: user.id, unitCode, detail: { username, role } })
    return user
  })
}

/**
 * Changes a user. A new password, role, jurisdiction or switch ends his sessions. Throws `not-found` for a user outside the
 * actor's jurisdiction, `conflict` for the last administrator, and what requireGrantable throws.
 */
export async function changeUser(db: Db, actor: Actor, id: number, change: z.output<typeof userChange>): Promise<User> {
  const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password)
  return db.transaction(async (tx) => {
    // Taken first, always in the same order: two changes wait for each other here and never deadlock.
    const chiefs = await listChiefIds(tx, true)
    const before = await findAccount(tx, id)
    if (!before || !isWithin(before.unitCode, actor.unitCode)) throw new Problem('not-found', `There is no user ${id}.`)
    if (!covers(actor.role, before.role)) throw new Problem('not-allowed', `The role ${actor.role} may not change a ${before.role}.`)
    const after = { role: before.role, unitCode: before.unitCode, enabled: before.enabled, ...defined(change) }
    if (after.role !== before.role || after.unitCode !== before.unitCode) {
      await requireGrantable(tx, actor, 'user.manage', { role: after.role, unitCode: after.unitCode, where: 'body/unitCode' })
    }
    const isChief = after.role === 'administrator' && after.unitCode === '' && after.enabled
    if (!isChief && chiefs.length === 1 && chiefs[0] === id) {
      throw new Problem('conflict', 'This is the last administrator of the whole installation: make another one first.')
    }
    const moved = after.role !== before.role || after.unitCode !== before.unitCode || after.enabled !== before.enabled
    const { displayName, role, unitCode, enabled } = change
    const user = await updateUser(tx, id, { displayName, passwordHash, role, unitCode, enabled }, moved || passwordHash !== undefined)
    const detail = { username: user.username, changed: Object.keys(defined(change)), role: user.role, enabled: user.enabled }
    await insertAudit(tx, actor, { action: 'user.change', noun: 'user', nounId: id, unitCode: user.unitCode, detail })
    await ringAccess(tx)
    return user
  })
}

/**
 * Changes the actor's own password and ends his sessions; resolves with the epoch that his present one may go on with. Throws
 * `not-allowed` for whoever has no password (tokens, walls), `wrong-credentials` when `current` is not it.
 */
export async function changeOwnPassword(db: Db, actor: Actor, { current, next }: z.output<typeof passwordChange>): Promise<number> {
  if (actor.kind !== 'user') throw new Problem('not-allowed', 'Only a user has a password.')
  const known = await findAccount(db, actor.id!)
  const fits = await verifyPassword(known?.passwordHash ?? null, current)
  if (!known || !fits)
    throw new Problem('wrong-credentials', 'This is not the present password.', [{ where: 'body/current', message: 'wrong' }])
  const passwordHash = await hashPassword(next)
  return db.transaction(async (tx) => {
    await updateUser(tx, known.id, { passwordHash }, true)
    const detail = { username: known.username, changed: ['password'] }
    await insertAudit(tx, actor, { action: 'user.password', noun: 'user', nounId: known.id, unitCode: known.unitCode, detail })
    await ringAccess(tx)
    return (await findAccount(tx, known.id))!.epoch
  })
}

const defined = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T

/**
 * Makes the first administrator, `admin`, when no enabled administrator of the whole installation is there. `password` comes from
 * ADMIN_PASSWORD; without one it is generated, and whoever calls shows it once. Null when there is an administrator already.
 * Throws a RangeError on a password that is too short.
 */
export async function ensureAdmin(db: Db, password?: string): Promise<{ username: string; generated: string | null } | null> {
  if ((await listChiefIds(db, false)).length > 0) return null
  const rule = passwordRule.safeParse(password ?? generatePassword())
  if (!rule.success) throw new RangeError('ADMIN_PASSWORD must have 10 to 200 characters.')
  const username = 'admin'
  const passwordHash = await hashPassword(rule.data)
  return db.transaction(async (tx) => {
    const role = 'administrator'
    const user = await insertUser(tx, { username, displayName: '管理员', passwordHash, role, unitCode: '' })
    if (!user) return null
    await insertAudit(tx, SYSTEM, { action: 'user.create', noun: 'user', nounId: user.id, unitCode: '', detail: { username, role } })
    return { username, generated: password === undefined ? rule.data : null }
  })
}
