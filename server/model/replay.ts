/** The one door for changes: an action by its type, and a list of them one after the other, as the server replays a plan. */
import { type Action, isRefusal, type Refusal } from './actions/action.ts'
import { cutOut } from './actions/cut-out.ts'
import { describe, renumber } from './actions/describe.ts'
import { divide } from './actions/divide.ts'
import { handOver } from './actions/hand-over.ts'
import { insertVertex } from './actions/insert-vertex.ts'
import { settled } from './actions/land.ts'
import { merge } from './actions/merge.ts'
import { moveJunction } from './actions/move-junction.ts'
import { moveOutline, moveVertex } from './actions/move-vertex.ts'
import { redrawBorder } from './actions/redraw-border.ts'
import { removeVertex } from './actions/remove-vertex.ts'
import { split } from './actions/split.ts'
import { straighten } from './actions/straighten.ts'
import type { Coverage } from './coverage.ts'
import { type Difference, reverse } from './difference.ts'

/** What the action would change, or why it cannot be done. The coverage stays as it is. */
export function plan(coverage: Coverage, action: Action): Difference | Refusal {
  const answer = change(coverage, action)
  return isRefusal(answer) ? answer : settled(coverage, answer)
}

function change(coverage: Coverage, action: Action): Difference | Refusal {
  switch (action.type) {
    case 'move-vertex':
      return moveVertex(coverage, action)
    case 'move-junction':
      return moveJunction(coverage, action)
    case 'move-outline':
      return moveOutline(coverage, action)
    case 'insert-vertex':
      return insertVertex(coverage, action)
    case 'remove-vertex':
      return removeVertex(coverage, action)
    case 'split':
      return split(coverage, action)
    case 'merge':
      return merge(coverage, action)
    case 'hand-over':
      return handOver(coverage, action)
    case 'cut-out':
      return cutOut(coverage, action)
    case 'redraw-border':
      return redrawBorder(coverage, action)
    case 'straighten':
      return straighten(coverage, action)
    case 'renumber':
      return renumber(coverage, action)
    case 'describe':
      return describe(coverage, action)
    case 'divide':
      return divide(coverage, action)
  }
}

export interface Replayed {
  /** One for each action that could be done, in order; the coverage is left as they made it. */
  differences: Difference[]
  refused: { index: number; refusal: Refusal }[]
}

/** Does the actions one after the other on the coverage itself. Those that cannot be done are passed over and told. */
export function replay(coverage: Coverage, actions: readonly Action[]): Replayed {
  const differences: Difference[] = []
  const refused: Replayed['refused'] = []
  for (const [index, action] of actions.entries()) {
    const answer = plan(coverage, action)
    if ('reason' in answer) {
      refused.push({ index, refusal: answer })
    } else {
      coverage.apply(answer)
      differences.push(answer)
    }
  }
  return { differences, refused }
}

/** Takes differences back, the last one first. */
export function undo(coverage: Coverage, differences: readonly Difference[]): void {
  for (const difference of differences.toReversed()) coverage.apply(reverse(difference))
}
