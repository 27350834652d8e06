/**
 * Autosave of one plan. What the planner did is kept in the browser at once and sent when the hand rests; without a line it is tried
 * again until it arrives. When somebody else saved the same plan in between, both stay: the planner chooses.
 */
import type { NewerActions } from '#contract/plan.ts'
import type { Action } from '#model/actions/action.ts'
import { commonStart, dropDraft, keepDraft, readDraft } from './plan-draft.ts'

export type SavingStatus = 'saved' | 'saving' | 'offline' | 'conflict' | 'refused'

/** One save: the plan's actions from the `from`-th on are now these. */
export interface Save {
  revision: number
  from: number
  actions: Action[]
}
export type SaveAnswer =
  | { saved: { revision: number; savedAt: Date } }
  | { newer: NewerActions }
  /** No line: worth trying again. */
  | { unreachable: Error }
  /** The server understood and will not: no right, no such plan. */
  | { refused: Error }
export type SendSave = (plan: number, save: Save) => Promise<SaveAnswer>

const REST_MS = 800
const RETRY_MS = 3_000
const LONG_MS = 4_000

export class PlanSaving {
  status = $state<SavingStatus>('saved')
  /** True while the server takes its time with a save. */
  slow = $state(false)
  savedAt = $state.raw<Date | null>(null)
  /** Who saved in between, and what stands there now. */
  conflict = $state.raw<NewerActions | null>(null)
  /** Why the server will not, while `status` is refused. */
  problem = $state.raw<Error | null>(null)
  /** Whether what is not saved yet would survive this browser's end. */
  kept = $state(true)

  private readonly send: SendSave
  private readonly storage: Storage
  private plan = 0
  private revisionNow = 0
  private saved: readonly Action[] = []
  private wanted: readonly Action[] = []
  private timer: ReturnType<typeof setTimeout> | null = null
  private running: Promise<void> | null = null

  constructor(send: SendSave, storage: Storage = localStorage) {
    this.send = send
    this.storage = storage
  }

  get revision(): number {
    return this.revisionNow
  }

  /** Takes up a plan as the server holds it. Answers the actions to show: with what this browser still kept, when there is something. */
  start(plan: number, revision: number, actions: readonly Action[], savedAt: Date): readonly Action[] {
    this.stop()
    ;[this.plan, this.revisionNow, this.saved, this.wanted, this.savedAt] = [plan, revision, actions, actions, savedAt]
    ;[this.status, this.conflict, this.problem, this.kept] = ['saved', null, null, true]
    const draft = readDraft(this.storage, plan)
    if (!draft) return actions
    const mine = [...actions.slice(0, draft.from), ...draft.actions]
    if (draft.revision === revision) {
      this.want(mine)
      return mine
    }
    // The plan went on elsewhere while this browser had something of its own: the planner decides.
    if (commonStart(mine, actions) === mine.length) {
      dropDraft(this.storage, plan)
      return actions
    }
    this.wanted = mine
    const from = commonStart(mine, actions)
    this.conflict = { revision, from, actions: [...actions.slice(from)], savedBy: '', savedAt: savedAt.toISOString() }
    this.status = 'conflict'
    return mine
  }

  /** Tells what the plan's actions are now; they are saved once the hand rests. */
  want(actions: readonly Action[]): void {
    this.wanted = actions
    this.keep()
    if (this.status === 'conflict') return
    this.status = this.status === 'offline' ? 'offline' : 'saving'
    this.after(REST_MS)
  }

  /** Saves at once what is not saved. Resolves when the server has it, or will not have it. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    while (this.running) await this.running
    if (this.status === 'conflict' || this.plan === 0) return
    this.running = this.sendNow().finally(() => (this.running = null))
    return this.running
  }

  /** Both sides of a conflict: what the server holds, and what of mine comes after the common start. */
  sides(): { theirs: Action[]; mine: Action[]; revision: number } | null {
    const { conflict } = this
    if (!conflict) return null
    const theirs = [...this.saved.slice(0, conflict.from), ...conflict.actions]
    return { theirs, mine: this.wanted.slice(commonStart(theirs, this.wanted)), revision: conflict.revision }
  }

  /** Ends a conflict: the server's actions are the ground, `actions` what the plan shall hold now. */
  settle(actions: readonly Action[]): void {
    const sides = this.sides()
    if (!sides) return
    this.saved = sides.theirs
    this.revisionNow = sides.revision
    this.conflict = null
    this.status = 'saving'
    this.want(actions)
    void this.flush()
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
  }

  private async sendNow(): Promise<void> {
    const { plan, wanted } = this
    const from = commonStart(this.saved, wanted)
    if (from === wanted.length && from === this.saved.length) return this.rest()
    if (this.status !== 'offline') this.status = 'saving'
    const alarm = setTimeout(() => (this.slow = true), LONG_MS)
    const answer = await this.send(plan, { revision: this.revisionNow, from, actions: wanted.slice(from) })
    clearTimeout(alarm)
    this.slow = false
    if (plan !== this.plan) return
    if ('saved' in answer) {
      this.saved = wanted
      this.revisionNow = answer.saved.revision
      this.savedAt = answer.saved.savedAt
      if (this.wanted === wanted) return this.rest()
      this.status = 'saving'
      this.keep()
      return this.after(REST_MS)
    }
    if ('newer' in answer) {
      this.conflict = answer.newer
      this.status = 'conflict'
    } else if ('unreachable' in answer) {
      this.status = 'offline'
      this.after(RETRY_MS)
    } else {
      this.problem = answer.refused
      this.status = 'refused'
    }
  }

  private rest(): void {
    this.status = 'saved'
    this.problem = null
    this.kept = true
    dropDraft(this.storage, this.plan)
  }

  private keep(): void {
    const from = commonStart(this.saved, this.wanted)
    this.kept = keepDraft(this.storage, this.plan, { revision: this.revisionNow, from, actions: this.wanted.slice(from) })
  }

  private after(ms: number): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.flush(), ms)
  }
}
