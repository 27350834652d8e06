/**
 * The planner's page: which plan is open, which borders the map shows, the steps of a plan's life. What is changed stands in `edits`,
 * what it stands on in `ground`, what the hand does in `hand`. The one door for every change: `do`, `adopt`, `preview`, `undo`, `redo`.
 */
import { createContext } from 'svelte'
import type { Bbox } from '#contract/geojson.ts'
import type { Plan, PlanDifference } from '#contract/plan.ts'
import type { Permission } from '#model/access.ts'
import type { Action, LeafId } from '#model/actions/action.ts'
import { Balance } from '#model/balance.ts'
import { isWithin } from '#model/code.ts'
import type { Coverage } from '#model/coverage.ts'
import type { Arc, Leaf } from '#model/difference.ts'
import type { Finding } from '#model/finding.ts'
import type { PlanStep } from '#model/plan.ts'
import { type Denial, guardOf } from '../edit/denial.ts'
import { newId } from '../edit/new-id.ts'
import { factsOf } from '../edit/unit-level.ts'
import { leafName, nameIn } from '../i18n/unit-names.ts'
import { keepUndone, readUndone } from './plan-draft.ts'
import { PlanSaving } from './plan-saving.svelte.ts'
import { type PlanServer, Plans, type Rebased } from './plans.svelte.ts'
import { type Dropped, Edits } from './workbench-edits.svelte.ts'
import { type BalanceRow, Rows } from './workbench-rows.ts'
import { findingsOf } from './workbench-checks.ts'
import { Hand } from './workbench-hand.svelte.ts'
import { type Past, WorkbenchGround } from './workbench-ground.svelte.ts'

export type { BalanceRow, TargetState } from './workbench-rows.ts'

/** Which borders the map shows: those in force, the plan's, or both with what moved between them. */
export const VIEWS = ['today', 'plan', 'difference'] as const
export type View = (typeof VIEWS)[number]

/** An order to the map: show this; a new object each time. */
export interface Look {
  extent: Bbox
}

export interface WorkbenchNeeds {
  server: PlanServer
  may: (permission: Permission) => boolean
  /** What a new unit is called until the planner names it. */
  newName: () => string
}

const isInside = (leaf: Leaf | undefined, unitCode = ''): boolean =>
  leaf !== undefined && (isWithin(leaf.parentCode, unitCode) || leaf.code === unitCode)

export class Workbench {
  /** Null until a plan is open. */
  plan = $state.raw<Plan | null>(null)
  /** Unit under the pointer, on the map or in a list. */
  hovered = $state<LeafId | null>(null)
  view = $state<View>('plan')
  /** A day whose borders are shown instead (read only), with them; null: the plan's. */
  past = $state.raw<Past | null>(null)
  look = $state.raw<Look | null>(null)
  findings = $state.raw<readonly Finding[]>([])
  /** What the server says that the plan changes for whom; null until asked for with `compare`. */
  difference = $state.raw<PlanDifference | null>(null)

  /** The coverage that is being changed, its balance, what is chosen. */
  readonly edits = new Edits()
  /** The list of plans, and how to make one. */
  readonly plans: Plans
  /** Autosave of the open plan: `status`, `savedAt`, `conflict`. */
  readonly saving: PlanSaving
  /** The county in force, buildings, targets, figures. */
  readonly ground = new WorkbenchGround()
  readonly hand: Hand
  private rowsToday = $state.raw<readonly BalanceRow[]>([])
  private readonly may: (permission: Permission) => boolean

  constructor({ server, may, newName }: WorkbenchNeeds) {
    this.may = may
    this.plans = new Plans(server)
    this.saving = new PlanSaving(server.save)
    const [shown, isEditable] = [() => this.shown, () => this.editable]
    this.hand = new Hand({ edits: this.edits, shown, isEditable, offers: (arc) => this.offers(arc), newName, newId })
    this.edits.onsettle = (actions, undone) => {
      this.saving.want(actions)
      if (this.plan) keepUndone(localStorage, this.plan.id, actions, undone)
    }
  }

