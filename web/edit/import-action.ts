/** From the division that a file makes of the borders in force to the one that it makes of a plan's. */
import type { Divide, LeafId } from '#model/actions/action.ts'
import { isWithin } from '#model/code.ts'
import type { Coverage } from '#model/coverage.ts'

/**
 * The same division of `unitCode`'s land over the units that the plan has there. What the plan has ended comes back as a new unit, and
 * new units get ids that no other of the plan has.
 */
export function divideInPlan(action: Divide, coverage: Coverage, unitCode: string, newId: () => LeafId): Divide {
  const leaves = [...coverage.leaves.values()].filter(({ parentCode, code }) => isWithin(parentCode, unitCode) || code === unitCode)
  const units = leaves.map(({ id }) => id)
  const there = new Set(units)
  return {
    ...action,
    units,
    into: action.into.map((each) => (there.has(each.unit.id) ? each : { ...each, unit: { ...each.unit, id: newId() } })),
  }
}
