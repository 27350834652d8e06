/** Roads and rivers: to look at, to snap to, and for a re-division to follow. */
import { z } from 'zod'
import { position } from './geojson.ts'

export const LINE_KINDS = ['road', 'river'] as const
export const lineKind = z.enum(LINE_KINDS)
export type LineKind = z.infer<typeof lineKind>

export const lines = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({
      type: z.literal('Feature'),
      id: z.number().int(),
      geometry: z.object({ type: z.literal('LineString'), coordinates: z.array(position).min(2) }),
      properties: z.object({ lineKind, name: z.string().nullable() }),
    }),
  ),
})
export type Lines = z.infer<typeof lines>
