/**
 * Splits a unit by a line. The line may cross it several times, touch its corners and run along its edges; what it does
 * outside of the unit does not matter. The largest piece stays the unit.
 */
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import { newLeaf } from '../overlay.ts'
import type { Refusal, Split } from './action.ts'
import { bySize, cut, finish } from './cut.ts'
import { findLeaves, gridLine, isRefused } from './place.ts'

export function split(coverage: Coverage, { unit, line, newIds }: Split): Difference | Refusal {
  const found = findLeaves(coverage, [unit])
  if (isRefused(found)) return found
  const [leaf] = found
  const flat = gridLine(line)
  if (isRefused(flat)) return flat
  const parts = coverage.polygonsOf(unit).length
  const leafIds = new Set([unit])
  const pieces = cut(coverage, leafIds, { lines: [flat] })
  if (isRefused(pieces)) return pieces
  const { faces } = pieces
  // A unit of several parts has as many faces before it is cut.
  if (faces.length <= parts) return { reason: 'splits-nothing', where: line[0], units: [unit] }
  const order = bySize(faces)
  if (order.length - 1 > newIds.length) return { reason: 'too-few-ids', units: [unit] }
  const taken = newIds.slice(0, order.length - 1).find((id, index) => coverage.leaves.has(id) || newIds.indexOf(id) !== index)
  if (taken !== undefined) return { reason: 'id-taken', units: [taken] }
  const owners = new Array<string>(faces.length)
  for (const [rank, face] of order.entries()) owners[face] = rank === 0 ? unit : newIds[rank - 1]!
  const { unitKind, parentCode, name } = leaf!
  const fresh = newIds
    .slice(0, order.length - 1)
    .map((id, index) => newLeaf(leaf!, { id, name: `${name}-${index + 2}`, unitKind, parentCode }))
  return finish(coverage, leafIds, pieces, owners, { removed: [], added: fresh })
}
