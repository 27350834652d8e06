/** What the program offers to do about a finding: a piece that hangs badly goes to the neighbour it shares most border with. */
import type { Action, LeafId } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import type { LngLat } from '#model/crs.ts'
import { distanceM } from '#model/shape.ts'

/** Neighbours of a unit, the one with the longest common border first. */
export function neighboursByBorder(coverage: Coverage, unit: LeafId): LeafId[] {
  const lengths = new Map<LeafId, number>()
  for (const { left, right, points: p } of coverage.arcsOf(unit)) {
    const other = left === unit ? right : left
    if (other === null || other === unit) continue
    let length = lengths.get(other) ?? 0
    for (let i = 0; i + 3 < p.length; i += 2) length += distanceM(p[i]!, p[i + 1]!, p[i + 2]!, p[i + 3]!)
    lengths.set(other, length)
  }
  return [...lengths].sort(([, a], [, b]) => b - a).map(([id]) => id)
}

/** The first action that can be done: the part at `where` handed to a neighbour, otherwise the whole unit merged into one. Null: none can. */
export function joining(coverage: Coverage, unit: LeafId, where: LngLat, isPossible: (action: Action) => boolean): Action | null {
  const neighbours = neighboursByBorder(coverage, unit)
  const actions: Action[] = [
    ...neighbours.map((to): Action => ({ type: 'hand-over', unit, to, at: where })),
    ...neighbours.map((keep): Action => ({ type: 'merge', units: [keep, unit], keep })),
  ]
  return actions.find(isPossible) ?? null
}
