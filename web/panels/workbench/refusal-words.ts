/** Why an action cannot be done, in the planner's words. */
import { REFUSALS, type RefusalReason } from '#model/actions/action.ts'
import { t } from '../../i18n/i18n.ts'

/** The sentence of a refusal's code; what no code of ours is comes back as it is. */
export function refusalWords(reason: string): string {
  const known = REFUSALS.find((code): code is RefusalReason => code === reason)
  return known ? t(`workbench.refusal.${known}`) : reason
}
