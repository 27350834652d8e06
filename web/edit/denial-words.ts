/** Why something cannot be done, in the planner's words. */
import { REFUSALS } from '#model/actions/action.ts'
import { t } from '../i18n/i18n.ts'
import type { Denial } from './denial.ts'

const NAMED = 2

/** `nameOf` knows the plan's units. */
export function denialWords({ reason, units = [] }: Denial, nameOf: (id: string) => string): string {
  const names = units.slice(0, NAMED).map(nameOf).join(t('workbench.and'))
  if (reason === 'outside-plan') return `${t('workbench.refusal.outside-plan')}${names ? t('workbench.colon') + names : ''}`
  if (reason === 'plan.outline') return t('workbench.refusal.plan-outline')
  if (reason === 'plan.reparent') return t('workbench.refusal.plan-reparent')
  const known = REFUSALS.find((code) => code === reason)
  return known ? t(`workbench.refusal.${known}`) : reason
}
