/** What a page must know before it draws anything: public, nothing about anybody. */
import { z } from 'zod'
import { county } from './unit.ts'

export const basemap = z.object({
  kind: z.enum(['pmtiles', 'raster', 'tilejson']),
  url: z.string(),
  attribution: z.string(),
})

export const appInfo = z.object({
  title: z.string(),
  version: z.string(),
  now: z.string(),
  dutyPhone: z.string().nullable(),
  basemap: basemap.nullable(),
  counties: z.array(county),
})
export type AppInfo = z.infer<typeof appInfo>
