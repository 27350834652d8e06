/** Import on the wire: the options of a run and its result, which always names every row that was refused. */
import { z } from 'zod'

export const importQuery = z.record(z.string(), z.string())

export const importNote = z.object({
  row: z.number().int().nullable(),
  code: z.string(),
  message: z.string(),
  where: z.tuple([z.number(), z.number()]).optional(),
})

export const importSummary = z.object({
  noun: z.enum(['units', 'incidents', 'cameras']),
  dryRun: z.boolean(),
  read: z.number().int(),
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  outside: z.number().int(),
  withoutPlace: z.number().int(),
  bad: z.number().int(),
  notes: z.array(importNote),
})
export type ImportSummary = z.infer<typeof importSummary>
