/** Which unit a reader means: the one he names, his own, or the county that a wall opens with. */
import type { Permission } from '#model/access.ts'
import { Problem } from '#contract/problem.ts'
import type { Db } from '../db/db.ts'
import type { Actor } from '../middleware/actor.ts'
import { requireWithin } from '../middleware/jurisdiction.ts'
import { listCounties } from '../store/counties.ts'

/** Throws `outside-jurisdiction` for a unit that is not the actor's, `not-found` when there is no county yet. */
export async function unitFor(
  db: Db,
  actor: Actor,
  permission: Permission,
  named: string | undefined,
  county: string | undefined,
): Promise<string> {
  const code = named ?? (actor.unitCode || county) ?? (await listCounties(db))[0]?.code
  if (!code) throw new Problem('not-found', 'There is no county yet: import its units first.')
  requireWithin(actor, permission, code)
  return code
}
