/** Errors on the wire: application/problem+json (RFC 9457) with a stable code, where it is and what to do. */
import { z } from 'zod'
import { newerActions, refusedAction } from './plan.ts'

export const PROBLEM_CODES = {
  'bad-request': 400,
  'bad-json': 400,
  'not-signed-in': 401,
  'wrong-credentials': 401,
  'not-allowed': 403,
  'outside-jurisdiction': 403,
  'cross-site': 403,
  'own-plan': 403,
  'outside-plan': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  conflict: 409,
  'unlawful-transition': 409,
  'plan-moved': 409,
  'plan-outdated': 409,
  gone: 410,
  'too-large': 413,
  'unsupported-media-type': 415,
  'datum-needed': 422,
  'bad-file': 422,
  'action-refused': 422,
  'plan-has-errors': 422,
  'bad-effective-date': 422,
  'too-many-requests': 429,
  'server-error': 500,
  'not-ready': 503,
} as const
export type ProblemCode = keyof typeof PROBLEM_CODES

export const problemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  /** Where in the request it is wrong: a JSON pointer, or `query/NAME`, `path/NAME`. */
  errors: z.array(z.object({ where: z.string(), message: z.string() })).optional(),
  requestId: z.string().optional(),
  /** With `plan-moved`. */
  newerActions: newerActions.optional(),
  /** With `action-refused`. */
  refused: refusedAction.optional(),
})
export type ProblemDetails = z.infer<typeof problemDetails>

/** What a problem says beyond its code and sentence. */
export type ProblemExtras = Pick<ProblemDetails, 'newerActions' | 'refused'>

/** An expected failure on its way to the client. Thrown by commands and stores, answered by the single handler. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly errors: { where: string; message: string }[] | undefined
  readonly extras: ProblemExtras

  constructor(code: ProblemCode, detail: string, errors?: { where: string; message: string }[], extras: ProblemExtras = {}) {
    super(detail)
    this.name = 'Problem'
    this.code = code
    this.errors = errors
    this.extras = extras
  }

  get status(): number {
    return PROBLEM_CODES[this.code]
  }
}
