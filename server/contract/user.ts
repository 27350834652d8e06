/** People, machines and their rights on the wire. */
import { z } from 'zod'
import { PERMISSIONS, ROLES } from '#model/access.ts'
import { instant } from './incident.ts'
import { unitCode } from './unit.ts'

export const role = z.enum(ROLES)
export const permission = z.enum(PERMISSIONS)

/** A jurisdiction: a unit's code with all below it; empty for the whole installation. */
export const jurisdiction = z.union([z.literal(''), unitCode])

export const username = z.string().regex(/^[a-z0-9][a-z0-9._-]{1,62}$/, '2 to 63 of a–z, 0–9, dot, dash, underscore')
export const password = z.string().min(10).max(200)

/** Who is asking: a person, a machine with a token, or a wall. */
export const me = z.object({
  name: z.string(),
  displayName: z.string(),
  role,
  unitCode: jurisdiction,
  permissions: z.array(permission),
})
export type Me = z.infer<typeof me>

export const newSession = z.union([
  z.strictObject({ username: z.string().max(63), password: z.string().max(200) }),
  z.strictObject({ token: z.string().max(200).describe('of a wall link, exchanged once') }),
])

/** One's own password: the present one proves that it is not somebody at a screen left open. */
export const passwordChange = z.strictObject({ current: z.string().max(200), next: password })

export const user = z.object({
  id: z.number().int(),
  username,
  displayName: z.string(),
  role,
  unitCode: jurisdiction,
  enabled: z.boolean(),
  createdAt: instant,
})
export type User = z.infer<typeof user>

export const newUser = z.strictObject({ username, displayName: z.string().min(1).max(60), password, role, unitCode: jurisdiction })
export const userChange = z.strictObject({
  displayName: z.string().min(1).max(60).optional(),
  password: password.optional(),
  role: role.optional(),
  unitCode: jurisdiction.optional(),
  enabled: z.boolean().optional(),
})

export const token = z.object({
  id: z.number().int(),
  name: z.string(),
  purpose: z.enum(['api', 'wall']),
  role,
  unitCode: jurisdiction,
  createdAt: instant,
  expiresAt: instant.nullable(),
  exchangedAt: instant.nullable(),
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
})
export type Token = z.infer<typeof token>

/** `unit` is the token's jurisdiction. A token of role `wall` and purpose `wall` is a wall link. */
export const newToken = z.strictObject({
  name: z.string().min(1).max(60),
  purpose: z.enum(['api', 'wall']).default('api'),
  role,
  unit: jurisdiction,
  expiresAt: instant.optional(),
})
export const newTokenAnswer = z.object({ token: z.string().describe('shown once'), id: z.number().int() })
