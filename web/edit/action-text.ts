/** Actions as JSON. An action never changes, and a large one is written down for a worker, for what the browser keeps, and for the server. */
import type { Action } from '#model/actions/action.ts'

const texts = new WeakMap<Action, string>()

export function actionText(action: Action): string {
  let text = texts.get(action)
  if (text === undefined) texts.set(action, (text = JSON.stringify(action)))
  return text
}

export const actionsText = (actions: readonly Action[]): string => `[${actions.map(actionText).join()}]`
