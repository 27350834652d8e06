/** The plans that one may see, and the steps of their life: made, reviewed, approved, put on a date, withdrawn, talked about. */
import type { z } from 'zod'
import type { Plan, PlanDifference, PlanSummary, rebased } from '#contract/plan.ts'
import type { PlanStep } from '#model/plan.ts'
import type { SendSave } from './plan-saving.svelte.ts'

/** What the plans ask of the server. Every call rejects with ApiProblem or NetworkFailure, `save` answers what became of it. */
export interface PlanServer {
  list(): Promise<PlanSummary[]>
  read(id: number): Promise<Plan>
  create(plan: { name: string; unitCode: string; note?: string }): Promise<Plan>
  change(id: number, change: { name?: string; note?: string }): Promise<Plan>
  save: SendSave
  step(id: number, step: PlanStep, body: { revision: number; comment?: string; effectiveOn?: string }): Promise<Plan>
  comment(id: number, comment: { text: string; where?: [number, number] }): Promise<Plan>
  difference(id: number): Promise<PlanDifference>
  /** Codes that no unit of the plan can get. */
  usedCodes(id: number): Promise<readonly string[]>
  rebase(id: number, revision: number): Promise<Rebased>
}
export type Rebased = z.infer<typeof rebased>

export class Plans {
  /** Newest first; null until loaded. */
  all = $state.raw<readonly PlanSummary[] | null>(null)
  error = $state.raw<Error | null>(null)
  readonly server: PlanServer

  constructor(server: PlanServer) {
    this.server = server
  }

  async load(): Promise<void> {
    this.error = null
    try {
      const plans = await this.server.list()
      this.all = plans.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt))
    } catch (error) {
      this.error = error as Error
    }
  }

  /** Makes a plan and answers it. Throws what the server refused. */
  async create(name: string, unitCode: string, note = ''): Promise<Plan> {
    const plan = await this.server.create({ name, unitCode, ...(note ? { note } : {}) })
    this.put(plan)
    return plan
  }

  /** Tells the list what became of one plan. */
  put(plan: PlanSummary): void {
    this.all = [plan, ...(this.all ?? []).filter(({ id }) => id !== plan.id)]
  }
}
