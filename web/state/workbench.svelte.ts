/**
 * The planner's page: one plan, the coverage it leads to, what is chosen, which tool is in the hand. The one door for every change:
 * `do`, `preview`, `undo`, `redo`, `adopt`. The coverage itself is no reactive object: whoever reads it reads `tick` too, which rises
 * with every change, trials of the pointer included; `changesSince` says which units a change touched.
 */
import { createContext } from 'svelte'
import type { Finding } from '#contract/edit.ts'
import type { Bbox } from '#contract/geojson.ts'
import type { Plan, PlanDifference } from '#contract/plan.ts'
import type { Action, LeafId, Refusal } from '#model/actions/action.ts'
import { isRefusal } from '#model/actions/action.ts'
import { Coverage } from '#model/coverage.ts'
import type { PlanStep } from '#model/plan.ts'
import { History, type Perform } from '../edit/history.ts'
import type { ToolName } from '../edit/tools.ts'
import { PlanSaving } from './plan-saving.svelte.ts'
import { type PlanServer, Plans } from './plans.svelte.ts'

/** Which borders the map shows: those in force, the plan's, or both with what moved between them. */
export const VIEWS = ['today', 'plan', 'difference'] as const
export type View = (typeof VIEWS)[number]

export type TargetState = 'below' | 'within' | 'above' | 'exempt'

/** A unit in the balance. Rows that did not change keep their identity. */
export interface BalanceRow {
  id: LeafId
  /** Null until the plan that makes the unit is in force. */
  code: string | null
  name: string
  parentCode: string
  households: number
  residents: number
  areaM2: number
  /** Households in the borders of today; null for a unit that is new. */
  before: number | null
  target: TargetState
  /** Touched by the plan. */
  isTouched: boolean
}

/** What the step in the hand hands over; the plan's last one while nothing is tried. */
export interface Moved {
  households: number
  residents: number
  areaM2: number
}

/** A border between two units, named by one of its edges; `units` holds one id where it is the county's own line. */
export interface ChosenBorder {
  arc: number
  units: readonly LeafId[]
  /** How many vertices lie between its ends. */
  vertices: number
}

export interface Chosen {
  units: readonly LeafId[]
  border: ChosenBorder | null
}
const NOTHING: Chosen = { units: [], border: null }

/** An order to the map: show this; a new object each time. */
export interface Look {
  extent: Bbox
}

export class Workbench {
  /** Null until a plan is open. */
  plan = $state.raw<Plan | null>(null)
  /** Rises with every change of `coverage`. */
  tick = $state(0)
  coverage = new Coverage([], [])
  /** The coverage in force: what `before` means. */
  today = new Coverage([], [])

  rows = $state.raw<readonly BalanceRow[]>([])
  moved = $state.raw<Moved | null>(null)
  findings = $state.raw<readonly Finding[]>([])

  chosen = $state.raw<Chosen>(NOTHING)
  /** Unit under the pointer, on the map or in a list. */
  hovered = $state<LeafId | null>(null)
  tool = $state<ToolName>('select')
  view = $state<View>('plan')
  /** A day whose borders are shown instead (read only); null: the plan's. */
  at = $state<string | null>(null)
  look = $state.raw<Look | null>(null)
  /** Why the last act was refused; gone with the next one. */
  refusal = $state.raw<Refusal | null>(null)

  canUndo = $state(false)
  canRedo = $state(false)

  /** The list of plans, and how to make one. */
  readonly plans: Plans
  /** Autosave of the open plan: `status`, `savedAt`, `conflict`. */
  readonly saving: PlanSaving
  /** What the server says that the plan changes for whom; null until asked for with `compare`. */
  difference = $state.raw<PlanDifference | null>(null)

  /** What the next click or key does, in the screen's words. */
  hint = $state('')

  private readonly perform: Perform
  private history: History
  private readonly changedAt = new Map<LeafId, number>()
  private loadedAt = 0

  constructor(perform: Perform, server: PlanServer) {
    this.perform = perform
    this.history = new History(this.coverage, perform)
    this.plans = new Plans(server)
    this.saving = new PlanSaving(server.save)
  }

  /** Steps that the reader may take now: the server's word, none while something is not saved. */
  get steps(): readonly PlanStep[] {
    return this.saving.status === 'saved' ? (this.plan?.steps ?? []) : []
  }

  /** Takes a step of the plan's life: submit, return, approve, publish (with `effectiveOn`, YYYY-MM-DD), withdraw. Throws what the server refused. */
  async takeStep(step: PlanStep, words: { comment?: string; effectiveOn?: string } = {}): Promise<void> {
    await this.saving.flush()
    this.keep(await this.plans.server.step(this.plan!.id, step, { revision: this.saving.revision, ...words }))
  }

