/** Why an action cannot be done, in the planner's words. */
import { REFUSALS } from '#model/actions/action.ts'
import { t } from '../../i18n/i18n.ts'

/** Reasons beyond the model's own: what the plan may not, and what its author may not. */
const BOUNDS = { 'outside-plan': 'outside-plan', 'plan.outline': 'plan-outline', 'plan.reparent': 'plan-reparent' } as const

/** The sentence of a reason's code; what no code of ours is comes back as it is. */
export function refusalWords(reason: string): string {
  const known = REFUSALS.find((code) => code === reason)
  if (known) return t(`workbench.refusal.${known}`)
  return reason in BOUNDS ? t(`workbench.refusal.${BOUNDS[reason as keyof typeof BOUNDS]}`) : reason
}
