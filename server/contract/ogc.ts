/** OGC API – Features, part 1 (OGC 17-069r4): Core, GeoJSON, OpenAPI 3.0. */
import { z } from 'zod'
import { feature, featureCollection, link } from './geojson.ts'
import { severity, source, state } from './incident.ts'
import { level, unitCode, unitKind } from './unit.ts'

export const COLLECTIONS = ['units', 'cameras', 'incidents'] as const
export const collectionParams = z.object({ collection: z.enum(COLLECTIONS) })
export const itemParams = collectionParams.extend({ featureId: z.string().max(64) })
export type CollectionName = (typeof COLLECTIONS)[number]

export const landing = z.object({ title: z.string(), description: z.string(), links: z.array(link) })
export const conformance = z.object({ conformsTo: z.array(z.string()) })
export const collection = z.object({
  id: z.enum(COLLECTIONS),
  title: z.string(),
  description: z.string(),
  itemType: z.literal('feature'),
  extent: z.object({
    spatial: z.object({ bbox: z.array(z.array(z.number())), crs: z.string() }),
    temporal: z.object({ interval: z.array(z.tuple([z.string().nullable(), z.string().nullable()])) }).optional(),
  }),
  crs: z.array(z.string()),
  links: z.array(link),
})
export const collections = z.object({ collections: z.array(collection), links: z.array(link) })
export const items = featureCollection
export const item = feature.extend({ links: z.array(link) })

const numbers = (text: string) => text.split(',').map(Number)

/** Four numbers, or six with heights, which are ignored. West may exceed east: the box then crosses the antimeridian. */
export const bboxParam = z
  .string()
  .max(200)
  .transform((text, context) => {
    const n = numbers(text)
    const box = n.length === 6 ? [n[0], n[1], n[3], n[4]] : n
    const [w, s, e, north] = box as number[]
    const sound = box.length === 4 && text.split(',').every((part) => part.trim() !== '') && box.every((v) => Number.isFinite(v))
    if (!sound || Math.abs(w!) > 180 || Math.abs(e!) > 180 || Math.abs(s!) > 90 || Math.abs(north!) > 90 || s! > north!) {
      context.addIssue({ code: 'custom', message: 'bbox is west,south,east,north in degrees' })
      return z.NEVER
    }
    return [w!, s!, e!, north!] as [number, number, number, number]
  })

const rfc3339 = /^\d{4}-\d{2}-\d{2}([Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2}))?$/

/** An instant, or an interval `a/b` in which either end may be open (`..` or empty). */
export const datetimeParam = z
  .string()
  .max(80)
  .transform((text, context) => {
    const ends = text.split('/')
    const parsed = ends.map((end) => (end === '..' || end === '' ? null : rfc3339.test(end) ? new Date(end) : undefined))
    const bad =
      ends.length > 2 ||
      parsed.some((end) => end === undefined || (end !== null && Number.isNaN(end.getTime()))) ||
      (ends.length === 1 && parsed[0] === null)
    const [from, to] = ends.length === 1 ? [parsed[0], parsed[0]] : parsed
    if (bad || (from && to && from > to)) {
      context.addIssue({ code: 'custom', message: 'datetime is an RFC 3339 instant or an interval of two' })
      return z.NEVER
    }
    return { from: from ?? null, to: to ?? null }
  })

export const MAX_LIMIT = 10_000

/** Strict: an unknown parameter is an error, as the standard asks. Filters that do not fit the collection are refused by the route. */
export const itemsQuery = z.strictObject({
  f: z.enum(['json', 'geojson']).optional(),
  bbox: bboxParam.optional(),
  datetime: datetimeParam.optional(),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .meta({ maximum: MAX_LIMIT, description: 'Features on a page; more than the most is no error and means the most' })
    .transform((limit) => Math.min(limit, MAX_LIMIT)),
  cursor: z.string().max(400).optional().describe('Of a next link; where the page before ended'),
  unit: unitCode.optional(),
  level: level.optional(),
  unitKind: unitKind.optional(),
  severity: severity.optional(),
  state: z.union([state, z.enum(['open', 'online', 'offline'])]).optional(),
  kind: z
    .string()
    .regex(/^\d{2}(\d{2})?$/, 'two digits of a class or four of a kind')
    .optional(),
  source: source.optional(),
  placement: z.enum(['inside', 'outside', 'none']).optional(),
})
export type ItemsQuery = z.infer<typeof itemsQuery>
