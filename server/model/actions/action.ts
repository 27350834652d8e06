/**
 * The planner's verbs. An action names places by coordinates and units by id, never by an index, so that it means the same
 * on the client, on the server, and after somebody else's change elsewhere. Coordinates are [lng, lat] in degrees.
 */
import type { LngLat } from '../crs.ts'
import type { UnitKind } from '../level.ts'

/**
 * A unit's id inside a plan: its code where it stood in the base, otherwise what the action that made it says (`n1`). A leaf, or a
 * grid that is cut into micro-grids.
 */
export type LeafId = string

/** What a new unit is called and where it belongs; `parentCode` is the unit above, as a rule a village. */
export interface NewUnit {
  id: LeafId
  name: string
  unitKind: UnitKind
  parentCode: string
}

export interface MoveVertex {
  type: 'move-vertex'
  from: LngLat
  to: LngLat
}
/** A junction is where three or more borders meet, or where one meets the county's own line: there it slides along it. */
export interface MoveJunction {
  type: 'move-junction'
  from: LngLat
  to: LngLat
}
/** Moves a vertex of the county's own line; the only action that changes the county's land. */
export interface MoveOutline {
  type: 'move-outline'
  from: LngLat
  to: LngLat
}
export interface InsertVertex {
  type: 'insert-vertex'
  edge: [LngLat, LngLat]
  at: LngLat
}
export interface RemoveVertex {
  type: 'remove-vertex'
  at: LngLat
}
/**
 * The largest piece keeps the unit's id; the others take `newIds` in the order of their areas. With `below` the pieces are units
 * below the unit: grids of a village that had none, micro-grids of a grid.
 */
export interface Split {
  type: 'split'
  unit: LeafId
  line: LngLat[]
  newIds: LeafId[]
  below?: boolean | undefined
}
export interface Merge {
  type: 'merge'
  units: LeafId[]
  keep: LeafId
}
/** The piece of `unit` that `line` cuts off and that holds `at` goes to `to`; without a line, the whole part that holds `at`. */
export interface HandOver {
  type: 'hand-over'
  unit: LeafId
  to: LeafId
  line?: LngLat[] | undefined
  at: LngLat
}
/** Everything inside the ring (not closed) that lies in the coverage becomes a new unit. */
export interface CutOut {
  type: 'cut-out'
  ring: LngLat[]
  unit: NewUnit
}
/** The border of two units between the line's first and last point is replaced by the line. */
export interface RedrawBorder {
  type: 'redraw-border'
  units: [LeafId, LeafId]
  line: LngLat[]
}
/** Drops corners of the border that holds `edge` that lie closer than `tolerance` metres to the simpler line. */
export interface Straighten {
  type: 'straighten'
  edge: [LngLat, LngLat]
  tolerance: number
}
/** Gives all units directly below `parentCode` new codes, west to east, then north to south, when the plan comes into force. */
export interface Renumber {
  type: 'renumber'
  parentCode: string
}
export interface Describe {
  type: 'describe'
  unit: LeafId
  name?: string | undefined
  /** Null takes it away. */
  nameEn?: string | null | undefined
  unitKind?: UnitKind | undefined
  parentCode?: string | undefined
}
/** The land of `units` is divided anew: a proposal that was adopted, or an imported cover. Polygons as in GeoJSON. */
export interface Divide {
  type: 'divide'
  units: LeafId[]
  into: { unit: NewUnit; polygons: LngLat[][][] }[]
}

export type Action =
  | MoveVertex
  | MoveJunction
  | MoveOutline
  | InsertVertex
  | RemoveVertex
  | Split
  | Merge
  | HandOver
  | CutOut
  | RedrawBorder
  | Straighten
  | Renumber
  | Describe
  | Divide

export const REFUSALS = [
  'no-vertex-here',
  'no-border-here',
  'no-unit',
  'same-place',
  'is-junction',
  'is-no-junction',
  'is-outline',
  'is-no-outline',
  'leaves-outline',
  'crosses-border',
  'touches-border',
  'crosses-itself',
  'would-collapse',
  'splits-nothing',
  'misses-unit',
  'too-few-ids',
  'id-taken',
  'not-neighbours',
  'other-parent',
  'nothing-inside',
  'swallows-unit',
  'not-on-border',
  'nothing-to-drop',
  'does-not-cover',
  'not-below-parent',
  'off-the-globe',
] as const
export type RefusalReason = (typeof REFUSALS)[number]

/** Why an action cannot be done, as a code for the screen's words, and where. */
export interface Refusal {
  reason: RefusalReason
  where?: LngLat | undefined
  units?: LeafId[] | undefined
}

export const isRefusal = (answer: object): answer is Refusal => 'reason' in answer
