/**
 * The coverage that is being changed, with everything that follows it at once: the balance, its rows, what is chosen. The coverage
 * is no reactive object: whoever reads it reads `tick` too, which rises with every change, trials of the pointer included;
 * `changesSince` says which units a change touched.
 */
import type { Action, LeafId } from '#model/actions/action.ts'
import { Balance, type Shift } from '#model/balance.ts'
import { buildingsOf } from '#model/buildings.ts'
import { Coverage } from '#model/coverage.ts'
import { type Difference, touched } from '#model/difference.ts'
import { MANY_VERTICES, verticesIn, verticesOf } from '#model/large.ts'
import { atOnce, type Steps } from '#model/steps.ts'
import { planAside } from '../edit/aside.ts'
import { type Denial, type Guard, isDenial } from '../edit/denial.ts'
import { History } from '../edit/history.ts'
import { inSlices } from '../edit/slices.ts'
import { afterwards, type Chosen, type Moved, movedBy, NOTHING } from './workbench-after.ts'
import { type BalanceRow, type Books, Rows } from './workbench-rows.ts'

export interface Dropped {
  action: Action
  denial: Denial
}

export class Edits {
  tick = $state(0)
  rows = $state.raw<readonly BalanceRow[]>([])
  /** Null until the plan was changed on this screen. */
  moved = $state.raw<Moved | null>(null)
  /** True while the pointer tries something. */
  trying = $state(false)
  /** Why the last act was refused; gone with the next one. */
  denial = $state.raw<Denial | null>(null)
  /** True while what an action does is worked out aside: nothing may be changed until then. */
  working = $state(false)
  /** True while a large change is put into effect a slice at a time: nobody may look at the land of the coverage then. */
  changing = $state(false)
  /** Ends when the map has read what it is reading a slice at a time; nothing large is changed until then. */
  reading: Promise<unknown> = Promise.resolve()
  canUndo = $state(false)
  canRedo = $state(false)
  chosen = $state.raw<Chosen>(NOTHING)

  coverage = new Coverage([], [])
  balance = new Balance(this.coverage, buildingsOf([]))
  /** Rises with every step, not with trials. */
  step = $state(0)
  /** Told after every step of the plan's actions, and of what could be done again. */
  onsettle: (actions: readonly Action[], undone: readonly (readonly Action[])[]) => void = () => {}

  private history = new History(this.coverage)
  private table: Rows | null = null
  private guard: Guard = () => null
  private shifts: Shift[] = []
  /** Areas as the last step left them, m². */
  private areas = new Map<LeafId, number>()
  private readonly changedAt = new Map<LeafId, number>()
  private loadedAt = 0
  /** Units of the trial that `pause` took out. */
  private paused: ReadonlySet<LeafId> = new Set()

  /** Starts on another coverage; `unitCode`: the rows are those of its leaves. */
  begin(books: Books, unitCode: string, guard: Guard): void {
    this.coverage = books.coverage
    this.balance = books.balance
    this.working = this.changing = false
    this.guard = guard
    this.history = this.historyOn(books.coverage)
    this.table = new Rows(books, unitCode)
    this.settled()
  }

  /** The plan's actions, oldest first. */
  get actions(): Action[] {
    return this.history.actions
  }

  /** All that the plan changed, in order; the trial is not in it. */
  get differences(): Difference[] {
    return this.history.differences
  }

  /** The difference on trial, or null. */
  get trial(): Difference | null {
    void this.tick
    return this.history.trying?.difference ?? null
  }

  /** Ids of the units that the plan changes. */
  get touched(): Set<LeafId> {
    void this.tick
    return this.history.touched
  }

  /** Does actions as one step, all or none. Answers why not, or null. */
  do(actions: readonly Action[]): Denial | null {
    return atOnce(this.doing(actions))
  }

  private *doing(actions: readonly Action[]): Steps<Denial | null> {
    this.touch(this.withoutTrial())
    this.shifts = []
    const answer = yield* this.history.doing(actions)
    this.trying = false
    this.denial = isDenial(answer) ? answer : null
    if (isDenial(answer)) return answer
    yield* this.settle(answer)
    return null
  }

  /** As `do`; what a large action does is worked out aside, and the page goes on answering. Rejects when that cannot be done. */
  async doAside(action: Action, aside = planAside): Promise<Denial | null> {
    if (verticesOf(action) < MANY_VERTICES) return this.do([action])
    this.try(null)
    const { history, coverage } = this
    this.working = true
    try {
      const difference = await aside(coverage, action)
      // Another plan was opened meanwhile: the action is not its.
      if (history !== this.history) return null
      history.foresee(action, difference)
    } finally {
      this.working = false
    }
    return this.inSlices(this.doing([action]))
  }

  /** Puts a large change into effect; another plan that is opened meanwhile ends it. */
  private async inSlices<Result>(steps: Steps<Result>): Promise<Result | null> {
    const { history } = this
    const isMine = () => history === this.history
    this.working = true
    try {
      await this.reading
      if (!isMine()) return null
      this.changing = true
      return await inSlices(steps, isMine)
    } finally {
      if (isMine()) this.working = this.changing = false
    }
  }

  private run(differences: readonly Difference[], steps: Steps<void>): void {
    if (differences.reduce((sum, each) => sum + verticesIn(each), 0) < MANY_VERTICES) atOnce(steps)
    else void this.inSlices(steps)
  }

