/**
 * What a re-division is given and what it answers. Plain data throughout, so that it can cross into a worker as it is.
 * Coordinates are integers of 1e-7 degree.
 */
import type { BuildingColumns } from '../buildings.ts'
import type { FlatRing } from '../exact.ts'
import type { UnitKind } from '../level.ts'
import type { GridPolygons } from '../rings.ts'

/** A unit of today. Only general ones are divided anew; the others stay as they are and keep their land. */
export interface LeafInput {
  id: string
  polygons: GridPolygons
  unitKind: UnitKind
}

/** No new unit leaves its village. Leaves of one village and of its neighbours must not overlap. */
export interface VillageInput {
  code: string
  leaves: readonly LeafInput[]
  /** True where the village has no unit below it yet: its one leaf is its own land, of which all units are made new. */
  isUndivided?: boolean | undefined
}

/** One entry a building; those outside of the villages are ignored. */
export interface BuildingPoints {
  x: ArrayLike<number>
  y: ArrayLike<number>
  households: ArrayLike<number>
  residents: ArrayLike<number>
  /** Outer rings where they are known: no new border runs through one. */
  footprints?: BuildingColumns['footprints'] | undefined
}

export interface Targets {
  min: number
  max: number
}

export interface RedivisionInput {
  villages: readonly VillageInput[]
  buildings: BuildingPoints
  /** Roads and rivers as flat polylines; borders along them cost less. */
  lines?: readonly FlatRing[] | undefined
  /** Households of a general unit. */
  targets: Targets
  /** No new border makes a unit narrower than this, metres; 10 when left out, 0 for any width. */
  minWidth?: number | undefined
  /** New borders keep so far from buildings where there is room, metres; 4 when left out. */
  clearance?: number | undefined
}

export const PRESETS = ['repair', 'keep', 'mix', 'compact'] as const
export type Preset = (typeof PRESETS)[number]

/** What counts how much; each is a factor on the preset's own weight, 1 as it stands. */
export interface Weights {
  balance: number
  compactness: number
  /** Households that come to another unit. */
  moved: number
  /** Borders between buildings close to each other. */
  hamlets: number
  /** Borders off roads and rivers. */
  lines: number
}

export interface RedivisionOptions {
  /** repair: units that are right stay; keep: change little; mix: rounder units for some change; compact: as round as may be. */
  preset: Preset
  weights?: Partial<Weights> | undefined
  /** Same seed, same plan, in every engine. */
  seed?: number | undefined
  /** How long to look, as a factor on the preset's own number of steps. */
  iterations?: number | undefined
}

export interface ProposedUnit {
  /** The old leaf that it continues, or `n1`, `n2` … for a new one. */
  id: string
  isNew: boolean
  /** False when it has the very land that it has today. */
  changed: boolean
  unitKind: UnitKind
  polygons: GridPolygons
  households: number
  residents: number
}

/** Of general units. Those of several villages are of all their units together, never averages of averages. */
export interface Figures {
  /** Units in range, of how many, and how many of these lie in villages for which a division in range exists. */
  inRange: number
  units: number
  unitsPossible: number
  /** Standard deviation of the general units' households. */
  spread: number
  households: number
  /** Households whose unit is another one afterwards. */
  moved: number
  /** No division in range can move fewer; 0 where none exists, and where there are no units yet. */
  movedAtLeast: number
  /** Median of 4πA/P²: 1 is a circle. */
  compactness: number
  /** Length of borders between the village's general units, metres, and how much of it runs along the given lines. */
  innerBorderM: number
  alongLinesM: number
  /** Units in range today, and how many of them keep their very land. */
  validBefore: number
  validUntouched: number
  /** Units that are new, gone, or have other land: their staff must be told. */
  unitsChanged: number
}

export const IMPOSSIBLE = ['too-few', 'between', 'one-building', 'no-household', 'not-found'] as const
/**
 * too-few: fewer households than one unit needs; between: too many for so many units, too few for one more; one-building: a
 * building (or buildings at one place) holds more than a unit may; not-found: the search met none, which proves nothing.
 */
export type ImpossibleReason = (typeof IMPOSSIBLE)[number]

/** Why a village cannot be divided, and what comes nearest: so many units, of these households when divided evenly. */
export interface Impossible {
  reason: ImpossibleReason
  households: number
  nearest: { units: number; smallest: number; largest: number }
}

export interface VillageProposal {
  code: string
  /** All units of the village: changed, unchanged and those that were not to be divided. */
  units: ProposedUnit[]
  /** Ids of old leaves that end. */
  ended: string[]
  /** The leaf of a village without units, where its land is divided now. The village itself stays. */
  divided?: string | undefined
  /** General leaves that were in several pieces before, though their village is not. */
  inPieces: string[]
  impossible: Impossible | null
  figures: Figures
}

export interface Proposal {
  villages: VillageProposal[]
  figures: Figures
}

export interface Progress {
  /** cells: the ground is laid; first: every village that can has a plan in range; better: still looking; done. */
  phase: 'cells' | 'first' | 'better' | 'done'
  /** Of the whole search, 0 … 1. */
  share: number
  /** Villages with a plan in range, and those where one is possible as far as numbers tell. */
  solved: number
  solvable: number
  moved: number
}
