/**
 * From a line of the endpoint table to a served route: permission, then path, query and body are checked against the contract,
 * and only then does the handler run. A handler returns the answer; it may also write to `res` itself and return nothing.
 */
import express, { type Request, type Response, type Router } from 'express'
import type { z } from 'zod'
import { can } from '#model/access.ts'
import type { BodyOf, Endpoint, PathOf, QueryOf } from '#contract/endpoint.ts'
import { Problem } from '#contract/problem.ts'
import type { Actor } from '../middleware/actor.ts'
import { invalid } from '../middleware/problems.ts'

export interface Call<E> {
  params: PathOf<E>
  query: QueryOf<E>
  body: BodyOf<E>
  /** Never null unless the endpoint is public. */
  actor: Actor
  req: Request
  res: Response
}

export interface Answer {
  status?: number
  headers?: Record<string, string>
  body?: unknown
}

const JSON_LIMIT = 256 * 1024
const json = (limit = JSON_LIMIT) => express.json({ limit, strict: true, type: () => true })

function check<S extends z.ZodType>(part: 'path' | 'query' | 'body', schema: S | undefined, value: unknown): z.output<S> | undefined {
  if (!schema) return undefined
  const result = schema.safeParse(value)
  if (!result.success) throw invalid(part, result.error)
  return result.data
}

/** Throws `not-signed-in` or `not-allowed` unless the endpoint is open to this actor. */
function admit(line: Endpoint, actor: Actor | null): void {
  if (line.permission === 'public') return
  if (!actor) throw new Problem('not-signed-in', 'Sign in first.')
  if (line.permission !== 'signed-in' && !can(actor.role, line.permission)) {
    throw new Problem('not-allowed', `The role ${actor.role} does not hold ${line.permission}.`)
  }
}

/** Serves one endpoint. Expected failures are thrown as `Problem`. */
export function serve<E extends Endpoint>(
  router: Router,
  line: E,
  handle: (call: Call<E>) => Promise<Answer | void> | Answer | void,
): void {
  const body = line.body
  const takesJson = body !== undefined && body !== 'raw'
  router[line.method](
    line.path,
    (req, _res, next) => {
      admit(line, req.actor)
      next()
    },
    ...(takesJson ? [requireJson, json(line.bodyLimit)] : []),
    async (req: Request, res: Response) => {
      const answer = await handle({
        params: check('path', line.params, req.params),
        query: check('query', line.query, req.query),
        body: takesJson ? check('body', body, req.body) : undefined,
        actor: req.actor,
        req,
        res,
      } as unknown as Call<E>)
      if (!answer) return
      res.status(answer.status ?? line.statuses?.[0] ?? 200)
      if (answer.headers) res.set(answer.headers)
      if (answer.body === undefined) return void res.end()
      if (line.mediaType) return void res.type(line.mediaType).send(JSON.stringify(answer.body))
      if (typeof answer.body === 'string' || Buffer.isBuffer(answer.body)) return void res.send(answer.body)
      res.json(answer.body)
    },
  )
}

/** Anything but JSON is refused: forms of other sites can send only other types, so this is also part of CSRF safety. */
function requireJson(req: Request, _res: Response, next: () => void): void {
  if (!req.is('application/json')) throw new Problem('unsupported-media-type', 'Send the body as application/json.')
  next()
}
