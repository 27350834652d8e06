/**
 * The typed way to the server: `call(endpoints.summary, { query: { unit } })` answers what the contract says or throws.
 * ApiProblem: the server refused, with a code. NetworkFailure: no answer, or none that the contract knows.
 * A 401 `not-signed-in` is also told to whoever registered with `whenSignedOut`.
 */
import type { z } from 'zod'
import type { AnswerOf, Endpoint } from '#contract/endpoint.ts'
import type { ProblemDetails } from '#contract/problem.ts'

type PathIn<E> = E extends Endpoint<infer P, z.ZodType, z.ZodType, z.ZodType> ? z.input<P> : never
type QueryIn<E> = E extends Endpoint<z.ZodType, infer Q, z.ZodType, z.ZodType> ? z.input<Q> : never
type BodyIn<E> = E extends Endpoint<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.input<B> : never

/** What a request carries: only the parts that the endpoint's line names. */
export interface Request<E> {
  params?: PathIn<E>
  query?: QueryIn<E>
  body?: BodyIn<E>
  signal?: AbortSignal
}

/** The server understood and refused: RFC 9457 on the wire. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: NonNullable<ProblemDetails['errors']>
  readonly requestId: string | undefined
  /** What the problem says beyond its code: newer actions of a plan, the action that was refused. */
  readonly extras: Pick<ProblemDetails, 'newerActions' | 'refused'>

  constructor(details: ProblemDetails) {
    super(details.detail ?? details.title)
    this.name = 'ApiProblem'
    this.status = details.status
    this.code = details.code
    this.detail = details.detail ?? details.title
    this.errors = details.errors ?? []
    this.requestId = details.requestId
    this.extras = { newerActions: details.newerActions, refused: details.refused }
  }
}

/** No answer came, or one that is not of this server (a proxy's page, a newer contract). */
export class NetworkFailure extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'NetworkFailure'
  }
}

let signedOut: () => void = () => {}

/** Registers what to do when the server no longer knows who is asking. The last registration holds. */
export function whenSignedOut(handler: () => void): void {
  signedOut = handler
}

/** Address of an endpoint: `:name` parts filled in from `params`, `query` appended; undefined and null are left out. */
export function addressOf<E extends Endpoint>(line: E, request: Request<E> = {}): string {
  const params = (request.params ?? {}) as Record<string, unknown>
  const path = line.path.replace(/:([A-Za-z]+)/g, (_part, name: string) => {
    if (params[name] === undefined) throw new TypeError(`${line.path} needs ${name}`)
    return encodeURIComponent(String(params[name]))
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries((request.query ?? {}) as Record<string, unknown>)) {
    if (value !== undefined && value !== null) search.set(name, String(value))
  }
  const query = search.toString()
  return query ? `${path}?${query}` : path
}

/**
 * Calls one endpoint of the table and answers its body. That body is of our own server, whose version the stream compares with the
 * page's, and is not held against the schema again. Throws ApiProblem, NetworkFailure or the signal's AbortError.
 */
export async function call<E extends Endpoint>(line: E, request: Request<E> = {}): Promise<AnswerOf<E>> {
  const response = await open(line, request)
  if (typeof line.answer === 'string') return (await response.text()) as AnswerOf<E>
  return (response.status === 204 ? undefined : await bodyOf(response)) as AnswerOf<E>
}

/** The same for an endpoint that answers bytes. */
export async function callForBytes<E extends Endpoint>(line: E, request: Request<E> = {}): Promise<ArrayBuffer> {
  const response = await open(line, request)
  try {
    return await response.arrayBuffer()
  } catch (error) {
    throw new NetworkFailure('The answer broke off', error)
  }
}

/** The same for an endpoint that takes a file as its body. */
export async function callWithFile<E extends Endpoint>(line: E, file: Blob, request: Request<E> = {}): Promise<AnswerOf<E>> {
  return (await bodyOf(await open(line, request, file))) as AnswerOf<E>
}

/** The same with a body that is JSON already. A long text would be copied on the page's thread; a Blob is read beside it. */
export async function callWithJson<E extends Endpoint>(line: E, json: Blob, request: Request<E> = {}): Promise<AnswerOf<E>> {
  return (await bodyOf(await open(line, request, json, 'application/json'))) as AnswerOf<E>
}

async function open<E extends Endpoint>(line: E, request: Request<E>, file?: Blob, type = 'application/octet-stream'): Promise<Response> {
  const headers: Record<string, string> = { accept: typeof line.answer === 'string' ? line.answer : 'application/json' }
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  if (file) headers['content-type'] = type
  const body = file ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
  const response = await reach(addressOf(line, request), {
    method: line.method.toUpperCase(),
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body }),
    ...(request.signal ? { signal: request.signal } : {}),
  })
  if (!response.ok) throw await problemOf(response)
  return response
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new NetworkFailure('The server does not answer', error)
  }
}

const isJson = (response: Response): boolean => /[/+]json\b/.test(response.headers.get('content-type') ?? '')

async function bodyOf(response: Response): Promise<unknown> {
  // A proxy's or a hotspot's page comes with status 200 too.
  if (!isJson(response)) throw new NetworkFailure(`${response.url} answered something that this page does not know`)
  try {
    return await response.json()
  } catch (error) {
    throw new NetworkFailure('The answer broke off', error)
  }
}

async function problemOf(response: Response): Promise<ApiProblem | NetworkFailure> {
  const details: unknown = await response.json().catch(() => null)
  if (!isProblem(details)) return new NetworkFailure(`The server answered ${response.status}`)
  if (details.code === 'not-signed-in') signedOut()
  return new ApiProblem(details)
}

/** Told by its code from what a proxy may answer in JSON. */
const isProblem = (value: unknown): value is ProblemDetails =>
  typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string' && 'title' in value
