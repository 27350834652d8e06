/**
 * The coverage that is being changed, with everything that follows it at once: the balance, its rows, what is chosen. The coverage
 * is no reactive object: whoever reads it reads `tick` too, which rises with every change, trials of the pointer included;
 * `changesSince` says which units a change touched.
 */
import type { Action, LeafId } from '#model/actions/action.ts'
import { Balance, type Shift } from '#model/balance.ts'
import { buildingsOf } from '#model/buildings.ts'
import { Coverage } from '#model/coverage.ts'
import type { Arc, Difference } from '#model/difference.ts'
import { touched } from '#model/difference.ts'
import { MANY_VERTICES, verticesOf } from '#model/large.ts'
import { planAside } from '../edit/aside.ts'
import { type Denial, type Guard, isDenial } from '../edit/denial.ts'
import { History } from '../edit/history.ts'
import { type BalanceRow, type Books, Rows } from './workbench-rows.ts'

/** What the step in the hand hands over; the last one while nothing is tried. */
export interface Moved {
  households: number
  residents: number
  areaM2: number
}

export interface Chosen {
  units: readonly LeafId[]
  /** Id of the chosen border's arc: it follows the border through changes. */
  arc: number | null
}
const NOTHING: Chosen = { units: [], arc: null }

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
    this.touch(this.withoutTrial())
    this.shifts = []
    const answer = this.history.do(actions)
    this.trying = false
    this.denial = isDenial(answer) ? answer : null
    if (isDenial(answer)) return answer
    this.settle(answer)
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
    return this.do([action])
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

  undo(): void {
    this.shifts = []
    const changed = this.history.undo()
    if (changed) this.settle(changed)
  }

  redo(): void {
    this.shifts = []
    const changed = this.history.redo()
    if (changed && !isDenial(changed)) return this.settle(changed)
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
    const follow = (difference: Difference) => {
      this.shifts.push(this.balance.follow(difference))
      const chosen = afterwards(this.chosen, difference)
      if (chosen !== this.chosen) this.chosen = chosen
    }
    return new History(coverage, follow, this.guard)
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

  private settle(changed: ReadonlySet<LeafId>): void {
    this.canUndo = this.history.canUndo
    this.canRedo = this.history.canRedo
    this.trying = false
    this.denial = null
    this.touch(changed)
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
    const next = this.tick + 1
    for (const id of changed) this.changedAt.set(id, next)
    this.table?.update(changed, this.history.touched)
    this.rows = this.table?.all ?? []
    this.tick = next
  }

  private measure(changed: Iterable<LeafId>): void {
    const moved: Moved = { households: 0, residents: 0, areaM2: 0 }
    for (const each of this.shifts.flatMap((shift) => shift.moved)) {
      moved.households += each.households
      moved.residents += each.residents
    }
    // A cut grid's land is that of its micro-grids.
    for (const id of changed)
      if (this.coverage.leaves.has(id)) moved.areaM2 += Math.max(0, (this.table?.of(id)?.areaM2 ?? 0) - (this.areas.get(id) ?? 0))
    this.moved = moved
  }
}

/** What is chosen after a change: units that are gone are not, and a border's arc is the one that took its place. */
function afterwards(chosen: Chosen, { arcs, leaves, grids = { removed: [], added: [] } }: Difference): Chosen {
  const gone = new Set([...leaves.removed, ...grids.removed].map(({ id }) => id))
  for (const { id } of [...leaves.added, ...grids.added]) gone.delete(id)
  const old = chosen.arc === null ? undefined : arcs.removed.find(({ id }) => id === chosen.arc)
  if (!old && !chosen.units.some((id) => gone.has(id))) return chosen
  const isLike = ({ left, right }: Arc) => old !== undefined && [left, right].every((id) => id === old.left || id === old.right)
  const heir = old && arcs.added.filter(isLike).sort((a, b) => b.points.length - a.points.length)[0]
  return { units: chosen.units.filter((id) => !gone.has(id)), arc: old ? (heir?.id ?? null) : chosen.arc }
}
