/** The jurisdiction as a gate: one line at the head of a command or of a route that names a unit. */
import { allows, can, type Permission } from '#model/access.ts'
import { Problem } from '#contract/problem.ts'
import type { Actor } from './actor.ts'

/** Throws `not-allowed` when the role lacks the permission, `outside-jurisdiction` when `code` lies elsewhere. */
export function requireWithin(actor: Actor, permission: Permission, code: string): void {
  const answer = allows(actor, permission, code)
  if (answer === true) return
  throw new Problem(can(actor.role, permission) ? 'outside-jurisdiction' : 'not-allowed', `Refused: ${answer.reason}.`)
}
