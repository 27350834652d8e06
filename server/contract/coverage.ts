/** The leaves of a county for the workbench, as arcs: what a `Coverage` of the model is built from. */
import { z } from 'zod'
import type { Targets } from '#model/targets.ts'
import { county, level, unitCode, unitKind } from './unit.ts'

export const leaf = z.object({
  code: unitCode,
  parentCode: unitCode,
  level,
  unitKind,
  name: z.string(),
  nameEn: z.string().nullable(),
})

/** A line: leaves on its left and right as places in `leaves` (-1 outside), points as differences on the grid of 1e-7 degree. */
export const arcLine = z.tuple([z.number().int(), z.number().int(), z.array(z.number().int())])

export const coverage = z.object({
  county,
  /** Since when these borders have been in force. */
  base: z.iso.datetime(),
  version: z.number().int(),
  leaves: z.array(leaf),
  /** Units above the leaves. */
  above: z.array(leaf.extend({ parentCode: unitCode.nullable() })),
  arcs: z.array(arcLine),
})
export type CoverageAnswer = z.infer<typeof coverage>

/** What grids should hold, by configuration. */
export const targets = z.object({
  minHouseholds: z.number().int(),
  maxHouseholds: z.number().int(),
  /** Kinds of unit that the target is not asked of. */
  exempt: z.array(unitKind),
  /** A grid narrower than this anywhere is a sliver, metres. */
  minWidth: z.number(),
  /** A border closer to a building than this is told, metres. */
  clearance: z.number(),
}) satisfies z.ZodType<Targets>
export type { Targets }
