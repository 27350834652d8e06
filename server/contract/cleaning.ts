/** Cleaning on the wire: an imported cover with an account of what was mended, what went to whom, and what somebody must decide. */
import { z } from 'zod'
import { BREAKS } from '#model/cleaning/dirty-rings.ts'
import { PLACE_KINDS } from '#model/cleaning/places.ts'
import { action } from './edit.ts'
import { geometry, position } from './geojson.ts'
import { importNote, importQuery } from './transfer.ts'
import { unitCode } from './unit.ts'

/** Metres. Below a decimetre the grid's own step begins to count; above, somebody is better asked. */
export const TOLERANCE = { least: 0.1, most: 50, usual: 1 } as const

/** As for an import, and what the cleaning is to do. `options` and `profile` are those of the import of units. */
export const cleanQuery = importQuery
  .omit({ dryRun: true, saveProfile: true, county: true, countyName: true, countyNameEn: true, timeZone: true, replace: true })
  .extend({
    unit: unitCode.optional().describe('whose land the file divides: the cover is fitted to its outline; default: the reader’s own'),
    plan: z.coerce
      .number()
      .int()
      .positive()
      .optional()
      .describe('the plan that the action is for: what stands there is what it has made of it'),
    tolerance: z.coerce.number().min(TOLERANCE.least).max(TOLERANCE.most).default(TOLERANCE.usual).describe('metres'),
    decisions: z
      .string()
      .max(500_000)
      .optional()
      .describe('JSON: the key of a place → the id of the unit that gets it, `leave` for a gap that stays, `cut` for an overhang'),
  })
export type CleanQuery = z.infer<typeof cleanQuery>
export const decisions = z.record(z.string().max(2000), z.string().max(200))

const place = z.object({
  kind: z.enum(PLACE_KINDS),
  /** Units that claim it; of a gap, those round it. */
  ids: z.array(z.string()),
  where: position,
  areaM2: z.number(),
  /** Of the widest circle inside; of a sliver, its area over half its border. */
  widthM: z.number(),
})

export const cleanReport = z.object({
  tolerance: z.number(),
  /** True when the file was a coverage as it came. */
  unchanged: z.boolean(),
  vertices: z.number().int(),
  movedVertices: z.number().int(),
  largestMoveM: z.number(),
  /** Rings that were broken; all are mended but `unusable`. */
  breaks: z.array(z.object({ kind: z.enum(BREAKS), id: z.string(), where: position.nullable(), count: z.number().int() })),
  /** Slivers (key null) and decided places: what went to whom; null is to nobody. */
  settled: z.array(place.extend({ to: z.string().nullable(), key: z.string().nullable() })),
  movedM2: z.number(),
  /** Places that need a decision under their key. While there are any, there are no cleaned units. */
  faults: z.array(place.extend({ key: z.string(), geometry })),
  /** Units that would have no land. */
  lost: z.array(z.string()),
  /** What the check still says of lines too close for the grid. */
  unsound: z.array(z.object({ ids: z.array(z.string()), where: position.nullable(), reason: z.string() })),
  areas: z.array(z.object({ id: z.string(), beforeM2: z.number(), afterM2: z.number().nullable() })),
  /** Rows of the file that could not be used, and warnings. */
  notes: z.array(importNote),
})

const cleanedUnit = z.object({
  type: z.literal('Feature'),
  id: z.string(),
  geometry,
  properties: z.object({ name: z.string(), code: z.string().nullable() }),
})

export const cleanAnswer = z.object({
  report: cleanReport,
  units: z.object({ type: z.literal('FeatureCollection'), features: z.array(cleanedUnit) }).nullable(),
  /** Ready for a plan: divides the unit's leaves of today into the file's units. Null while something forbids it. */
  action: action.nullable(),
})
export type CleanAnswer = z.infer<typeof cleanAnswer>
