/** What stands beside a grid in the workbench: its posts and its incidents, as counts. No persons. */
import { z } from 'zod'
import { unitCode } from './unit.ts'

export const POST_ROLES = ['leader', 'worker', 'adviser', 'microgrid_leader', 'official', 'volunteer'] as const
export const postRole = z.enum(POST_ROLES)
const count = z.number().int()

/** Posts by the unit they belong to: how many of each role, filled or not. Units without any are left out. */
export const staff = z.object({
  units: z.array(z.object({ code: unitCode, posts: count, filled: count, roles: z.partialRecord(postRole, count) })),
})
export type Staff = z.infer<typeof staff>

/** One line for every leaf inside the unit, those without incidents and posts too. */
export const unitFigures = z.object({
  /** Since when `lastMonth` counts. */
  since: z.iso.datetime(),
  units: z.array(z.object({ code: unitCode, open: count, lastMonth: count.describe('reported in the last 30 days'), posts: count })),
})
export type UnitFigures = z.infer<typeof unitFigures>
