/** What the server refused of a plan, a file or an export, in the planner's words; everything else as on the other pages. */
import { FINDINGS } from '#model/finding.ts'
import { ApiProblem } from '../../api/client.ts'
import { t } from '../../i18n/i18n.ts'
import { sentenceOf } from '../../i18n/problems.ts'
import { titleOf } from './finding-words.ts'
import { refusalWords } from './refusal-words.ts'

const KNOWN = [
  ...(['own-plan', 'outside-plan', 'plan-moved', 'plan-outdated', 'bad-effective-date'] as const),
  ...(['unlawful-transition', 'conflict', 'datum-needed', 'bad-file', 'too-large'] as const),
] as const

export function planSentence(error: unknown): string {
  if (!(error instanceof ApiProblem)) return sentenceOf(error)
  const { refused } = error.extras
  if (error.code === 'action-refused' && refused) {
    return t('workbench.problem.action-refused', { number: refused.index + 1, reason: refusalWords(refused.reason) })
  }
  if (error.code === 'plan-has-errors') {
    const codes = FINDINGS.filter((code) => error.errors.some(({ message }) => message === code))
    const what = codes.map((code) => titleOf({ code, limit: null })).join(t('workbench.and'))
    if (error.errors.length === 0) return t('workbench.problem.plan-is-empty')
    return t('workbench.problem.plan-has-errors', { what: what || error.detail })
  }
  const known = KNOWN.find((code) => code === error.code)
  return known ? t(`workbench.problem.${known}`, { detail: error.detail }) : sentenceOf(error)
}
