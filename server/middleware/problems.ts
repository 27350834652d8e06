/** The single handler: whatever a route throws leaves as application/problem+json, and only surprises are logged as errors. */
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { Problem, type ProblemDetails } from '#contract/problem.ts'

/**
 * Names the places of a zod error the way a client wrote them: `query/bbox`, `body/location/0`. A path that names what there is none of,
 * such as a collection, is not found, as OGC API – Features has it (table of HTTP status codes).
 */
export function invalid(part: 'path' | 'query' | 'body', error: z.ZodError): Problem {
  const at = (path: readonly PropertyKey[]) => [part, ...path.map(String)].join('/')
  const errors = error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ where: at([...issue.path, key]), message: 'not known here' }))
        : [{ where: at(issue.path), message: issue.message }],
    )
    .slice(0, 20)
  const isUnknown = part === 'path' && error.issues.every(({ code }) => code === 'invalid_value')
  return new Problem(isUnknown ? 'not-found' : 'bad-request', errors.map(({ where, message }) => `${where}: ${message}`).join('; '), errors)
}

/** What express, its body parser and the router throw for a bad request, in our own words. */
function known(error: { type?: string; status?: number; code?: string }): Problem | null {
  if (error.type === 'entity.parse.failed') return new Problem('bad-json', 'The body is not valid JSON.')
  if (error.type === 'entity.too.large') return new Problem('too-large', 'The body is larger than this endpoint takes.')
  if (error.type?.startsWith('charset.') || error.type?.startsWith('encoding.')) {
    return new Problem('unsupported-media-type', 'The body’s character set or encoding is not supported.')
  }
  if (error.type?.startsWith('request.') || error.type === 'stream.encoding.set')
    return new Problem('bad-request', 'The body could not be read.')
  if (error.status === 400) return new Problem('bad-request', 'The address or a header is malformed.')
  // A NUL, a lone surrogate or a number beyond its column reaches the database only as a value, and is the client's fault.
  if (error.code === '22021' || error.code === '22P05' || error.code === '22003')
    return new Problem('bad-request', 'A value cannot be stored.')
  return null
}

/** Writes a problem as the answer. */
export function sendProblem(res: Response, problem: Problem, requestId: string): void {
  const body: ProblemDetails = {
    type: `urn:gridward:problem:${problem.code}`,
    title: problem.code,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...(problem.errors && { errors: problem.errors }),
    ...problem.extras,
    requestId,
  }
  res.status(problem.status).type('application/problem+json').set('Cache-Control', 'no-store').send(JSON.stringify(body))
}

export const notFound: RequestHandler = (req) => {
  throw new Problem('not-found', `Nothing is served at ${req.method} ${req.path}.`)
}

export const problemHandler =
  (log: Logger): ErrorRequestHandler =>
  (error, req, res, next) => {
    const requestId = req.requestId
    if (res.headersSent) return next(error)
    const problem = error instanceof Problem ? error : known(error)
    // Basic makes a browser ask for a password by itself: only desktop programs, which read /ogc, are told of it.
    if (problem?.status === 401) res.set('WWW-Authenticate', req.path.startsWith('/ogc') ? 'Basic realm="Gridward", Bearer' : 'Bearer')
    if (problem) return sendProblem(res, problem, requestId)
    log.error({ err: error, requestId, method: req.method, route: req.route?.path }, 'unexpected failure')
    sendProblem(res, new Problem('server-error', 'The server failed. Try again; tell the administrator the request id.'), requestId)
  }
