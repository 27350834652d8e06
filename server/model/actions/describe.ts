/** What a unit is called, what sort it is and where it belongs, without touching its borders; and new codes on demand. */
import { codeLength, levelOf } from '../code.ts'
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import type { Describe, Refusal, Renumber } from './action.ts'
import { findLeaves, isRefused } from './place.ts'

export function describe(coverage: Coverage, { unit, name, unitKind, parentCode }: Describe): Difference | Refusal {
  const found = findLeaves(coverage, [unit])
  if (isRefused(found)) return found
  const leaf = found[0]!
  const after = { ...leaf, name: name ?? leaf.name, unitKind: unitKind ?? leaf.unitKind, parentCode: parentCode ?? leaf.parentCode }
  if (after.name === leaf.name && after.unitKind === leaf.unitKind && after.parentCode === leaf.parentCode)
    return { reason: 'same-place', units: [unit] }
  const above = levelOf(after.parentCode)
  if (!above || codeLength(above) >= codeLength(leaf.level)) return { reason: 'not-below-parent', units: [unit] }
  return { arcs: { removed: [], added: [] }, leaves: { removed: [leaf], added: [after] } }
}

/** The codes themselves are given when the plan comes into force: until then others may take numbers. */
export function renumber(coverage: Coverage, { parentCode }: Renumber): Difference | Refusal {
  const removed = [...coverage.leaves.values()].filter((leaf) => leaf.parentCode === parentCode && !leaf.renumber)
  if (removed.length === 0) return { reason: 'no-unit', units: [parentCode] }
  return { arcs: { removed: [], added: [] }, leaves: { removed, added: removed.map((leaf) => ({ ...leaf, renumber: true })) } }
}