  /** Says something about the plan, at a place of the map where one is given. Throws what the server refused. */
  async comment(text: string, where?: [number, number]): Promise<void> {
    this.keep(await this.plans.server.comment(this.plan!.id, { text, ...(where ? { where } : {}) }))
  }

  async rename(name: string): Promise<void> {
    this.keep(await this.plans.server.change(this.plan!.id, { name }))
  }

  /** Ends a conflict with what the other one saved; my own steps since then are given up. */
  takeTheirs(): void {
    const sides = this.saving.sides()
    if (!sides) return
    this.replay(sides.theirs)
    this.saving.settle(sides.theirs)
  }

  /** Ends a conflict by doing my steps again on top of the other's. Answers those that do not apply any more. */
  rebaseMine(): { action: Action; refusal: Refusal }[] {
    const sides = this.saving.sides()
    if (!sides) return []
    const dropped = this.replay([...sides.theirs, ...sides.mine])
    this.saving.settle(this.history.actions)
    return dropped
  }

  /** Asks the server for the before and after of the saved plan, into `difference`. Throws what the server refused. */
  async compare(): Promise<void> {
    await this.saving.flush()
    this.difference = await this.plans.server.difference(this.plan!.id)
  }

  /** Units that the plan's own borders may be changed of: an editable plan, its own borders on the map. */
  get editable(): boolean {
    return this.plan !== null && this.plan.editable && this.at === null && this.view !== 'today'
  }

  /** Does an action for good. Answers why not, or null. */
  do(action: Action): Refusal | null {
    return this.doAll([action])
  }

  /** Several actions as one step: all or none. */
  doAll(actions: readonly Action[]): Refusal | null {
    const answer = this.history.do(actions)
    this.refusal = isRefusal(answer) ? answer : null
    if (isRefusal(answer)) return answer
    this.settle(answer)
    return null
  }

  /** Shows what an action would do, in place of the one shown before; null shows none. */
  preview(action: Action | null): Refusal | null {
    const { changed, refusal } = this.history.try(action)
    this.refusal = refusal
    this.touch(changed)
    return refusal
  }

  undo(): void {
    const changed = this.history.undo()
    if (changed) this.settle(changed)
  }

  redo(): void {
    const changed = this.history.redo()
    if (changed) this.settle(changed)
  }

  /** Takes a proposal or an imported cover into the plan, as one step. */
  adopt(actions: readonly Action[]): Refusal | null {
    return this.doAll(actions)
  }

  choose(units: readonly LeafId[], border: ChosenBorder | null = null): void {
    this.chosen = units.length === 0 && !border ? NOTHING : { units, border }
  }

  setTool(tool: ToolName): void {
    this.preview(null)
    this.tool = tool
  }

  zoomTo(extent: Bbox): void {
    this.look = { extent }
  }

  /** Units that changed after `tick` was `seen`; 'all' when another coverage has been loaded since. */
  changesSince(seen: number): Set<LeafId> | 'all' {
    if (seen < this.loadedAt) return 'all'
    const ids = new Set<LeafId>()
    for (const [id, at] of this.changedAt) if (at > seen) ids.add(id)
    return ids
  }

  /** Starts again from the plan's base with these actions. Answers those that were refused. */
  private replay(actions: readonly Action[]): { action: Action; refusal: Refusal }[] {
    const dropped: { action: Action; refusal: Refusal }[] = []
    this.preview(null)
    while (this.history.canUndo) this.history.undo()
    this.history = new History(this.coverage, this.perform)
    for (const action of actions) {
      const answer = this.history.do([action])
      if (isRefusal(answer)) dropped.push({ action, refusal: answer })
    }
    this.canUndo = this.history.canUndo
    this.canRedo = false
    this.choose([])
    this.loadedAt = ++this.tick
    return dropped
  }

  private keep(plan: Plan): void {
    this.plan = plan
    this.plans.put(plan)
  }

  private settle(changed: ReadonlySet<LeafId>): void {
    this.canUndo = this.history.canUndo
    this.canRedo = this.history.canRedo
    this.touch(changed)
    this.saving.want(this.history.actions)
  }

  private touch(changed: ReadonlySet<LeafId>): void {
    if (changed.size === 0) return
    const next = this.tick + 1
    for (const id of changed) this.changedAt.set(id, next)
    this.tick = next
  }
}

export const [getWorkbench, setWorkbench] = createContext<Workbench>()
