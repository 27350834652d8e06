/**
 * What a tool knows between two events of the hand, and what it answers to one. Tools are pure: an event and what is there lead to
 * the next mode and to what shall be tried, done or chosen. Each has a file of its own in modes/.
 */
import type { Action, LeafId } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import type { Denial } from './denial.ts'
import type { BorderMode } from './modes/border.ts'
import type { CutOutMode } from './modes/cut-out.ts'
import type { HandOverMode } from './modes/hand-over.ts'
import type { MergeMode } from './modes/merge.ts'
import type { RedrawMode } from './modes/redraw.ts'
import type { SelectMode } from './modes/select.ts'
import type { SplitMode } from './modes/split.ts'
import type { StraightenMode } from './modes/straighten.ts'
import type { GridPoint, Scale } from './plane.ts'
import type { Snap } from './snapping.ts'
import type { Edge, Handle } from './under.ts'
import type { UnitLevel } from './unit-level.ts'

export type Mode = SelectMode | BorderMode | SplitMode | MergeMode | HandOverMode | CutOutMode | RedrawMode | StraightenMode

/** Where the pointer (or the keyboard's cross) is, as the coverage sees it. */
export interface Spot {
  /** Where it truly is. */
  point: GridPoint
  /** Where a point that is set now goes: snapped, squared, or as it is. */
  at: GridPoint
  snap: Snap | null
  /** What can be taken hold of here. */
  handle: Handle | null
  edge: Edge | null
  /** Of the level that the hand takes. */
  unit: LeafId | null
}

export type HandEvent =
  | { type: 'move'; spot: Spot }
  | { type: 'press'; spot: Spot }
  /** Moving with what `press` took hold of. */
  | { type: 'drag'; spot: Spot }
  | { type: 'drop'; spot: Spot }
  /** `more`: with Shift or Ctrl, in addition to what is chosen. */
  | { type: 'click'; spot: Spot; more: boolean }
  | { type: 'double'; spot: Spot }
  | { type: 'finish' }
  | { type: 'cancel' }
  | { type: 'remove' }
  | { type: 'nudge'; by: GridPoint }
  /** A handle was reached by keyboard. */
  | { type: 'take'; handle: Handle }
  /** A coordinate that was typed. */
  | { type: 'place'; at: GridPoint }

/** What is there: the tools read it and change nothing. */
export interface Scene {
  coverage: Coverage
  scale: Scale
  /** Whether a cut grid is one unit, or its micro-grids are. */
  level: UnitLevel
  /** What is split becomes units below: micro-grids of a grid, grids of a village. */
  below: boolean
  /** Chosen units, and the id of the chosen border's arc. */
  units: readonly LeafId[]
  arc: number | null
  /** Why an action cannot be done, or null. */
  refusalOf(action: Action): Denial | null
  /** An id that no unit of this plan has had. */
  newId(): LeafId
  /** What a new unit is called until the planner names it. */
  newName(): string
}

export interface Answer<M = Mode> {
  mode: M
  /** Shown, not done; null shows nothing any more. Left out: what is shown stays. */
  try?: Action | null
  /** Done as one step. */
  do?: readonly Action[]
  /** The mode when what shall be done is refused; left out: what it was. */
  refused?: M
  choose?: { units: readonly LeafId[]; arc?: number | null }
  /** `press` took hold of something: the map must not move with the pointer. */
  hold?: boolean
}

/** Where the next point may go, for snapping and right angles. */
export interface Aim {
  /** Points that are no goal to snap to. */
  except: readonly GridPoint[]
  /** The corner at which Shift makes a right angle, and the point before it. */
  corner: GridPoint | null
  before: GridPoint | null
  /** Ids of arcs that the point cannot leave: a gate slides along the county's line. */
  along: readonly number[] | null
}
export const ANYWHERE: Aim = { except: [], corner: null, before: null, along: null }

/** Keys of the status line's sentences; see `hand.hint` in the catalogue. */
export const HINTS = [
  ...(['select', 'border', 'border-chosen', 'border-held', 'border-drag', 'border-slide', 'border-outline'] as const),
  ...([
    'split-start',
    'split-on',
    'split-ready',
    'split-below',
    'split-below-ready',
    'merge-first',
    'merge-second',
    'merge-ready',
  ] as const),
  ...(['hand-over-start', 'hand-over-on', 'hand-over-piece', 'hand-over-to', 'hand-over-ready'] as const),
  ...([
    'cut-out-start',
    'cut-out-on',
    'cut-out-close',
    'redraw-start',
    'redraw-on',
    'redraw-ready',
    'straighten',
    'straighten-ready',
  ] as const),
] as const
export type Hint = (typeof HINTS)[number]

/** What every tool offers. */
export interface Tool<M> {
  start(scene: Scene): M
  step(mode: M, event: HandEvent, scene: Scene): Answer<M>
  aim(mode: M, scene: Scene): Aim
  hint(mode: M): Hint
}
