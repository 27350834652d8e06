/** What a change leaves behind: what is chosen then, and what has changed hands. */
import type { LeafId } from '#model/actions/action.ts'
import type { Shift } from '#model/balance.ts'
import type { Arc, Difference } from '#model/difference.ts'

export interface Chosen {
  units: readonly LeafId[]
  /** Id of the chosen border's arc: it follows the border through changes. */
  arc: number | null
}
export const NOTHING: Chosen = { units: [], arc: null }

/** What is chosen after a change: units that are gone are not, and a border's arc is the one that took its place. */
export function afterwards(chosen: Chosen, { arcs, leaves, grids = { removed: [], added: [] } }: Difference): Chosen {
  const gone = new Set([...leaves.removed, ...grids.removed].map(({ id }) => id))
  for (const { id } of [...leaves.added, ...grids.added]) gone.delete(id)
  const old = chosen.arc === null ? undefined : arcs.removed.find(({ id }) => id === chosen.arc)
  if (!old && !chosen.units.some((id) => gone.has(id))) return chosen
  const isLike = ({ left, right }: Arc) => old !== undefined && [left, right].every((id) => id === old.left || id === old.right)
  const heir = old && arcs.added.filter(isLike).sort((a, b) => b.points.length - a.points.length)[0]
  return { units: chosen.units.filter((id) => !gone.has(id)), arc: old ? (heir?.id ?? null) : chosen.arc }
}

/** What the step in the hand hands over; the last one while nothing is tried. */
export interface Moved {
  households: number
  residents: number
  areaM2: number
}

/** `gainOf`: by how much a leaf's area has grown, m². */
export function movedBy(shifts: readonly Shift[], changed: readonly LeafId[], gainOf: (id: LeafId) => number): Moved {
  const moved: Moved = { households: 0, residents: 0, areaM2: 0 }
  for (const each of shifts.flatMap((shift) => shift.moved)) {
    moved.households += each.households
    moved.residents += each.residents
  }
  for (const id of changed) moved.areaM2 += Math.max(0, gainOf(id))
  return moved
}
