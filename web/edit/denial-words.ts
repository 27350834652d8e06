/** Why something cannot be done, in the planner's words, with the units that it is about. */
import { t } from '../i18n/i18n.ts'
import { refusalWords } from '../panels/workbench/refusal-words.ts'
import type { Denial, DenialReason } from './denial.ts'

const NAMED = 2
/** Reasons that are about units the planner may not be looking at. */
const ABOUT_UNITS = new Set<DenialReason>([
  ...(['outside-plan', 'not-neighbours', 'other-parent', 'swallows-unit', 'would-collapse', 'does-not-cover'] as const),
])

/** `nameOf` knows the plan's units; one that it has no name for is left out. */
export function denialWords({ reason, units = [] }: Denial, nameOf: (id: string) => string | null): string {
  const names = ABOUT_UNITS.has(reason) ? units.flatMap((id) => nameOf(id) ?? []) : []
  const why = refusalWords(reason)
  return names.length > 0 ? `${why}${t('workbench.colon')}${names.slice(0, NAMED).join(t('workbench.and'))}` : why
}
