/** Units of the hierarchy as the wire knows them. Codes nest by prefix; see #model/code.ts. */
import { z } from 'zod'
import { LEVELS, UNIT_KINDS } from '#model/level.ts'
import { bbox, position } from './geojson.ts'

export const level = z.enum(LEVELS)
export const unitKind = z.enum(UNIT_KINDS)

/** A unit's full code: 6, 9, 12, 15 or 17 digits. */
export const unitCode = z.string().regex(/^\d{6}(\d{3}){0,3}(\d{2})?$/, 'a unit code has 6, 9, 12, 15 or 17 digits')

/** What a list, a label or a breadcrumb needs of a unit; polygons come as tiles or from the OGC API. */
export const unitSummary = z.object({
  code: unitCode,
  parentCode: unitCode.nullable(),
  level,
  unitKind,
  name: z.string(),
  nameEn: z.string().nullable(),
  isLeaf: z.boolean(),
  labelPoint: position,
  bbox,
  areaM2: z.number(),
  households: z.number().int().nullable(),
  residents: z.number().int().nullable(),
})
export type UnitSummary = z.infer<typeof unitSummary>

export const county = z.object({
  code: unitCode,
  name: z.string(),
  nameEn: z.string().nullable(),
  timeZone: z.string(),
  synthetic: z.boolean(),
  attribution: z.string().nullable(),
})
export type County = z.infer<typeof county>

export const unitList = z.object({ version: z.number().int(), county, units: z.array(unitSummary) })
export type UnitList = z.infer<typeof unitList>
