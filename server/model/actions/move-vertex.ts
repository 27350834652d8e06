/** Moves a corner of a shared border: both neighbours follow, because there is only one copy of it. */
import type { Coverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import { soundness } from '../soundness.ts'
import type { MoveOutline, MoveVertex, Refusal } from './action.ts'
import { findVertex, gridPoint, isOutline, isRefused, reshape, withPoint } from './place.ts'

/** Refuses junctions and the county's own line: they have actions of their own. */
export const moveVertex = (coverage: Coverage, { from, to }: MoveVertex): Difference | Refusal => move(coverage, { from, to }, false)

/** The same for a corner of the county's own line, which changes the county's land. */
export const moveOutline = (coverage: Coverage, { from, to }: MoveOutline): Difference | Refusal => move(coverage, { from, to }, true)

function move(coverage: Coverage, { from, to }: Pick<MoveVertex, 'from' | 'to'>, outline: boolean): Difference | Refusal {
  const [old, next] = [gridPoint(from), gridPoint(to)]
  if (isRefused(old)) return old
  if (isRefused(next)) return next
  const found = findVertex(coverage, old)
  if (isRefused(found)) return found
  if (isOutline(found.arc) !== outline) return { reason: outline ? 'is-no-outline' : 'is-outline', where: from }
  if (old[0] === next[0] && old[1] === next[1]) return { reason: 'same-place', where: from }
  const difference = reshape(coverage, new Map([[found.arc, withPoint(found.arc, found.index, next)]]))
  return soundness(coverage, difference) ?? difference
}
