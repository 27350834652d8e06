/** Vector tiles: what may be asked for, and TileJSON 3.0. */
import { z } from 'zod'

/** units: layers `units` (polygons), `borders` (shared lines), `labels` (points); cameras: `cameras`; incidents: `incidents`. */
export const TILE_NAMES = ['units', 'cameras', 'incidents'] as const
export const tileName = z.enum(TILE_NAMES)
export type TileName = z.infer<typeof tileName>

export const tileJson = z.object({
  tilejson: z.literal('3.0.0'),
  name: z.string(),
  tiles: z.array(z.string()),
  minzoom: z.number().int(),
  maxzoom: z.number().int(),
  bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  attribution: z.string().optional(),
  vector_layers: z.array(
    z.object({ id: z.string(), fields: z.record(z.string(), z.string()), minzoom: z.number().int(), maxzoom: z.number().int() }),
  ),
})
export type TileJson = z.infer<typeof tileJson>
