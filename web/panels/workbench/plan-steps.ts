/** Which step of a plan's life is the act of the moment, and what stands in its way. */
import type { PlanStep } from '#model/plan.ts'
import type { Finding } from '#model/finding.ts'

/** The black button's step: onwards, never back. */
export const stepOnward = (steps: readonly PlanStep[]): PlanStep | null =>
  (['submit', 'approve', 'publish'] as const).find((step) => steps.includes(step)) ?? null

/** Steps beside it: back to the author, or the end. */
export const stepsAside = (steps: readonly PlanStep[]): PlanStep[] => steps.filter((step) => step === 'return' || step === 'withdraw')

export type Hindrance = 'errors' | 'nothing' | 'outdated'

/** Why a plan cannot be submitted as it is; null when it can. */
export function hindranceOf(
  step: PlanStep,
  plan: { actionCount: number; outdated: boolean },
  findings: readonly Pick<Finding, 'severity'>[],
): Hindrance | null {
  if (step !== 'submit') return null
  if (plan.outdated) return 'outdated'
  if (plan.actionCount === 0) return 'nothing'
  return findings.some(({ severity }) => severity === 'error') ? 'errors' : null
}

/** The day that an instant falls on in `zone`, as YYYY-MM-DD. */
export const dayOf = (instant: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(instant)

/** The day after the one that `now` falls on in `zone`: the first on which a plan can come into force. */
export const tomorrow = (now: Date, zone: string): string =>
  new Date(Date.parse(`${dayOf(now, zone)}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
