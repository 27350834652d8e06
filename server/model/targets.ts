/** What grids should hold and how they should lie, by configuration. */
import type { UnitKind } from './level.ts'

export interface Targets {
  minHouseholds: number
  maxHouseholds: number
  /** Kinds of unit that the target is not asked of. */
  exempt: UnitKind[]
  /** A grid narrower than this anywhere is a sliver, metres. */
  minWidth: number
  /** A border closer to a building than this is told, metres. */
  clearance: number
}