  /** Loads what every plan stands on. Throws what the server refused. */
  async load(unit: string | undefined): Promise<void> {
    await this.ground.load(unit, this.may('building.read'))
    this.close()
    void this.ground.loadBeside(unit)
  }

  /** Opens a plan with what this browser still keeps of it. Answers actions that are no longer possible. Throws what the server refused. */
  async open(id: number): Promise<Dropped[]> {
    await this.saving.flush()
    const plan = await this.plans.server.read(id)
    this.begin(plan, await this.ground.coverageAt(plan.base))
    const actions = this.saving.start(plan.id, plan.revision, plan.actions, new Date(plan.updatedAt))
    const dropped = this.edits.replay(actions)
    if (plan.editable) this.edits.recall(readUndone(localStorage, plan.id, actions))
    return dropped
  }

  /** Shows the borders in force, and no plan. */
  close(): void {
    this.saving.stop()
    this.begin(null, this.ground.today)
  }

  /** True where borders may be changed: an editable plan, its own borders on the map, no conflict to be settled first. */
  get editable(): boolean {
    const isFree = this.saving.status !== 'conflict' && !this.edits.working
    return this.plan !== null && this.plan.editable && this.past === null && this.view !== 'today' && isFree
  }

  /** Shows other borders; what was in hand is let go. */
  show(view: View): void {
    this.edits.try(null)
    this.past = null
    this.view = view
    this.hand.setTool(view === 'today' ? 'select' : this.hand.tool)
    this.chooseShown()
  }

  /** The coverage that the map shows. Reads `edits.tick`. */
  get shown(): Coverage {
    void this.edits.tick
    if (this.past) return this.past.coverage
    return this.view === 'today' ? this.ground.today : this.edits.coverage
  }

  /** The rows of the borders that the map shows: the plan's, those in force, or a day's. */
  get shownRows(): readonly BalanceRow[] {
    if (this.past) return this.past.rows
    return this.view === 'today' ? this.rowsToday : this.edits.rows
  }

  /** The name of a unit of the map, or of what lies above it, in the screen's language; null for none of these. */
  nameOf(id: LeafId): string | null {
    const { today, above } = this.ground
    const facts = factsOf(this.shown, id) ?? factsOf(this.edits.coverage, id) ?? factsOf(today, id)
    if (facts) return leafName(facts, this.ground)
    const unit = above.get(id) ?? (this.ground.county?.code === id ? this.ground.county : undefined)
    return unit ? nameIn(unit) : null
  }

  /** Does an action for good. Answers why not, or null. */
  do(action: Action): Denial | null {
    return this.adopt([action])
  }

  /** Does several actions as one step, all or none: a proposal, an imported cover. Answers why not, or null. */
  adopt(actions: readonly Action[]): Denial | null {
    return this.editable ? this.edits.do(actions) : null
  }

  /** As `do`; a large action is worked out aside. Rejects when that cannot be done. */
  async doAside(action: Action): Promise<Denial | null> {
    return this.editable ? this.edits.doAside(action) : null
  }

  /** Shows what an action would do, in place of the one shown before; null shows none. Answers why it cannot be, or null. */
  preview(action: Action | null): Denial | null {
    return this.edits.try(this.editable ? action : null)
  }

  undo(): void {
    if (this.editable) this.edits.undo()
  }

  redo(): void {
    if (this.editable) this.edits.redo()
  }

  /** Checks what the plan has changed so far, into `findings`. Not while something is tried: the coverage is not the plan's then. */
  check(): void {
    const { edits, ground, plan } = this
    if (edits.trying || edits.changing || !ground.targets) return
    const { step } = edits
    const found = plan ? findingsOf(edits, ground, this.may('building.read')) : []
    if (!(found instanceof Promise)) this.findings = found
    else void found.then((findings) => edits.step === step && this.plan?.id === plan?.id && (this.findings = findings))
  }

  zoomTo(extent: Bbox): void {
    this.look = { extent }
  }

