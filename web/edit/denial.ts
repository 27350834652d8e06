/** Why something cannot be done: the model's own reasons, and that it reaches further than the plan or the planner may. */
import { isRefusal, type Refusal, type RefusalReason } from '#model/actions/action.ts'
import type { Permission } from '#model/access.ts'
import type { Coverage } from '#model/coverage.ts'
import type { Difference, Leaf } from '#model/difference.ts'
import { scopeOf } from '#model/plan-scope.ts'

/** The last two are the permissions that are missing: for the county's own line, and for land that changes village. */
export type DenialReason = RefusalReason | 'outside-plan' | 'plan.outline' | 'plan.reparent'
export interface Denial extends Omit<Refusal, 'reason'> {
  reason: DenialReason
}

export const isDenial = (answer: object): answer is Denial => isRefusal(answer)

/** Judges a difference that the coverage has not taken yet. */
export type Guard = (coverage: Coverage, difference: Difference) => Denial | null

/** What the server will say too: nothing outside of `unitCode`, and what else needs a permission. */
export const guardOf =
  (unitCode: string, may: (permission: Permission) => boolean): Guard =>
  (coverage, difference) => {
    const before = (id: string) => coverage.leaves.get(id)
    const added = new Map<string, Leaf>(difference.leaves.added.map((leaf) => [leaf.id, leaf]))
    const gone = new Set(difference.leaves.removed.map(({ id }) => id))
    const after = (id: string) => added.get(id) ?? (gone.has(id) ? undefined : coverage.leaves.get(id))
    const { outside, outline, reparents } = scopeOf(difference, before, after, unitCode)
    if (outside.length > 0) return { reason: 'outside-plan', units: outside }
    if (outline && !may('plan.outline')) return { reason: 'plan.outline' }
    return reparents && !may('plan.reparent') ? { reason: 'plan.reparent' } : null
  }
