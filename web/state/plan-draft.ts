/**
 * What a browser keeps of a plan until the server has it: the actions after those that the server is known to hold. Written at once
 * with every step, so that a closed lid, a lost line or a killed browser costs nothing.
 */
import { z } from 'zod'
import { action } from '#contract/edit.ts'
import type { Action } from '#model/actions/action.ts'

const draft = z.object({ revision: z.number().int(), from: z.number().int(), actions: z.array(action) })
export interface Draft {
  /** Revision of the plan that `from` counts in. */
  revision: number
  /** How many of that revision's actions stand; `actions` come after them. */
  from: number
  actions: readonly Action[]
}

const keyOf = (plan: number): string => `gridward.plan.${plan}`

/** Answers false where the browser has no room left: the plan is then safe only once the server has it. */
export function keepDraft(storage: Storage, plan: number, kept: Draft): boolean {
  try {
    storage.setItem(keyOf(plan), JSON.stringify(kept))
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

/** How many actions two lists have in common from the start. */
export function commonStart(a: readonly Action[], b: readonly Action[]): number {
  let n = 0
  while (n < a.length && n < b.length && (a[n] === b[n] || JSON.stringify(a[n]) === JSON.stringify(b[n]))) n++
  return n
}
