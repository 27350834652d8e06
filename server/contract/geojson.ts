/** GeoJSON (RFC 7946) as zod schemas. Positions are [lng, lat] in WGS 84 degrees. */
import { z } from 'zod'

export const position = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .describe('[longitude, latitude], WGS 84 degrees')
export type Position = z.infer<typeof position>

export const bbox = z.tuple([z.number(), z.number(), z.number(), z.number()]).describe('[west, south, east, north], WGS 84 degrees')
export type Bbox = z.infer<typeof bbox>

export const geometry = z.object({ type: z.string(), coordinates: z.array(z.unknown()) }).describe('A GeoJSON geometry')

export const link = z.object({ href: z.string(), rel: z.string(), type: z.string().optional(), title: z.string().optional() })
export type Link = z.infer<typeof link>

export const feature = z.object({
  type: z.literal('Feature'),
  id: z.union([z.string(), z.number()]),
  geometry: geometry.nullable(),
  properties: z.record(z.string(), z.unknown()),
  links: z.array(link).optional(),
})

export const featureCollection = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(feature),
  links: z.array(link),
  numberMatched: z.number().int(),
  numberReturned: z.number().int(),
  timeStamp: z.string(),
})
