/** The planner's actions on the wire, and what may be wrong with what they lead to. The types are the model's own. */
import { z } from 'zod'
import type { Action } from '#model/actions/action.ts'
import { type Finding, FINDING_SEVERITIES, FINDINGS } from '#model/finding.ts'
import { position } from './geojson.ts'
import { unitCode, unitKind } from './unit.ts'

const unitId = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'a unit is named by its code or by the id that its plan gave it')
/** A text that every database takes: without NUL and lone surrogates. */
export const storable = (text: z.ZodString) =>
  text.refine((value) => !/[\0\p{Surrogate}]/u.test(value), 'holds characters that cannot be stored')
const name = storable(z.string().trim().min(1).max(100))
const line = z.array(position).min(2).max(20_000)
const edge = z.tuple([position, position])
const newUnit = z.strictObject({ id: unitId, name, unitKind, parentCode: unitCode })

export const action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('move-vertex'), from: position, to: position }),
  z.strictObject({ type: z.literal('move-junction'), from: position, to: position }),
  z.strictObject({ type: z.literal('move-outline'), from: position, to: position }),
  z.strictObject({ type: z.literal('insert-vertex'), edge, at: position }),
  z.strictObject({ type: z.literal('remove-vertex'), at: position }),
  z.strictObject({
    type: z.literal('split'),
    unit: unitId,
    line,
    newIds: z.array(unitId).min(1).max(200),
    below: z.boolean().optional().describe('the pieces are units of the level below: grids of a village, micro-grids of a grid'),
  }),
  z.strictObject({ type: z.literal('merge'), units: z.array(unitId).min(2).max(500), keep: unitId }),
  z.strictObject({ type: z.literal('hand-over'), unit: unitId, to: unitId, line: line.optional(), at: position }),
  z.strictObject({ type: z.literal('cut-out'), ring: z.array(position).min(3).max(20_000), unit: newUnit }),
  z.strictObject({ type: z.literal('redraw-border'), units: z.tuple([unitId, unitId]), line }),
  z.strictObject({ type: z.literal('straighten'), edge, tolerance: z.number().min(0).max(100_000) }),
  z.strictObject({ type: z.literal('renumber'), parentCode: unitCode }),
  z.strictObject({
    type: z.literal('describe'),
    unit: unitId,
    name: name.optional(),
    nameEn: name.nullable().optional().describe('null takes it away'),
    unitKind: unitKind.optional(),
    parentCode: unitCode.optional(),
  }),
  z.strictObject({
    type: z.literal('divide'),
    units: z.array(unitId).min(1).max(20_000),
    into: z
      .array(z.strictObject({ unit: newUnit, polygons: z.array(z.array(z.array(position).min(4)).min(1)).min(1) }))
      .min(1)
      .max(20_000),
  }),
]) satisfies z.ZodType<Action>

/** One thing that a check has to say; `error` forbids submitting, `warning` does not, `info` is only told. */
export const finding = z.object({
  code: z.enum(FINDINGS),
  severity: z.enum(FINDING_SEVERITIES),
  /** Ids of the units concerned. */
  units: z.array(z.string()),
  /** Where to look, and how far around. */
  where: position.nullable(),
  extent: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable().describe('[west, south, east, north]'),
  /** The figure that is out of bounds: m², m, households, buildings. */
  value: z.number().nullable(),
  limit: z.number().nullable(),
}) satisfies z.ZodType<Finding>
