/**
 * What the planner did to a coverage, as steps that can be taken back without limit. A step is a list of actions with their
 * differences; undo applies the reverse ones, last first, and gives back the same numbers. At most one trial stands on top of it:
 * what the pointer is doing just now. The coverage always is: base + steps + trial.
 */
import { type Action, isRefusal, type Refusal } from '#model/actions/action.ts'
import type { Coverage } from '#model/coverage.ts'
import { type Difference, reverse, touched } from '#model/difference.ts'

/** Works out what an action does, without doing it. */
export type Perform = (coverage: Coverage, action: Action) => Difference | Refusal

export interface Done {
  action: Action
  difference: Difference
}
type Step = readonly Done[]

export class History {
  readonly coverage: Coverage
  private readonly perform: Perform
  private done: Step[] = []
  private undone: Step[] = []
  private trial: Done | null = null

  constructor(coverage: Coverage, perform: Perform) {
    this.coverage = coverage
    this.perform = perform
  }

  /** All actions in force, oldest first; the trial is not one of them. */
  get actions(): Action[] {
    return this.done.flatMap((step) => step.map(({ action }) => action))
  }
  get canUndo(): boolean {
    return this.done.length > 0
  }
  get canRedo(): boolean {
    return this.undone.length > 0
  }
  /** The action that is being tried, or null. */
  get trying(): Done | null {
    return this.trial
  }

  /** Does actions as one step: all of them or none. Answers the units that changed, or why it cannot be. */
  do(actions: readonly Action[]): Set<string> | Refusal {
    const changed = this.dropTrial()
    const step: Done[] = []
    for (const action of actions) {
      const difference = this.perform(this.coverage, action)
      if (isRefusal(difference)) {
        this.take(step)
        return difference
      }
      this.coverage.apply(difference)
      step.push({ action, difference })
    }
    if (step.length > 0) {
      this.done.push(step)
      this.undone = []
    }
    return unionOf(changed, step)
  }

  /** Tries an action in place of the one tried before; null ends the trial. After a refusal nothing is tried. */
  try(action: Action | null): { changed: Set<string>; refusal: Refusal | null } {
    const changed = this.dropTrial()
    if (!action) return { changed, refusal: null }
    const difference = this.perform(this.coverage, action)
    if (isRefusal(difference)) return { changed, refusal: difference }
    this.coverage.apply(difference)
    this.trial = { action, difference }
    return { changed: unionOf(changed, [this.trial]), refusal: null }
  }

  /** Takes the last step back. Answers the units that changed; null when there is none. */
  undo(): Set<string> | null {
    const step = this.done.at(-1)
    if (!step) return null
    const changed = this.dropTrial()
    this.take(step)
    this.done.pop()
    this.undone.push(step)
    return unionOf(changed, step)
  }

  redo(): Set<string> | null {
    const step = this.undone.at(-1)
    if (!step) return null
    const changed = this.dropTrial()
    for (const { difference } of step) this.coverage.apply(difference)
    this.undone.pop()
    this.done.push(step)
    return unionOf(changed, step)
  }

  private dropTrial(): Set<string> {
    const { trial } = this
    this.trial = null
    if (!trial) return new Set()
    this.coverage.apply(reverse(trial.difference))
    return touched(trial.difference)
  }

  private take(step: Step): void {
    for (const { difference } of step.toReversed()) this.coverage.apply(reverse(difference))
  }
}

function unionOf(changed: Set<string>, step: Step): Set<string> {
  for (const { difference } of step) for (const id of touched(difference)) changed.add(id)
  return changed
}
