/** What the server refused, in the words of whoever sits in front of the form. */
import { ApiProblem } from '../api/client.ts'
import { t } from './i18n.ts'

const KNOWN = [
  'wrong-credentials',
  'too-many-requests',
  'not-allowed',
  'outside-jurisdiction',
  'cross-site',
  'not-found',
  'gone',
  'not-ready',
  'server-error',
] as const

/** One sentence for the whole form. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return t('problem.noAnswer')
  const known = KNOWN.find((code) => code === error.code)
  return known ? t(`problem.${known}`, { requestId: error.requestId ?? '—' }) : t('problem.refused', { detail: error.detail })
}

/** Names of the form's fields that the server found fault with: `body/username` → `username`. */
export const fieldsOf = (error: unknown): string[] =>
  error instanceof ApiProblem ? error.errors.flatMap(({ where }) => (where.startsWith('body/') ? where.slice(5).split('/', 1) : [])) : []
