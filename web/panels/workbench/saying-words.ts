/** What the program says about a plan by itself, in the reader's words. */
import type { PlanSaying } from '#contract/plan.ts'
import { t } from '../../i18n/i18n.ts'
import { refusalWords } from './refusal-words.ts'

export function sayingWords({ code, params }: PlanSaying): string {
  const { reason } = params
  return t(`workbench.saying.${code}`, { ...params, ...(typeof reason === 'string' && { reason: refusalWords(reason) }) })
}