  /** Shows the borders of a day; null goes back to the plan's. Throws what the server refused. */
  async showAt(day: string | null): Promise<void> {
    this.hand.setTool('select')
    if (day === null) this.past = null
    else {
      const coverage = await this.ground.coverageAt(day)
      const balance = new Balance(coverage, this.ground.buildings)
      this.past = { day, coverage, balance, rows: this.rowsOf(coverage, balance) }
    }
    this.chooseShown()
  }

  /** Steps that the reader may take now: the server's word, none while something is not saved. */
  get steps(): readonly PlanStep[] {
    return this.saving.status === 'saved' ? (this.plan?.steps ?? []) : []
  }

  /** Takes a step of the plan's life; publish with `effectiveOn`, YYYY-MM-DD. Throws what the server refused. */
  async takeStep(step: PlanStep, words: { comment?: string; effectiveOn?: string } = {}): Promise<void> {
    this.preview(null)
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

  /** Asks the server for the before and after of the saved plan, into `difference`. Throws what the server refused. */
  async compare(): Promise<void> {
    await this.saving.flush()
    this.difference = await this.plans.server.difference(this.plan!.id)
  }

  /** Carries the plan over to today's borders. Answers the actions that no longer apply. Throws what the server refused. */
  async rebase(): Promise<Rebased['dropped']> {
    await this.saving.flush()
    const { dropped, ...plan } = await this.plans.server.rebase(this.plan!.id, this.saving.revision)
    await this.ground.load(this.ground.county!.code, this.may('building.read'))
    this.plans.put(plan)
    await this.open(plan.id)
    return dropped
  }

  /** Ends a conflict with what the other one saved; my own steps since then are given up. */
  takeTheirs(): void {
    const sides = this.saving.sides()
    if (!sides || this.edits.working) return
    this.edits.replay(sides.theirs)
    this.saving.settle(sides.theirs)
  }

  /** Ends a conflict by doing my steps again on top of the other's. Answers those that do not apply any more. */
  rebaseMine(): Dropped[] {
    const sides = this.saving.sides()
    if (!sides || this.edits.working) return []
    const dropped = this.edits.replay([...sides.theirs, ...sides.mine])
    this.saving.settle(this.edits.actions)
    return dropped
  }

  /** Rows of borders that are compared with no others. */
  private rowsOf(coverage: Coverage, balance: Balance): readonly BalanceRow[] {
    const unitCode = this.plan?.unitCode ?? this.ground.county!.code
    return new Rows({ coverage, balance, today: coverage, balanceToday: balance, targets: this.ground.targets! }, unitCode).all
  }

  /** Other borders, other units: what they do not have is not chosen any more. */
  private chooseShown(): void {
    const { units, arc } = this.edits.chosen
    const there = units.filter((id) => factsOf(this.shown, id))
    if (there.length < units.length || (arc !== null && !this.editable)) this.edits.choose(there)
  }

  private begin(plan: Plan | null, coverage: Coverage): void {
    this.plan = plan
    this.past = null
    this.difference = null
    this.findings = []
    this.view = 'plan'
    this.hand.setTool('select')
    const { today, balance: balanceToday, targets, buildings, county } = this.ground
    const balance = plan ? new Balance(coverage, buildings) : balanceToday
    this.rowsToday = this.rowsOf(today, balanceToday)
    const unitCode = plan?.unitCode ?? county!.code
    const guard = plan ? guardOf(unitCode, this.may) : () => null
    this.edits.begin({ coverage, balance, today, balanceToday, targets: targets! }, unitCode, guard)
  }

  /** A border that is the plan's own on both sides; the county's line is offered too, and says which right it needs. */
  private offers({ left, right }: Arc): boolean {
    const { leaves } = this.edits.coverage
    return [left, right].every((id) => id === null || isInside(leaves.get(id), this.plan?.unitCode))
  }

  private keep(plan: Plan): void {
    this.plan = plan
    this.plans.put(plan)
  }
}

export const [getWorkbench, setWorkbench] = createContext<Workbench>()
