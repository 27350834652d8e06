/** What one line of the endpoint table says; router, web client, OpenAPI and the access test are all derived from it. */
import type { z } from 'zod'
import type { Permission } from '#model/access.ts'

export type Method = 'get' | 'post' | 'patch' | 'delete'

export interface Endpoint<
  Path extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  method: Method
  /** Express path: `/api/incidents/:id`. */
  path: string
  /** `public`: anybody; `signed-in`: whoever is known; otherwise the permission that the role must hold. */
  permission: Permission | 'public' | 'signed-in'
  summary: string
  params?: Path
  query?: Query
  /** JSON body; `raw` when the route reads the stream itself. */
  body?: Body | 'raw'
  /** Largest JSON body in bytes, where the usual 256 KiB are too few. */
  bodyLimit?: number
  /** Schema of the JSON answer; a media type where it is something else. */
  answer: Answer | `${string}/${string}`
  /** Statuses of success, the usual one first. */
  statuses?: readonly number[]
  mediaType?: string
}

/** Keeps the precise types of one line of the table. */
export const endpoint = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  line: Endpoint<P, Q, B, A>,
): Endpoint<P, Q, B, A> => line

type Of<S, Side extends 'in' | 'out'> = S extends z.ZodType ? (Side extends 'in' ? z.input<S> : z.output<S>) : undefined
export type PathOf<E> = E extends Endpoint<infer P, z.ZodType, z.ZodType, z.ZodType> ? Of<P, 'out'> : never
export type QueryOf<E> = E extends Endpoint<z.ZodType, infer Q, z.ZodType, z.ZodType> ? Of<Q, 'out'> : never
export type BodyOf<E> = E extends Endpoint<z.ZodType, z.ZodType, infer B, z.ZodType> ? Of<B, 'out'> : never
export type AnswerOf<E> = E extends Endpoint<z.ZodType, z.ZodType, z.ZodType, infer A> ? Of<A, 'out'> : never
