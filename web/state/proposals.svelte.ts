/** Re-divisions that were asked for: those that still run, with the best so far, and those that are done. */
import { createContext } from 'svelte'
import type { Action, Divide } from '#model/actions/action.ts'
import type { Progress, Proposal, RedivisionInput, RedivisionOptions } from '#model/partition/redivision.ts'

export type Failure = 'empty' | 'broken'

/** A search that runs or has run, with the best that it has found. */
export interface Attempt {
  id: number
  options: RedivisionOptions & { seed: number }
  /** Unit whose villages are divided. */
  scope: string
  status: 'running' | 'done' | 'stopped' | 'failed'
  /** Why it failed: nothing there to be divided, or the search broke off. */
  why?: Failure
  progress: Progress | null
  /** Null until the first valid plan. */
  proposal: Proposal | null
}

/** What a search tells while it runs. */
export interface SearchTells {
  progress: (progress: Progress) => void
  /** Another proposal, better than the one before. */
  better: (proposal: Proposal) => void
  end: (how: 'done' | 'stopped' | 'failed', why?: Failure) => void
}
/** Begins a search beside the page; answers how to stop it. */
export type StartSearch = (input: RedivisionInput, options: RedivisionOptions, tells: SearchTells) => { stop(): void }

export class Proposals {
  attempts = $state.raw<readonly Attempt[]>([])
  chosenId = $state<number | null>(null)
  private readonly startSearch: StartSearch
  private readonly running = new Map<number, { stop(): void }>()
  /** What was adopted of an attempt, step by step, the last step last. */
  private readonly adopted = new Map<number, readonly (readonly Divide[])[]>()
  private lastId = -1

  constructor(startSearch: StartSearch) {
    this.startSearch = startSearch
  }

  get chosen(): Attempt | null {
    return this.attempts.find(({ id }) => id === this.chosenId) ?? null
  }

  start(input: RedivisionInput, scope: string, options: Attempt['options']): void {
    const id = ++this.lastId
    this.attempts = [...this.attempts, { id, options, scope, status: 'running', progress: null, proposal: null }]
    this.chosenId = id
    const search = this.startSearch(input, options, {
      progress: (progress) => this.put(id, { progress }),
      better: (proposal) => this.put(id, { proposal }),
      end: (status, why) => {
        this.running.delete(id)
        this.put(id, { status, ...(why && { why }) })
      },
    })
    if (this.of(id)?.status === 'running') this.running.set(id, search)
  }

  /** The best so far stays. */
  stop(id: number): void {
    this.running.get(id)?.stop()
  }

  drop(id: number): void {
    this.stop(id)
    this.attempts = this.attempts.filter((attempt) => attempt.id !== id)
    if (this.chosenId === id) this.chosenId = this.attempts.at(-1)?.id ?? null
  }

  /** Notes that these actions, one step of the plan, come from an attempt. */
  noteAdopted(id: number, step: readonly Divide[]): void {
    this.adopted.set(id, [...(this.adopted.get(id) ?? []), step])
  }

  /** Villages of which the plan with these actions has an attempt's division. Whatever was undone is not among them. */
  takenOf(id: number, actions: readonly Action[]): ReadonlySet<string> {
    const there = new Set(actions)
    const taken = (this.adopted.get(id) ?? []).flat().filter((action) => there.has(action))
    return new Set(taken.flatMap(({ into }) => into.map(({ unit }) => unit.parentCode)))
  }

  /** The attempt that the last of these actions came from, as one step; null when the plan went on after it, or before. */
  lastTaken(actions: readonly Action[]): number | null {
    for (const [id, steps] of this.adopted) {
      if (steps.some((step) => step.length > 0 && step.every((action, n) => action === actions.at(n - step.length)))) return id
    }
    return null
  }

  /** All of them: another plan has been opened. */
  clear(): void {
    for (const { id } of this.attempts) this.drop(id)
    this.lastId = -1
    this.adopted.clear()
  }

  private of(id: number): Attempt | undefined {
    return this.attempts.find((attempt) => attempt.id === id)
  }

  private put(id: number, change: Partial<Attempt>): void {
    this.attempts = this.attempts.map((attempt) => (attempt.id === id ? { ...attempt, ...change } : attempt))
  }
}

export const [getProposals, setProposals] = createContext<Proposals>()
