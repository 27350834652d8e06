/** Merges units that hang together by borders: the lines between them vanish, and `keep` stays. */
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import type { Merge, Refusal } from './action.ts'
import { cut, finish } from './cut.ts'
import { findLeaves, isRefused } from './place.ts'

/** Refuses units that touch in points only, and units of different parents: hand those over first. */
export function merge(coverage: Coverage, { units, keep }: Merge): Difference | Refusal {
  const ids = [...new Set([keep, ...units])]
  const leaves = findLeaves(coverage, ids)
  if (isRefused(leaves)) return leaves
  if (ids.length < 2) return { reason: 'same-place', units: ids }
  const reached = new Set([keep])
  for (const id of reached) for (const next of coverage.neighboursOf(id)) if (ids.includes(next)) reached.add(next)
  const apart = ids.filter((id) => !reached.has(id))
  if (apart.length > 0) return { reason: 'not-neighbours', units: apart }
  const stranger = leaves.find(({ parentCode }) => parentCode !== leaves[0]!.parentCode)
  if (stranger) return { reason: 'other-parent', units: [keep, stranger.id] }
  const pieces = cut(coverage, reached, {})
  if (isRefused(pieces)) return pieces
  const removed = leaves.filter(({ id }) => id !== keep)
  return finish(coverage, reached, pieces, pieces.faces.map(() => keep), { removed, added: [] }) // prettier-ignore
}
