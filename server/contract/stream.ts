/**
 * The live stream (SSE). Every `message` event carries `id:` = the gapless position; a client resumes with Last-Event-ID.
 * Other events: `hello` first, `beat` every two seconds, `reset` when the outbox no longer reaches back (refetch everything).
 */
import { z } from 'zod'
import { PLAN_STATES } from '#model/plan.ts'
import { incidentMarker, instant } from './incident.ts'
import { unitCode } from './unit.ts'

export const CHANGES = ['created', 'changed', 'deleted'] as const

export const incidentMessage = z.object({
  noun: z.literal('incident'),
  change: z.enum(CHANGES),
  at: instant,
  incident: incidentMarker,
})

/** A whole noun changed (bulk load, import, plan in force): screens reload it. */
export const reloadMessage = z.object({
  noun: z.enum(['unit', 'camera', 'incident']),
  change: z.literal('reload'),
  at: instant,
  version: z.number().int(),
})

/** A plan was made, saved or moved on: whoever has it open asks for it. Told to those who may read plans there. */
export const planMessage = z.object({
  noun: z.literal('plan'),
  change: z.enum(CHANGES),
  at: instant,
  id: z.number().int(),
  unitCode,
  revision: z.number().int(),
  state: z.enum(PLAN_STATES),
})
export type PlanMessage = z.infer<typeof planMessage>

export const streamMessage = z.union([incidentMessage, reloadMessage, planMessage])
export type StreamMessage = z.infer<typeof streamMessage>

export const hello = z.object({
  version: z.string().describe('of the server: reload the page when it changes'),
  pos: z.number().int(),
  now: instant,
})
export type Hello = z.infer<typeof hello>

export const beat = z.object({ pos: z.number().int(), now: instant })
export type Beat = z.infer<typeof beat>
