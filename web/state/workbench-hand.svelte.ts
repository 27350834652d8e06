/**
 * The planner's hand: which tool is in it and what that tool knows, what lies under the pointer, where the next point would go.
 * Every event finds the coverage as the steps left it, without what the hand is just trying; then the tool answers, and that is
 * tried or done.
 */
import type { LeafId } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import type { Arc } from '#model/difference.ts'
import { distance, type GridPoint, nearestOnSegment, type Scale, atRightAngle } from '../edit/plane.ts'
import type { Aim, HandEvent, Hint, Mode, Scene, Spot } from '../edit/mode.ts'
import { type LinesIn, snap } from '../edit/snapping.ts'
import { aimOfMode, hintOf, startOf, step, type ToolName } from '../edit/tools.ts'
import { around, edgeNear, type Handle, handleNear, midpointsOf, type Offers, vertexNear } from '../edit/under.ts'
import { atLevel, isBorderAt, type UnitLevel, unitOver } from '../edit/unit-level.ts'
import type { Edits } from './workbench-edits.svelte.ts'

/** How the pointer points. */
export interface Pointing {
  /** How far from the pointer something is still meant, px. */
  reach: number
  /** No snapping. */
  free: boolean
  /** Right angles. */
  square: boolean
}
export const MOUSE: Pointing = { reach: 9, free: false, square: false }
/** Middles of shorter edges are not offered: they would lie on the corners, px. */
export const MIDPOINT_EDGE_PX = 28

type PointerEventType = Extract<HandEvent, { spot: Spot }>['type']

export interface HandNeeds {
  edits: Edits
  /** The borders on the map: the plan's, or others to be looked at. */
  shown: () => Coverage
  isEditable: () => boolean
  /** Borders that the plan may change. */
  offers: Offers
  newName: () => string
  newId: () => LeafId
}

export class Hand {
  mode = $state.raw<Mode>({ tool: 'select' })
  /** Null while the pointer is elsewhere. */
  spot = $state.raw<Spot | null>(null)
  /** Snapping is switched off just now. */
  free = $state(false)
  square = $state(false)
  /** Whether a grid that is cut into micro-grids is taken whole; of importance where there are such grids only. */
  level = $state<UnitLevel>('grid')
  /** A split makes units below what it splits. */
  below = $state(false)
  /** Follows the map's zoom. */
  scale: Scale = { x: 1, y: 1 }
  /** Lines of other layers to snap to. */
  lines: LinesIn = () => []
  private readonly needs: HandNeeds

  constructor(needs: HandNeeds) {
    this.needs = needs
  }

  /** What a click would do now: where nothing may be changed, only choose. */
  get tool(): ToolName {
    return this.needs.isEditable() ? this.mode.tool : 'select'
  }

  /** Key of the sentence that says what the next click does. */
  get hint(): Hint {
    return hintOf(this.mode)
  }

  /** True while something is in hand that Esc would let go, so that digits are coordinates and no tools. */
  get isBusy(): boolean {
    const { mode } = this
    if ('sketch' in mode) return mode.sketch.set.length > 0
    return mode.tool === 'border' && mode.held !== null
  }

  /** A border that may be taken in hand: of the plan, and between two units of the level. */
  readonly offers = (arc: Arc): boolean => this.needs.offers(arc) && isBorderAt(this.needs.shown(), arc, this.level)

  /** The unit of the level at a point of the map, or null. */
  unitAt(point: GridPoint): LeafId | null {
    const coverage = this.needs.shown()
    const leaf = coverage.leafAt(...point)
    return leaf && unitOver(coverage, leaf, this.level)
  }

  /** Takes units of another level from now on, of what is chosen too. */
  setLevel(level: UnitLevel): void {
    const { edits, shown } = this.needs
    edits.try(null)
    this.level = level
    edits.choose(atLevel(shown(), edits.chosen.units, level))
    this.setTool(this.tool)
  }

