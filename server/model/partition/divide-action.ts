/** A village's proposal as the planner's action. */
import type { Divide, LeafId, NewUnit } from '../actions/action.ts'
import { fromGrid, type LngLat } from '../crs.ts'
import type { FlatRing } from '../exact.ts'
import type { ProposedUnit, VillageProposal } from './redivision.ts'

/**
 * The action that makes the proposal of a village true, over those of its units that change; null when none does.
 * `describe` says what each changed unit is to be called: a new one's id must be free in the plan, so it may be another one.
 */
export function toDivide(
  village: VillageProposal,
  describe: (unit: ProposedUnit) => Omit<NewUnit, 'parentCode' | 'unitKind'>,
): Divide | null {
  const changed = village.units.filter((unit) => unit.changed)
  const units: LeafId[] = [
    ...changed.filter(({ isNew }) => !isNew).map(({ id }) => id),
    ...village.ended,
    ...(village.divided === undefined ? [] : [village.divided]),
  ]
  if (units.length === 0) return null
  return {
    type: 'divide',
    units,
    into: changed.map((unit) => ({
      unit: { ...describe(unit), parentCode: village.code, unitKind: unit.unitKind },
      polygons: unit.polygons.map((rings) => rings.map(toLine)),
    })),
  }
}

function toLine(ring: FlatRing): LngLat[] {
  const line: LngLat[] = []
  for (let i = 0; i < ring.length; i += 2) line.push(fromGrid([ring[i]!, ring[i + 1]!]))
  return [...line, line[0]!]
}
