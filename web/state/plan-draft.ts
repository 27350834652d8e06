/**
 * What a browser keeps of a plan until the server has it: the actions after those that the server is known to hold. Written at once
 * with every step, so that a closed lid, a lost line or a killed browser costs nothing.
 */
import { z } from 'zod'
import { action } from '#contract/edit.ts'
import type { Action } from '#model/actions/action.ts'
import { actionsText, actionText } from '../edit/action-text.ts'

const draft = z.object({ revision: z.number().int(), from: z.number().int(), actions: z.array(action) })
export interface Draft {
  /** Revision of the plan that `from` counts in. */
  revision: number
  /** How many of that revision's actions stand; `actions` come after them. */
  from: number
  actions: readonly Action[]
}

const keyOf = (plan: number): string => `gridward.plan.${plan}`

/** Steps that were taken back, and the actions that they came after: how many, and the last of them. */
const undoneSteps = z.object({ after: z.number().int(), last: action.nullable(), steps: z.array(z.array(action)) })
const undoneKeyOf = (plan: number): string => `${keyOf(plan)}.undone`

/** Answers false where the browser has no room left: the plan is then safe only once the server has it. */
export function keepDraft(storage: Storage, plan: number, kept: Draft): boolean {
  try {
    storage.setItem(keyOf(plan), `{"revision":${kept.revision},"from":${kept.from},"actions":${actionsText(kept.actions)}}`)
    return true
  } catch {
    storage.removeItem(keyOf(plan))
    return false
  }
}

export const dropDraft = (storage: Storage, plan: number): void => storage.removeItem(keyOf(plan))

/** Null when nothing is kept, or nothing that this version of the page understands. */
export function readDraft(storage: Storage, plan: number): Draft | null {
  const text = storage.getItem(keyOf(plan))
  if (text === null) return null
  try {
    return draft.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Keeps what could be done again after `actions`, so that a reload does not take it away. */
export function keepUndone(storage: Storage, plan: number, actions: readonly Action[], steps: readonly (readonly Action[])[]): void {
  const key = undoneKeyOf(plan)
  if (steps.length === 0) return storage.removeItem(key)
  try {
    const last = actions.at(-1)
    storage.setItem(key, `{"after":${actions.length},"last":${last ? actionText(last) : null},"steps":[${steps.map(actionsText).join()}]}`)
  } catch {
    // No room: what is done is kept first.
    storage.removeItem(key)
  }
}

/** Steps that can be done again after these actions, the next one last; none when they came after others. */
export function readUndone(storage: Storage, plan: number, actions: readonly Action[]): readonly (readonly Action[])[] {
  const text = storage.getItem(undoneKeyOf(plan))
  if (text === null) return []
  try {
    const { after, last, steps } = undoneSteps.parse(JSON.parse(text))
    const isSame = after === actions.length && JSON.stringify(last) === JSON.stringify(action.nullable().parse(actions.at(-1) ?? null))
    return isSame ? steps : []
  } catch {
    return []
  }
}

/** How many actions two lists have in common from the start. */
export function commonStart(a: readonly Action[], b: readonly Action[]): number {
  let n = 0
  while (n < a.length && n < b.length && (a[n] === b[n] || actionText(a[n]!) === actionText(b[n]!))) n++
  return n
}