  setBelow(below: boolean): void {
    this.below = below
    this.setTool(this.tool)
  }

  /** Takes another tool; a reader's hand only chooses. */
  setTool(tool: ToolName): void {
    const { edits, isEditable } = this.needs
    edits.pause()
    this.mode = startOf(isEditable() ? tool : 'select', this.scene())
    edits.try(null)
  }

  /** Something happened at a point of the map. Answers whether the hand holds something: the map must stand still then. */
  point(type: PointerEventType, point: GridPoint, how: Pointing = MOUSE, more = false): boolean {
    return this.send(() => {
      const spot = this.look(point, how)
      this.spot = spot
      this.free = how.free
      this.square = how.square
      return type === 'click' ? { type, spot, more } : { type, spot }
    })
  }

  /** Something happened that has no place on the map. */
  tell(event: Exclude<HandEvent, { spot: Spot }>): void {
    this.send(() => event)
  }

  /** The pointer has left the map: nothing is tried any more, what is drawn stays. */
  leave(): void {
    this.spot = null
    if (!this.needs.edits.trying || (this.mode.tool === 'border' && this.mode.to)) return
    this.needs.edits.try(null)
  }

  private send(event: () => HandEvent): boolean {
    const { edits, isEditable } = this.needs
    if (edits.changing) return false
    if (!isEditable() && this.mode.tool !== 'select') this.mode = { tool: 'select' }
    const before = edits.pause()
    const answer = step(this.mode, event(), this.scene())
    const denial = answer.do ? edits.do(answer.do) : edits.try(answer.try === undefined ? before : answer.try)
    if (answer.do && denial) {
      this.mode = answer.refused ?? this.mode
      return false
    }
    this.mode = answer.mode
    if (answer.choose) edits.choose(answer.choose.units, answer.choose.arc ?? null)
    return answer.hold ?? false
  }

  private scene(): Scene {
    const { edits, newId, newName } = this.needs
    const { units, arc } = edits.chosen
    const { scale, level, below } = this
    return { coverage: edits.coverage, scale, level, below, units, arc, newId, newName, refusalOf: (action) => edits.denialOf(action) }
  }

  private look(point: GridPoint, how: Pointing): Spot {
    const coverage = this.needs.shown()
    const edge = edgeNear(coverage, point, this.scale, how.reach, this.offers)
    const vertex = vertexNear(coverage, point, this.scale, how.reach, this.offers)
    const middles = edge ? midpointsOf(edge.arc, this.scale, MIDPOINT_EDGE_PX, around(point, this.scale, how.reach)) : []
    const handle: Handle | null = vertex ?? handleNear(middles, point, this.scale, how.reach)
    const aim = aimOfMode(this.mode, this.scene())
    const snapped =
      how.free || how.square || aim.along
        ? null
        : snap(point, { coverage, scale: this.scale, reach: how.reach, except: aim.except, lines: this.lines })
    return { point, at: snapped?.at ?? this.aimed(point, aim, how), snap: snapped, handle, edge, unit: this.unitAt(point) }
  }

  private aimed(point: GridPoint, { along, corner, before }: Aim, { square }: Pointing): GridPoint {
    if (along) return this.nearestAlong(point, along)
    return square && corner ? atRightAngle(point, corner, before, this.scale) : point
  }

  private nearestAlong(point: GridPoint, arcs: readonly number[]): GridPoint {
    let best: { at: GridPoint; away: number } | null = null
    for (const id of arcs) {
      const { points: p } = this.needs.edits.coverage.arcs.get(id)!
      for (let i = 0; i + 3 < p.length; i += 2) {
        const { at } = nearestOnSegment(point, [p[i]!, p[i + 1]!], [p[i + 2]!, p[i + 3]!], this.scale)
        const away = distance(at, point, this.scale)
        if (!best || away < best.away) best = { at, away }
      }
    }
    return best?.at ?? point
  }
}
