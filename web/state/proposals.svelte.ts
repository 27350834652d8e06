/** Re-divisions that were asked for: those that still run, with the best so far, and those that are done. */
import { createContext } from 'svelte'
import type { Progress, Proposal, RedivisionInput, RedivisionOptions } from '#model/partition/redivision.ts'

/** A search that runs or has run, with the best that it has found. */
export interface Attempt {
  id: number
  options: RedivisionOptions & { seed: number }
  /** Unit whose villages are divided. */
  scope: string
  status: 'running' | 'done' | 'stopped' | 'failed'
  progress: Progress | null
  /** Null until the first valid plan. */
  proposal: Proposal | null
}

/** What a search tells while it runs. */
export interface SearchTells {
  progress: (progress: Progress) => void
  /** Another proposal, better than the one before. */
  better: (proposal: Proposal) => void
  end: (how: 'done' | 'stopped' | 'failed') => void
}
/** Begins a search beside the page; answers how to stop it. */
export type StartSearch = (input: RedivisionInput, options: RedivisionOptions, tells: SearchTells) => { stop(): void }

export class Proposals {
  attempts = $state.raw<readonly Attempt[]>([])
  chosenId = $state<number | null>(null)
  private readonly startSearch: StartSearch
  private readonly running = new Map<number, { stop(): void }>()
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
      end: (status) => {
        this.running.delete(id)
        this.put(id, { status })
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

  /** All of them: another plan has been opened. */
  clear(): void {
    for (const { id } of this.attempts) this.drop(id)
    this.lastId = -1
  }

  private of(id: number): Attempt | undefined {
    return this.attempts.find((attempt) => attempt.id === id)
  }

  private put(id: number, change: Partial<Attempt>): void {
    this.attempts = this.attempts.map((attempt) => (attempt.id === id ? { ...attempt, ...change } : attempt))
  }
}

export const [getProposals, setProposals] = createContext<Proposals>()
