/**
 * What the planner did to a coverage, as steps that can be taken back without limit. A step is a list of actions with their
 * differences; undo applies the reverse ones, last first, and gives back the same numbers. At most one trial stands on top of it:
 * what the pointer is doing just now. The coverage always is: base + steps + trial.
 */
import type { Action } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import { type Difference, reverse, touched } from '#model/difference.ts'
import { plan } from '#model/replay.ts'
import { atOnce, type Steps } from '#model/steps.ts'
import { type Denial, type Guard, isDenial } from './denial.ts'

export interface Done {
  action: Action
  difference: Difference
}
type Step = readonly Done[]
/** A step that was taken back here still has its differences: on the same ground they are done again as they are. */
interface Undone {
  actions: readonly Action[]
  step: Step | null
}

/** What follows a difference; it may take its time. */
export type Follow = (difference: Difference) => Steps<void>
const nobody: Follow = function* () {}

export class History {
  readonly coverage: Coverage
  /** Brings what stands on the coverage along, after every difference that has been put into effect. */
  private readonly follow: Follow
  private readonly guard: Guard
  /** The last answer to `planned`; true until the coverage changes. */
  private answer: { action: Action; difference: Difference | Denial } | null = null
  private done: Step[] = []
  /** Actions of the steps that were taken back, the next to be done again last. */
  private back: Undone[] = []
  private trial: Done | null = null

  constructor(coverage: Coverage, follow: Follow = nobody, guard: Guard = () => null) {
    this.coverage = coverage
    this.follow = follow
    this.guard = guard
  }

  /** What an action would do on top of the steps, or why it cannot be done. Ends the trial. */
  planned(action: Action): Difference | Denial {
    this.dropTrial()
    if (this.answer?.action !== action) this.foresee(action, plan(this.coverage, action))
    return this.answer!.difference
  }

  /** Takes up what was found out elsewhere: what the action does on top of the steps, without a trial. Good until the coverage changes. */
  foresee(action: Action, difference: Difference | Denial): void {
    this.dropTrial()
    this.answer = { action, difference: isDenial(difference) ? difference : (this.guard(this.coverage, difference) ?? difference) }
  }

  /** Differences that `undo` would take back, and that `redo` would do again where they are known. */
  get nextBack(): readonly Difference[] {
    return this.done.at(-1)?.map(({ difference }) => difference) ?? []
  }
  get nextAgain(): readonly Difference[] {
    return this.back.at(-1)?.step?.map(({ difference }) => difference) ?? []
  }

  /** All actions in force, oldest first; the trial is not one of them. */
  get actions(): Action[] {
    return this.done.flatMap((step) => step.map(({ action }) => action))
  }
  get canUndo(): boolean {
    return this.done.length > 0
  }
  get canRedo(): boolean {
    return this.back.length > 0
  }
  /** What `redo` would do again, the next step last. */
  get undone(): readonly (readonly Action[])[] {
    return this.back.map(({ actions }) => actions)
  }
  /** Takes up what was undone before this history began, so that it can be done again. */
  recall(undone: readonly (readonly Action[])[]): void {
    this.back = undone.map((actions) => ({ actions, step: null }))
  }
  /** The action that is being tried, or null. */
  get trying(): Done | null {
    return this.trial
  }

  /** Units that the steps and the trial changed. */
  get touched(): Set<string> {
    const ids = new Set<string>()
    for (const step of this.done) unionOf(ids, step)
    return this.trial ? unionOf(ids, [this.trial]) : ids
  }

  /** All that the steps changed, oldest first. */
  get differences(): Difference[] {
    return this.done.flatMap((step) => step.map(({ difference }) => difference))
  }

  /** Does actions as one step: all of them or none. Answers the units that changed, or why it cannot be. */
  do(actions: readonly Action[]): Set<string> | Denial {
    return atOnce(this.doing(actions))
  }

  /** As `do`, with breaks: nobody may look at the coverage before the end. So are the others. */
  *doing(actions: readonly Action[]): Steps<Set<string> | Denial> {
    const changed = this.dropTrial()
    const step: Done[] = []
    for (const action of actions) {
      const difference = this.planned(action)
      if (isDenial(difference)) {
        yield* this.take(step)
        return difference
      }
      yield* this.apply(difference)
      step.push({ action, difference })
    }
    if (step.length > 0) {
      this.done.push(step)
      this.back = []
    }
    return unionOf(changed, step)
  }

  /** Tries an action in place of the one tried before; null ends the trial. After a refusal nothing is tried. */
  try(action: Action | null): { changed: Set<string>; denial: Denial | null } {
    const changed = this.dropTrial()
    if (!action) return { changed, denial: null }
    const difference = this.planned(action)
    if (isDenial(difference)) return { changed, denial: difference }
    atOnce(this.apply(difference))
    this.trial = { action, difference }
    return { changed: unionOf(changed, [this.trial]), denial: null }
  }

  /** Takes the last step back. Answers the units that changed; null when there is none. */
  undo(): Set<string> | null {
    return atOnce(this.undoing())
  }

  *undoing(): Steps<Set<string> | null> {
    const step = this.done.at(-1)
    if (!step) return null
    const changed = this.dropTrial()
    yield* this.take(step)
    this.done.pop()
    this.back.push({ actions: step.map(({ action }) => action), step })
    return unionOf(changed, step)
  }

  /** Does the step again that was taken back last. Null when there is none; why not, where the ground has changed under it. */
  redo(): Set<string> | Denial | null {
    return atOnce(this.redoing())
  }

  *redoing(): Steps<Set<string> | Denial | null> {
    const [next, rest] = [this.back.at(-1), this.back.slice(0, -1)]
    if (!next) return null
    const answer = next.step ? yield* this.doAgain(next.step) : yield* this.doing(next.actions)
    this.back = isDenial(answer) ? [] : rest
    return answer
  }

  private *doAgain(step: Step): Steps<Set<string>> {
    const changed = this.dropTrial()
    for (const { difference } of step) yield* this.apply(difference)
    this.done.push(step)
    return unionOf(changed, step)
  }

  private dropTrial(): Set<string> {
    const { trial } = this
    this.trial = null
    if (!trial) return new Set()
    atOnce(this.apply(reverse(trial.difference)))
    return unionOf(new Set(), [trial])
  }

  private *apply(difference: Difference): Steps<void> {
    this.answer = null
    yield* this.coverage.applying(difference)
    yield* this.follow(difference)
  }

  private *take(step: Step): Steps<void> {
    for (const { difference } of step.toReversed()) yield* this.apply(reverse(difference))
  }
}

/** Leaves that the step touches, and cut grids of which it says something else: such a grid is a unit of the hand. */
function unionOf(changed: Set<string>, step: Step): Set<string> {
  for (const { difference } of step) {
    for (const id of touched(difference)) changed.add(id)
    for (const { id } of [...(difference.grids?.removed ?? []), ...(difference.grids?.added ?? [])]) changed.add(id)
  }
  return changed
}