  /** Shows what an action would do, in place of the one shown before; null shows none. Answers why it cannot be, or null. */
  try(action: Action | null): Denial | null {
    const changed = this.withoutTrial()
    this.shifts = []
    const { changed: more, denial } = this.history.try(action)
    for (const id of more) changed.add(id)
    this.trying = this.history.trying !== null
    this.denial = denial
    this.touch(changed)
    if (this.history.trying) this.measure(touched(this.history.trying.difference))
    return denial
  }

  /** Takes the trial out without telling anybody, so that the coverage can be looked at as the steps left it. `do` or `try` must follow. */
  pause(): Action | null {
    const action = this.history.trying?.action ?? null
    this.paused = this.withoutTrial()
    return action
  }

  private withoutTrial(): Set<LeafId> {
    const { changed } = this.history.try(null)
    for (const id of this.paused) changed.add(id)
    this.paused = new Set()
    return changed
  }

  /** Why an action cannot be done, or null. Asked during a pause only. */
  denialOf(action: Action): Denial | null {
    const answer = this.history.planned(action)
    return isDenial(answer) ? answer : null
  }

  /** A large step is taken back a slice at a time. */
  undo(): void {
    this.run(this.history.nextBack, this.undoing())
  }

  private *undoing(): Steps<void> {
    this.shifts = []
    const changed = yield* this.history.undoing()
    if (changed) yield* this.settle(changed)
  }

  /** As `undo`. */
  redo(): void {
    this.run(this.history.nextAgain, this.redoing())
  }

  private *redoing(): Steps<void> {
    this.shifts = []
    const changed = yield* this.history.redoing()
    if (changed && !isDenial(changed)) return yield* this.settle(changed)
    this.denial = changed
    this.canRedo = this.history.canRedo
  }

  /** Takes up the steps that were undone when the plan was last open. */
  recall(undone: readonly (readonly Action[])[]): void {
    this.history.recall(undone)
    this.canRedo = this.history.canRedo
  }

  choose(units: readonly LeafId[], arc: number | null = null): void {
    this.chosen = units.length === 0 && arc === null ? NOTHING : { units, arc }
  }

  /** Starts again from the base with these actions. Answers those that were refused. */
  replay(actions: readonly Action[]): Dropped[] {
    const dropped: Dropped[] = []
    this.history.try(null)
    while (this.history.canUndo) this.history.undo()
    this.history = this.historyOn(this.coverage)
    for (const action of actions) {
      const answer = this.history.do([action])
      if (isDenial(answer)) dropped.push({ action, denial: answer })
    }
    this.settled()
    return dropped
  }

  /** Units that changed after `tick` was `seen`; 'all' when another coverage has been loaded since. */
  changesSince(seen: number): Set<LeafId> | 'all' {
    if (seen < this.loadedAt) return 'all'
    const ids = new Set<LeafId>()
    for (const [id, at] of this.changedAt) if (at > seen) ids.add(id)
    return ids
  }

  private historyOn(coverage: Coverage): History {
    const { balance } = this
    const follow = function* (this: Edits, difference: Difference): Steps<void> {
      this.shifts.push(yield* balance.following(difference))
      const chosen = afterwards(this.chosen, difference)
      if (chosen !== this.chosen) this.chosen = chosen
    }
    return new History(coverage, follow.bind(this), this.guard)
  }

  /** Everything anew. */
  private settled(): void {
    this.trying = false
    this.denial = null
    this.moved = null
    this.choose([])
    this.canUndo = this.history.canUndo
    this.canRedo = this.history.canRedo
    this.table?.renew(this.history.touched)
    this.rows = this.table?.all ?? []
    this.areas = new Map(this.rows.map(({ id, areaM2 }) => [id, areaM2]))
    this.loadedAt = ++this.tick
    this.step++
  }

  private *settle(changed: ReadonlySet<LeafId>): Steps<void> {
    yield* this.table?.updating(changed, this.history.touched) ?? []
    this.canUndo = this.history.canUndo
    this.canRedo = this.history.canRedo
    this.trying = false
    this.denial = null
    this.tell(changed)
    this.measure(changed)
    for (const id of changed) {
      const area = this.table?.of(id)?.areaM2
      if (area === undefined) this.areas.delete(id)
      else this.areas.set(id, area)
    }
    this.step++
    this.onsettle(this.history.actions, this.history.undone)
  }

  private touch(changed: ReadonlySet<LeafId>): void {
    if (changed.size === 0) return
    this.table?.update(changed, this.history.touched)
    this.tell(changed)
  }

  /** The rows are those of the coverage again. */
  private tell(changed: ReadonlySet<LeafId>): void {
    if (changed.size === 0) return
    const next = this.tick + 1
    for (const id of changed) this.changedAt.set(id, next)
    this.rows = this.table?.all ?? []
    this.tick = next
  }

  private measure(changed: Iterable<LeafId>): void {
    // A cut grid's land is that of its micro-grids.
    const leaves = [...changed].filter((id) => this.coverage.leaves.has(id))
    this.moved = movedBy(this.shifts, leaves, (id) => (this.table?.of(id)?.areaM2 ?? 0) - (this.areas.get(id) ?? 0))
  }
}
